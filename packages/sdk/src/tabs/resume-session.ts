// Asks the gateway for the session that a reload left behind.
import { isRetryable } from '../errors.ts';
import { monotonicNow } from '../session/heartbeat-loop.ts';
import type { Start } from '../start-session.ts';
import { isUnknown } from './known-adult.ts';
import { resumedState, SEQ_SKIPPED } from './resumed-state.ts';
import type { Running } from './tab-sharing.ts';

/**
 * Null: it is over. Without the gateway nothing goes on: a page that was reloaded has no clock to trust.
 * @throws PlaygateError when the gateway is away
 */
export async function resumeSession({ client, options }: Start, left: Running): Promise<Running | null> {
  const { address, state } = left;
  if (state.phase === 'closing' || state.phase === 'closed' || isUnknown(left)) return null;
  const { platform } = options;
  const seq = state.seq + SEQ_SKIPPED;
  const receipt = state.receipt === undefined ? {} : { receipt: state.receipt };
  const sentAt = monotonicNow(platform);
  try {
    const reply = await client.heartbeat(address, { seq, state: 'active', ...receipt }).result;
    if (reply.verdict === 'end') return null;
    const now = monotonicNow(platform);
    const answered = { reply, seq, sentAt, receivedAt: now };
    return { address, state: resumedState(state, answered, { now, random: platform.random() }) };
  } catch (error) {
    if (isRetryable(error)) throw error;
    return null;
  }
}

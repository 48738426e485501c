// One session from the gateway: the one a reload left behind where it still lives, else a new one. Tried a few times.
import type { OpenSessionRequest, SessionDenied } from '@playgate/contract/wire';
import { isRetryable, retryAfterMsOf } from './errors.ts';
import { monotonicNow } from './session/heartbeat-loop.ts';
import { openedState } from './session/machine.ts';
import { forecastFrom } from './session/predictor.ts';
import type { Start } from './start-session.ts';
import type { JoinedTabs, Running } from './tabs/tab-sharing.ts';
import { retryDelayMs } from './transport/backoff.ts';

/** A start is tried so often, with one idempotency key, before the game is told that the gateway is away. */
export const START_ATTEMPTS_MAX = 3;
const KEY_DIGITS = 32;

/** A later attempt may get the answer to this one. */
interface FirstAttempt {
  readonly key: string;
  /** Monotonic. */
  readonly sentAt: number;
}

export type Opened = { readonly denied: SessionDenied } | Running;

/** @throws PlaygateError when the gateway refuses the request itself, or is away and nobody is known as an adult here */
export async function openOrResume(start: Start, tabs: JoinedTabs | null): Promise<Opened> {
  const { platform } = start.options;
  const first = { key: makeKey(() => platform.random()), sentAt: monotonicNow(platform) };
  for (let failures = 1; ; failures += 1) {
    try {
      return (await tabs?.resume()) ?? (await open(start, tabs?.playedMs ?? 0, first));
    } catch (error) {
      if (!isRetryable(error) || failures >= START_ATTEMPTS_MAX) {
        if (tabs) return tabs.startAway(error);
        throw error;
      }
      const delayMs = retryDelayMs(failures, retryAfterMsOf(error), platform.random());
      await new Promise<void>((resolve) => void platform.setTimer(resolve, delayMs));
    }
  }
}

async function open({ client, options, asked }: Start, playedMs: number, first: FirstAttempt): Promise<Opened> {
  const { platform, publishableKey, gameId } = options;
  const { ageToken, device, stationToken } = asked;
  // What is undefined is not in the JSON.
  const body = { ageToken, gameId, device, stationToken } as OpenSessionRequest;
  const reply = await client.openSession(publishableKey, body, first.key).result;
  if (reply.verdict === 'denied') return { denied: reply };
  const now = monotonicNow(platform);
  const forecast = forecastFrom(reply, 0, { sentAt: first.sentAt, receivedAt: now });
  const state = openedState(forecast, { now, random: platform.random() });
  return {
    address: { sessionId: reply.sessionId, sessionToken: reply.sessionToken },
    // Who is not counted by the gateway is counted here, so that a reload does not put off a notice.
    state: { ...state, playedMs: Math.max(state.playedMs, playedMs) },
  };
}

/** Tells one start from another; a secret it is not. */
function makeKey(random: () => number): string {
  return Array.from({ length: KEY_DIGITS }, () => Math.floor(random() * 16).toString(16)).join('');
}

// When play of a session must end by rule or lease, on the monotonic clock of this process: what the gateway told, counted from the
// gateway's own time. How this server's wall clock stands does not matter. Pure.
import type { BatchHeartbeatsReply } from '@playgate/contract/wire';
import type { EndReason } from '../answers.ts';
import { REASON_BY_SCOPE } from '../session/ending.ts';
import { BUDGET_SCOPES, CLOCK_GRACE_MS } from '../session/predictor.ts';
import type { BeatAnswer } from './beat-events.ts';

export interface BatchExchange {
  /** The gateway's, RFC 3339. */
  readonly serverAt: BatchHeartbeatsReply['serverAt'];
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

export interface BeatEnd {
  readonly atMs: number;
  readonly reason: EndReason;
  /** An edge of time: it comes whether or not one plays. */
  readonly comesByItself: boolean;
}

/** An instant of the gateway, not before the answer. */
export function momentTold(instant: string, { receivedAtMs, sentAtMs, serverAt }: BatchExchange): number {
  const anchorMs = Math.min(receivedAtMs, sentAtMs + CLOCK_GRACE_MS);
  return anchorMs + Math.max(0, Date.parse(instant) - Date.parse(serverAt));
}

/** Null: no end is in sight. */
export function endTold({ bindingRule: rule, endsAt }: BeatAnswer, answered: BatchExchange): BeatEnd | null {
  if (endsAt === null) return null;
  const atMs = momentTold(endsAt, answered);
  const scope = rule?.scope ?? 'game';
  return { atMs, reason: REASON_BY_SCOPE[scope], comesByItself: !BUDGET_SCOPES.includes(scope) };
}

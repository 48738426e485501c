// How a session's state moves from one tab to another. Pure.
import { TICK_MS } from '../session/machine.ts';
import type { SessionState } from '../session/state.ts';
import { SEQ_SKIPPED } from './resumed-state.ts';

/** The same state told in another page's monotonic clock. */
export function shiftState(state: SessionState, ms: number): SessionState {
  const shift = (at: number) => at + ms;
  const shiftAny = (at: number | null) => (at === null ? null : at + ms);
  const { forecast, outgoing, confirming } = state;
  return {
    ...state,
    forecast: {
      ...forecast,
      anchorAt: shift(forecast.anchorAt),
      countsFromAt: shiftAny(forecast.countsFromAt),
      leaseEndsAt: shiftAny(forecast.leaseEndsAt),
    },
    outgoing: outgoing && { ...outgoing, sentAt: shiftAny(outgoing.sentAt), retryAt: shift(outgoing.retryAt) },
    confirming: confirming && { sinceAt: shift(confirming.sinceAt), untilAt: shift(confirming.untilAt) },
    beatAt: shiftAny(state.beatAt),
    playedUntilAt: shift(state.playedUntilAt),
    tickAt: shift(state.tickAt),
    wakeAt: shiftAny(state.wakeAt),
  };
}

/** Of a tab that goes on where another one stopped without a word; to be told `slept`, so that it asks before it believes. */
export function takenOverState(before: SessionState, now: number): SessionState {
  const { outgoing } = before;
  const isClosing = before.phase === 'closing' && outgoing !== null;
  return {
    ...before,
    seq: before.seq + SEQ_SKIPPED,
    outgoing: isClosing ? { ...outgoing, sentAt: null, retryAt: now } : null,
    failures: 0,
    confirming: null,
    mayConfirm: true,
    tickAt: now + TICK_MS,
    wakeAt: now,
  };
}

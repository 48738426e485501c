// Which warnings and notices are due. Pure.
import type { PlayAllowance } from '@playgate/contract/wire';

/** Later than any instant, more than any time. */
export const NEVER = Number.POSITIVE_INFINITY;
/** Warnings of an end without a rule are kept under this name. */
export const NO_RULE = '';

type Notice = PlayAllowance['notices'][number];

/** The tightest step that `remainingMs` is at or below and that is tighter than `warnedMs`; null: none. */
export function stepCrossed(
  warningsMs: readonly number[],
  remainingMs: number,
  warnedMs: number | undefined,
): number | null {
  const crossed = warningsMs.filter((stepMs) => remainingMs <= stepMs);
  if (crossed.length === 0) return null;
  const tightest = Math.min(...crossed);
  return tightest < (warnedMs ?? NEVER) ? tightest : null;
}

/** The next step still to come as play goes on; null: none. */
export function nextStep(
  warningsMs: readonly number[],
  remainingMs: number,
  warnedMs: number | undefined,
): number | null {
  const ahead = warningsMs.filter((stepMs) => stepMs < remainingMs && stepMs < (warnedMs ?? NEVER));
  return ahead.length === 0 ? null : Math.max(...ahead);
}

/** Notices one of whose rounds was completed as play moved from `fromMs` (exclusive) to `toMs` (inclusive). */
export function noticesDue(notices: readonly Notice[], fromMs: number, toMs: number): readonly Notice[] {
  return notices.filter(({ everyMs }) => everyMs > 0 && Math.floor(toMs / everyMs) > Math.floor(fromMs / everyMs));
}

/** Play from `playedMs` until the next notice is due; null: there is none. */
export function untilNoticeMs(notices: readonly Notice[], playedMs: number): number | null {
  const waits = notices.filter(({ everyMs }) => everyMs > 0).map(({ everyMs }) => everyMs - (playedMs % everyMs));
  return waits.length === 0 ? null : Math.min(...waits);
}

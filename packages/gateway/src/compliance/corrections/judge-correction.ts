// May an entry be made? Nothing gives back more than was counted, and nothing but the mending of an error lets anybody play more
// than the law. An allowance holds to the law by itself (day-adjustment.ts of policy); this refuses what would say something else
// than it does.
import {
  type AdjustmentEntry,
  type CalendarDate,
  type DayAdjustment,
  enteredMs,
  type LimitsOfDay,
  MINUTE_MS,
  returnableMs,
  sumAdjustments,
} from '@playgate/policy';
import { Fault } from '../../fault.ts';

/** Limits: none where play of the player is not limited. */
export interface JudgedDay extends LimitsOfDay {
  readonly date: CalendarDate;
  /** Nothing can be played on it any more. */
  readonly isOver: boolean;
  /** Measured, of the game that is corrected and of all. */
  readonly playedMs: Readonly<Record<'game' | 'provider', number>>;
}

/** Throws an `unprocessable` Fault. `others`: what counts on that day already. */
export function judgeCorrection(day: JudgedDay, entry: AdjustmentEntry, others: readonly AdjustmentEntry[]): void {
  const all = [...others, entry];
  if (entry.gameId !== null && entry.deltaMs < 0) {
    refuseMoreThanCounted(day, sumAdjustments(all, entry.date, entry.gameId));
  }
  const givesTime = entry.deltaMs < 0 || entry.bonusMs > 0;
  if (!givesTime || entry.mendsError || day.isOver) return;
  for (const gameId of new Set(all.map((each) => each.gameId ?? ''))) {
    refuseBeyondLaw(day, sumAdjustments(all, entry.date, gameId));
  }
}

function refuseMoreThanCounted({ playedMs }: JudgedDay, after: DayAdjustment | null): void {
  for (const scope of ['game', 'provider'] as const) {
    const leftMs = playedMs[scope] + enteredMs(after)[scope];
    if (leftMs >= 0) continue;
    const what = scope === 'game' ? 'of the game' : 'of all games';
    throw new Fault('unprocessable', `It gives back ${minutes(-leftMs)} more than counts ${what} on that day.`);
  }
}

/** It has to be of use in one account at least: the game's or the one of all games. */
function refuseBeyondLaw(limits: JudgedDay, after: DayAdjustment | null): void {
  if (after === null || limits.law.length === 0) return;
  const scopes = ['game', 'provider'] as const;
  const isLawful = scopes.some((scope) => after.corrected[scope] >= -returnableMs(after, limits, scope));
  if (isLawful) return;
  const returnable = Math.max(...scopes.map((scope) => returnableMs(after, limits, scope)));
  throw new Fault(
    'unprocessable',
    `On that day ${minutes(-after.corrected.game)} would be given back, and only ${minutes(returnable)} are taken by a guardian and ` +
      'not by law. Beyond the law goes only what mends an error: its reason begins with `error:` and says which.',
  );
}

const minutes = (ms: number): string => `${Math.round((ms / MINUTE_MS) * 10) / 10} min`;

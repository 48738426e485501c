// What corrections and grants of one calendar day add up to, and what that does to limits and to used time. Intervals of play are
// never touched: an adjustment is added to what was measured.
//
// Two kinds of corrections are kept apart, for they may do different things. One that mends an error changes what counts as
// played, also for the law. Any other one takes time away, or gives back at most what a guardian's limit takes below the law; the
// rest of it does not count while that is so. So no sequence of corrections, grants and guardian rules, in any order, lets anybody
// play more than the law.
import type { Budget } from './policy-document.ts';
import type { BudgetScope } from './reasons.ts';
import type { CalendarDate } from './time.ts';

/** By account, in ms to add to used time; negative gives time back. */
export interface AccountAdjustment {
  readonly game: number;
  readonly provider: number;
}

export interface DayAdjustment {
  readonly date: CalendarDate;
  /** Sum of the corrections that mend an error. */
  readonly mended: AccountAdjustment;
  /** Sum of the others. */
  readonly corrected: AccountAdjustment;
  /** Play granted on top of what the guardian allows, in ms; never on top of the law. */
  readonly bonusMs: number;
}

/** One correction or grant, as far as it counts. */
export interface AdjustmentEntry {
  readonly date: CalendarDate;
  /** Null: a grant, which is of every game. */
  readonly gameId: string | null;
  /** Added to used time. */
  readonly deltaMs: number;
  readonly bonusMs: number;
  readonly mendsError: boolean;
}

/** Of one game on one day; null: nothing was adjusted. */
export function sumAdjustments(
  entries: readonly AdjustmentEntry[],
  date: CalendarDate,
  gameId: string,
): DayAdjustment | null {
  const ofDay = entries.filter((entry) => entry.date === date);
  if (ofDay.length === 0) return null;
  const sumOf = (mendsError: boolean): AccountAdjustment => {
    const all = ofDay.filter((entry) => entry.mendsError === mendsError);
    const ofGame = all.filter((entry) => entry.gameId === gameId);
    return { game: sum(ofGame.map(({ deltaMs }) => deltaMs)), provider: sum(all.map(({ deltaMs }) => deltaMs)) };
  };
  const bonusMs = Math.max(0, sum(ofDay.map((entry) => entry.bonusMs)));
  const adjustment = { date, mended: sumOf(true), corrected: sumOf(false), bonusMs };
  return isNothing(adjustment) ? null : adjustment;
}

/** What to add to measured time, by scope; an agent's own account is not adjusted, since a correction names no agent. */
export type AdjustedMs = Readonly<Record<BudgetScope, number>>;

export const NOT_ADJUSTED: AdjustedMs = { game: 0, provider: 0, agent: 0, person: 0 };

/** What the entries say, whatever of it may count. */
export function enteredMs(adjustment: DayAdjustment | null): AccountAdjustment {
  if (adjustment === null) return { game: 0, provider: 0 };
  const { corrected, mended } = adjustment;
  return { game: mended.game + corrected.game, provider: mended.provider + corrected.provider };
}

/**
 * What counts under some limits. The account of the person over all providers is adjusted by what the provider's is; no guardian
 * limits that one, so nothing is given back there.
 */
export function countedMs(adjustment: DayAdjustment | null, budgets: LimitsOfDay): AdjustedMs {
  if (adjustment === null) return NOT_ADJUSTED;
  const { corrected, mended } = adjustment;
  const count = (account: keyof AccountAdjustment, scope: BudgetScope) =>
    mended[account] + Math.max(corrected[account], -returnableMs(adjustment, budgets, scope));
  return {
    game: count('game', 'game'),
    provider: count('provider', 'provider'),
    agent: 0,
    person: count('provider', 'person'),
  };
}

export interface LimitsOfDay {
  readonly law: readonly Budget[];
  readonly guardian: readonly Budget[];
}

/** How much can be given back of a scope without mending an error: what the guardian, bonus and all, takes below the law. */
export function returnableMs(
  adjustment: Pick<DayAdjustment, 'bonusMs'> | null,
  { guardian, law }: LimitsOfDay,
  scope: BudgetScope,
): number {
  const limitOf = (budgets: readonly Budget[]) =>
    Math.min(...budgets.filter((budget) => budget.scope === scope).map(({ limitMs }) => limitMs));
  const lawMs = limitOf(law);
  const guardianMs = limitOf(guardian) + (adjustment?.bonusMs ?? 0);
  return guardianMs < lawMs ? lawMs - guardianMs : 0;
}

/** Limits of a guardian with what was granted for the day. */
export const withBonus = (adjustment: DayAdjustment | null, guardian: readonly Budget[]): readonly Budget[] =>
  adjustment === null || adjustment.bonusMs === 0
    ? guardian
    : guardian.map((budget) => ({ ...budget, limitMs: budget.limitMs + adjustment.bonusMs }));

function isNothing({ bonusMs, corrected, mended }: DayAdjustment): boolean {
  return [corrected.game, corrected.provider, mended.game, mended.provider, bonusMs].every((ms) => ms === 0);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

// What a guardian tightened for a child. It is laid over the law and can only take away: every rule here adds a budget, a
// forbidden window or a pause, and nothing here can remove one of the policy's.
import type { Weekday } from './calendar-date.ts';
import type { Budget } from './policy-document.ts';
import type { Instant, WallTime } from './time.ts';

/** Wall-clock time, in the zone of the policy, in which the child does not play; `to` at or before `from` runs over midnight. */
export interface Bedtime {
  readonly days: readonly Weekday[];
  readonly from: WallTime;
  readonly to: WallTime;
}

export interface GuardianRules {
  /** Per calendar day in ms, each game for itself; null: the law's. */
  readonly gameLimitMs: number | null;
  /** Per calendar day in ms, over all games of the provider; null: the law's. */
  readonly dayLimitMs: number | null;
  readonly bedtimes: readonly Bedtime[];
  /** Play is paused now; `untilAt` null: until the guardian lifts it. */
  readonly pause: { readonly untilAt: Instant | null } | null;
}

const GUARDIAN = { cite: 'set by the guardian', verified: true } as const;

export const GUARDIAN_PAUSE_RULE = { id: 'guardian-pause', reason: 'guardian_pause' } as const;
export const GUARDIAN_WINDOW_ID = 'guardian-bedtime';

export function guardianBudgets(rules: GuardianRules | null): readonly Budget[] {
  const budget = (scope: 'game' | 'provider', limitMs: number | null): Budget[] =>
    limitMs === null ? [] : [{ id: `guardian-${scope}`, scope, period: 'calendar_day', limitMs, ...GUARDIAN }];
  return rules === null ? [] : [...budget('game', rules.gameLimitMs), ...budget('provider', rules.dayLimitMs)];
}

/** Whether the pause holds at an instant. */
export function isPausedAt(rules: GuardianRules | null, at: Instant): boolean {
  return rules?.pause != null && (rules.pause.untilAt === null || at < rules.pause.untilAt);
}

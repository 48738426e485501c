// What the law says to a child, beside what its guardian tightened: for people to read. What is enforced comes from
// resolveAllowance.
import type { Budget, GuardianRules, PolicyDocument } from '@playgate/policy';

export const NO_RULES: GuardianRules = { gameLimitMs: null, dayLimitMs: null, bedtimes: [], pause: null };

export interface EffectiveLimits {
  /** Null: no limit. */
  readonly gameLimitMs: number | null;
  readonly dayLimitMs: number | null;
}

export function tighterLimits({ budgets }: PolicyDocument, rules: GuardianRules): EffectiveLimits {
  return {
    gameLimitMs: tightest(budgets, 'game', rules.gameLimitMs),
    dayLimitMs: tightest(budgets, 'provider', rules.dayLimitMs),
  };
}

export function lawOf({ budgets, windows }: PolicyDocument) {
  return {
    budgets: budgets.map(({ cite, id, limitMs, scope }) => ({ id, scope, limitMs, cite })),
    windows: windows.map(({ cite, days, effect, from, id, to }) => ({ id, days, from, to, effect, cite })),
  };
}

function tightest(budgets: readonly Budget[], scope: Budget['scope'], own: number | null): number | null {
  const limits = budgets.filter((budget) => budget.scope === scope).map((budget) => budget.limitMs);
  if (own !== null) limits.push(own);
  return limits.length === 0 ? null : Math.min(...limits);
}

// Allowance + what the ledger says + now -> the answer, with its reason. Pure.
// `now` lies in the allowance's day: past `validUntilAt` a caller resolves again first.
import { nextDate } from './calendar-date.ts';
import type { Budget } from './policy-document.ts';
import type { BudgetScope, EndReason, RefusalReason } from './reasons.ts';
import type { Allowance, StopRule } from './resolve-allowance.ts';
import { type Instant, SEARCH_DAYS_MAX } from './time.ts';
import { dayOf, dayOfDate } from './zone.ts';

/** Play of the day in ms by scope, for the game, provider and agent of the session in question. */
export type UsedByScope = Readonly<Record<BudgetScope, number>>;

export interface BindingRule {
  readonly id: string;
  readonly scope: BudgetScope | 'window' | 'agent_hours' | 'rating' | 'identity';
  readonly limitMs: number | null;
}

/** How much is left, and which rule says so. `unlimited` players have null everywhere. */
export interface Remaining {
  /** Min over budgets of today's rest and of the time to the stop edge; never negative. */
  readonly remainingMs: number | null;
  /** When the session must end if play goes on without a break; a budget that refills at midnight before it is spent does not bind. */
  readonly endsAt: Instant | null;
  readonly bindingRule: BindingRule | null;
}

export type StartDecision =
  | ({ readonly verdict: 'play' } & Remaining)
  | {
      readonly verdict: 'denied';
      readonly reason: RefusalReason;
      readonly bindingRule: BindingRule | null;
      readonly nextAllowedAt: Instant | null;
    };

export type BeatDecision = Remaining & {
  readonly verdict: 'continue' | 'warn' | 'end';
  readonly reason: EndReason | null;
};

/** May a session start now? */
export function decideStart(allowance: Allowance, used: UsedByScope, now: Instant): StartDecision {
  const { refusal, refillsAt } = allowance;
  if (refusal !== null) {
    return deny(refusal.reason, stopBindingRule(refusal), usableFrom(allowance, used, refusal.nextAllowedAt));
  }
  const spent = findSpentBudget(allowance, used);
  if (spent !== null) return deny('daily_budget_spent', budgetRule(spent), refillsAt);
  const end = findEnd(allowance, used, now);
  if (end !== null && end.at - now < allowance.policy.document.minStartMs) {
    return deny(
      'too_little_left',
      ruleOfEnd(end),
      end.kind === 'budget' ? refillsAt : usableFrom(allowance, used, allowance.reopensAt),
    );
  }
  return { verdict: 'play', ...remaining(allowance, used, now, end) };
}

/** What a running session is told. `endReason`: why the ledger ended it, or null while it goes on. */
export function decideBeat(
  allowance: Allowance,
  used: UsedByScope,
  endReason: EndReason | null,
  now: Instant,
): BeatDecision {
  if (endReason !== null) return endBeat(allowance, used, endReason);
  if (allowance.refusal !== null) return endBeat(allowance, used, allowance.refusal.reason);
  // A paused session is not ended by the ledger when another one spends its budget, yet nothing is left for it.
  if (findSpentBudget(allowance, used) !== null) return endBeat(allowance, used, 'daily_budget_spent');
  if (allowance.stopsAt !== null && now >= allowance.stopsAt) {
    return endBeat(allowance, used, allowance.stopRule?.reason ?? 'outside_window');
  }
  const end = findEnd(allowance, used, now);
  const largestStepMs = allowance.policy.document.warningsMs[0];
  const isNear = end !== null && largestStepMs !== undefined && end.at - now <= largestStepMs;
  return { verdict: isNear ? 'warn' : 'continue', reason: null, ...remaining(allowance, used, now, end) };
}

/** Where play that goes on without a break must end. */
type End =
  | { readonly kind: 'budget'; readonly at: Instant; readonly budget: Budget }
  | { readonly kind: 'stop'; readonly at: Instant; readonly rule: StopRule };

function findEnd(allowance: Allowance, used: UsedByScope, now: Instant): End | null {
  const { stopsAt, stopRule } = allowance;
  const spending = findSpending(allowance, used, now);
  const isStoppedFirst = stopsAt !== null && (spending === null || stopsAt < spending.at);
  return isStoppedFirst && stopRule !== null ? { kind: 'stop', at: stopsAt, rule: stopRule } : spending;
}

/** When the first budget is spent, counting on over midnights; null where none is before the stop edge or in 400 days. */
function findSpending(allowance: Allowance, used: UsedByScope, now: Instant): (End & { kind: 'budget' }) | null {
  const { budgets, day, laterBudgets, stopsAt } = allowance;
  const zone = allowance.policy.document.zone;
  const today = tightest(budgets, (budget) => restMs(budget, used));
  const later = tightest(laterBudgets, (budget) => budget.limitMs);
  if (today === null || later === null) return null;
  const spentAt = now + restMs(today, used);
  if (spentAt < day.endsAt) return { kind: 'budget', at: spentAt, budget: today };
  let next = dayOf(zone, day.endsAt);
  for (let searched = 0; searched < SEARCH_DAYS_MAX; searched++) {
    const at = next.startsAt + later.limitMs;
    if (at < next.endsAt) return { kind: 'budget', at, budget: later };
    if (stopsAt !== null && stopsAt <= next.endsAt) return null;
    next = dayOfDate(zone, nextDate(next.date));
  }
  return null;
}

function remaining(allowance: Allowance, used: UsedByScope, now: Instant, end: End | null): Remaining {
  const rests = allowance.budgets.map((budget) => restMs(budget, used));
  if (allowance.stopsAt !== null) rests.push(Math.max(0, allowance.stopsAt - now));
  return {
    remainingMs: rests.length === 0 ? null : Math.min(...rests),
    endsAt: end === null ? null : end.at,
    bindingRule: end === null ? null : ruleOfEnd(end),
  };
}

/** `opensAt`, unless budgets that are (as good as) spent would still refuse a start then. */
function usableFrom(allowance: Allowance, used: UsedByScope, opensAt: Instant | null): Instant | null {
  const { budgets, day, refillsAt } = allowance;
  if (opensAt === null || opensAt >= day.endsAt) return opensAt;
  const isOfUse = budgets.every((budget) => {
    const leftMs = restMs(budget, used);
    return leftMs > 0 && (leftMs >= allowance.policy.document.minStartMs || opensAt + leftMs >= day.endsAt);
  });
  return isOfUse ? opensAt : refillsAt;
}

function deny(reason: RefusalReason, bindingRule: BindingRule, nextAllowedAt: Instant | null): StartDecision {
  return { verdict: 'denied', reason, bindingRule, nextAllowedAt };
}

function endBeat(allowance: Allowance, used: UsedByScope, reason: EndReason): BeatDecision {
  const isUnlimited = allowance.budgets.length === 0 && allowance.stopsAt === null && allowance.refusal === null;
  return {
    verdict: 'end',
    reason,
    remainingMs: isUnlimited ? null : 0,
    endsAt: null,
    bindingRule: ruleOfEndReason(allowance, used, reason),
  };
}

function ruleOfEndReason(allowance: Allowance, used: UsedByScope, reason: EndReason): BindingRule | null {
  if (reason === 'daily_budget_spent') {
    const spent = findSpentBudget(allowance, used);
    return spent === null ? null : budgetRule(spent);
  }
  const rule = [allowance.refusal, allowance.stopRule].find((candidate) => candidate?.reason === reason);
  return rule === undefined || rule === null ? null : stopBindingRule(rule);
}

/** The first budget, in the order of the scopes, of which nothing is left. */
function findSpentBudget({ budgets }: Allowance, used: UsedByScope): Budget | null {
  return budgets.find((budget) => restMs(budget, used) === 0) ?? null;
}

function restMs(budget: Budget, used: UsedByScope): number {
  return Math.max(0, budget.limitMs - used[budget.scope]);
}

function tightest(budgets: readonly Budget[], measureMs: (budget: Budget) => number): Budget | null {
  return budgets.reduce<Budget | null>(
    (least, budget) => (least === null || measureMs(budget) < measureMs(least) ? budget : least),
    null,
  );
}

function ruleOfEnd(end: End): BindingRule {
  return end.kind === 'budget' ? budgetRule(end.budget) : stopBindingRule(end.rule);
}

function budgetRule({ id, scope, limitMs }: Budget): BindingRule {
  return { id, scope, limitMs };
}

const SCOPE_OF_REASON: Partial<Record<RefusalReason, BindingRule['scope']>> = {
  outside_window: 'window',
  agent_closed: 'agent_hours',
  age_rating: 'rating',
  guardian_window: 'window',
};

function stopBindingRule({ id, reason }: StopRule): BindingRule {
  return { id, scope: SCOPE_OF_REASON[reason] ?? 'identity', limitMs: null };
}

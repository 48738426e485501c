// Allowance + what the ledger says + now -> the answer, with its reason. Pure.

import type { BudgetScope, EndReason, RefusalReason } from './reasons.ts';
import type { Allowance } from './resolve-allowance.ts';
import type { Instant } from './time.ts';

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

export interface Decide {
  decideStart(allowance: Allowance, used: UsedByScope, now: Instant): StartDecision;
  decideBeat(allowance: Allowance, used: UsedByScope, endReason: EndReason | null, now: Instant): BeatDecision;
}

// Which end is foretold, and the words for it. Pure.
import type { BindingRule, EndReason } from '../answers.ts';
import { endAtOf, type Forecast } from './predictor.ts';

export interface ForetoldEnd {
  readonly at: number;
  readonly reason: EndReason;
  /** When play is allowed again after it; null: not foretold. */
  readonly nextAllowedAt: string | null;
}

export const REASON_BY_SCOPE: Readonly<Record<BindingRule['scope'], EndReason>> = {
  game: 'daily_budget_spent',
  provider: 'daily_budget_spent',
  agent: 'daily_budget_spent',
  person: 'daily_budget_spent',
  window: 'outside_window',
  agent_hours: 'agent_closed',
  rating: 'age_rating',
  identity: 'unverified',
};

/** What a session is closed with after an end of this reason; any other reason is its own word. */
const CLOSE_WORDS: Readonly<Partial<Record<EndReason, string>>> = {
  daily_budget_spent: 'limit',
  outside_window: 'window',
  agent_closed: 'window',
  guardian_window: 'window',
};

export function closeWordOf(reason: EndReason): string {
  return CLOSE_WORDS[reason] ?? reason;
}

/** The end by rule; null: none in sight. */
export function endByRule(forecast: Forecast): ForetoldEnd | null {
  const at = endAtOf(forecast);
  const { bindingRule: rule, nextAllowedAt } = forecast.allowance;
  return at === null
    ? null
    : { at, reason: rule === null ? 'daily_budget_spent' : REASON_BY_SCOPE[rule.scope], nextAllowedAt };
}

/** The end for want of an answer; null: this player needs none. */
export function endByLease(forecast: Forecast): ForetoldEnd | null {
  const at = forecast.leaseEndsAt;
  return at === null ? null : { at, reason: 'ledger_unavailable', nextAllowedAt: null };
}

export function earlier(one: ForetoldEnd | null, other: ForetoldEnd | null): ForetoldEnd | null {
  if (one === null || other === null) return one ?? other;
  return one.at <= other.at ? one : other;
}

/** The end that is worth saving for: a lease that is about to run out is none while the gateway answers. */
export function nearEnd(forecast: Forecast, link: 'online' | 'offline'): ForetoldEnd | null {
  return earlier(endByRule(forecast), link === 'offline' ? endByLease(forecast) : null);
}

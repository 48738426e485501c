/** Why play is refused or ended. The literals are wire values: never rename one. */
export const REFUSAL_REASONS = [
  'daily_budget_spent',
  'outside_window',
  'agent_closed',
  'age_rating',
  'guardian_required',
  'phone_required',
  'unverified',
  'too_little_left',
  'concurrent_session',
  'guardian_pause',
  'guardian_window',
  'ledger_unavailable',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/**
 * Why a session is over although nobody refused it: fell silent too long, was closed, gave way to another device, or was
 * ended by the agent whose station it is played at.
 */
export const SESSION_END_REASONS = ['session_lost', 'session_closed', 'session_taken_over', 'agent_ended'] as const;
export type SessionEndReason = (typeof SESSION_END_REASONS)[number];
export type EndReason = RefusalReason | SessionEndReason;

export const AGE_BANDS = ['under_12', '12_15', '16_17', 'adult'] as const;
export type AgeBand = (typeof AGE_BANDS)[number];

export const RATINGS = ['00+', '12+', '16+', '18+'] as const;
export type Rating = (typeof RATINGS)[number];

export const BUDGET_SCOPES = ['game', 'provider', 'agent', 'person'] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

/** Where a decision came from: the ledger, the running lease, or the rule for when the ledger is away. */
export const DECISION_SOURCES = ['live', 'lease', 'fallback'] as const;
export type DecisionSource = (typeof DECISION_SOURCES)[number];

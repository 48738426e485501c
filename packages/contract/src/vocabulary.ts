// Closed sets of the wire that the rules do not know; those they know come from @playgate/policy. Zod-free.
import { BUDGET_SCOPES } from '@playgate/policy';

/** Who may call: `none` is anybody; the others name the kind of key or token presented. */
export const AUTH_KINDS = [
  'none',
  'operator',
  'secret',
  'publishable',
  'agent',
  'regulator',
  'session',
  'guardian',
] as const;
export type AuthKind = (typeof AUTH_KINDS)[number];

/** Roles that a person can sign in with; `provider` may do what that provider's server may (`secret`). */
export const SIGN_IN_ROLES = ['operator', 'provider', 'agent', 'regulator'] as const;
export type SignInRole = (typeof SIGN_IN_ROLES)[number];

/** The kinds of callers that those roles are. */
export const SIGN_IN_AUTH_KINDS = ['operator', 'secret', 'agent', 'regulator'] as const satisfies readonly AuthKind[];

export const KEY_KINDS = ['secret', 'publishable'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

export const MODES = ['test', 'live'] as const;
export type Mode = (typeof MODES)[number];

/** Classes of online games in Vietnam (Decree 147/2024). */
export const GAME_CLASSES = ['G1', 'G2', 'G3', 'G4'] as const;
export type GameClass = (typeof GAME_CLASSES)[number];

/** Where a verification stands: waiting for its player, with an outcome, without one, or too late for one. */
export const VERIFICATION_STATUSES = ['pending', 'complete', 'failed', 'expired'] as const;
export type VerificationStatus = (typeof VERIFICATION_STATUSES)[number];

export const VERIFICATION_OUTCOMES = [
  'verified',
  'guardian_required',
  'phone_required',
  'method_required',
  'rejected',
] as const;
export type VerificationOutcome = (typeof VERIFICATION_OUTCOMES)[number];

/** How sure the age is, weakest first. */
export const ASSURANCES = ['declared', 'attested', 'document', 'wallet'] as const;
export type Assurance = (typeof ASSURANCES)[number];

export const GUARDIAN_RELATIONSHIPS = ['parent', 'guardian'] as const;
export type GuardianRelationship = (typeof GUARDIAN_RELATIONSHIPS)[number];

/** Who told of a guardian's consent. */
export const CONSENT_SOURCES = ['provider', 'verification'] as const;

/** Who set the rules of a guardian. */
export const RULE_AUTHORS = ['provider', 'guardian'] as const;
export type RuleAuthor = (typeof RULE_AUTHORS)[number];

/** App stores that say something of the age of their accounts' owners. */
export const STORE_SOURCES = ['google_play', 'apple'] as const;
/** `userStatus` of Play Age Signals, in Google's words. */
export const GOOGLE_USER_STATUSES = [
  'VERIFIED',
  'DECLARED',
  'SUPERVISED',
  'SUPERVISED_APPROVAL_PENDING',
  'SUPERVISED_APPROVAL_DENIED',
  'UNKNOWN',
] as const;
/** `ageRangeDeclaration` of Declared Age Range, in Apple's words. */
export const APPLE_DECLARATIONS = [
  'selfDeclared',
  'guardianDeclared',
  'confirmed',
  'checkedByOtherMethod',
  'guardianCheckedByOtherMethod',
  'governmentIDChecked',
  'guardianGovernmentIDChecked',
  'paymentChecked',
  'guardianPaymentChecked',
] as const;

export const PLAY_STATES = ['active', 'paused'] as const;

/** How a session at a seat stands, as its agent sees it. */
export const LIVE_STATES = [...PLAY_STATES, 'silent', 'ending'] as const;
export type LiveState = (typeof LIVE_STATES)[number];

export const BEAT_VERDICTS = ['continue', 'warn', 'end'] as const;
export type BeatVerdict = (typeof BEAT_VERDICTS)[number];

/** Reasons a client is expected to close with; any other lower_snake word is accepted too. */
export const CLOSE_REASONS = ['quit', 'limit', 'window', 'background', 'error'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

/** What kind of rule binds: a budget by its scope, an edge of time, or a condition on the player. */
export const BINDING_SCOPES = [...BUDGET_SCOPES, 'window', 'agent_hours', 'rating', 'identity'] as const;

/** What the rows of a report can be told apart by. */
export const REPORT_DIMENSIONS = ['provider', 'game', 'agent', 'province', 'day'] as const;
export type ReportDimension = (typeof REPORT_DIMENSIONS)[number];

export const DAILY_REPORT_FORMATS = ['json', 'csv', 'jsonl'] as const;
export type DailyReportFormat = (typeof DAILY_REPORT_FORMATS)[number];

export const PERIODIC_REPORT_FORMATS = ['json', 'csv', 'xlsx'] as const;
export type PeriodicReportFormat = (typeof PERIODIC_REPORT_FORMATS)[number];

/** Kinds of periods of forms: `2026-H2`, `2026`. */
export const PERIOD_KINDS = ['half_year', 'year'] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** Of what a column of a form is; times are kept in milliseconds and shown as the unit says. */
export const COLUMN_UNITS = ['text', 'count', 'minutes', 'seconds', 'percent'] as const;
export type ColumnUnit = (typeof COLUMN_UNITS)[number];

export const CORRECTION_KINDS = ['correction', 'grant'] as const;
/** A reason that begins so, in any case, says that the entry mends an error of counting. */
export const MENDS_ERROR_PREFIX = 'error:';

/** Events of the stream of a session. */
export const SESSION_EVENT_KINDS = ['hello', 'renew', 'end'] as const;
export type SessionEventKind = (typeof SESSION_EVENT_KINDS)[number];

/** What providers are told by webhook; `test` only when they ask for it. */
export const WEBHOOK_EVENT_TYPES = ['limitReached', 'sessionEnded', 'statusChanged'] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** `delivered`: answered 2xx; `failed`: given up. */
export const WEBHOOK_DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type WebhookDeliveryState = (typeof WEBHOOK_DELIVERY_STATES)[number];

/** Why an attempt failed, where no status says it. */
export const WEBHOOK_FAULTS = ['address_refused', 'unreachable', 'timeout', 'refused'] as const;
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number];

/** Why nothing is sent to an endpoint any more: it failed for days, or answered 410. */
export const WEBHOOK_DISABLED_REASONS = ['failing', 'gone'] as const;
export type WebhookDisabledReason = (typeof WEBHOOK_DISABLED_REASONS)[number];

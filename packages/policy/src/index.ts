export * from './accrue.ts';
export {
  AGE_YEARS_MAX,
  ageBandAt,
  ageOn,
  BIRTH_DATE_PROBLEMS,
  type BirthDateProblem,
  birthdayOf,
  findBirthDateProblem,
  nextBandChangeAt,
} from './age.ts';
export {
  dateOfEpochDay,
  epochDayOf,
  isCalendarDate,
  nextDate,
  previousDate,
  WEEKDAYS,
  type Weekday,
  weekdayOf,
} from './calendar-date.ts';
export { canonicalJson } from './canonical-json.ts';
export { citationText } from './citations.ts';
export {
  type AccountAdjustment,
  type AdjustedMs,
  type AdjustmentEntry,
  countedMs,
  type DayAdjustment,
  enteredMs,
  type LimitsOfDay,
  returnableMs,
  sumAdjustments,
} from './day-adjustment.ts';
export {
  type BeatDecision,
  type BindingRule,
  decideBeat,
  decideStart,
  type Remaining,
  type StartDecision,
  type UsedByScope,
} from './decide.ts';
export { foretellNextStart, nextStartAt, type RunningPlay } from './foretell-next-start.ts';
export { type Bedtime, type GuardianRules, guardianBudgets, isPausedAt } from './guardian-rules.ts';
export {
  addInterval,
  clipInterval,
  INTERVALS_PER_ACCOUNT_MAX,
  type Interval,
  instantOfMeasure,
  measureIntervals,
  unionIntervals,
} from './intervals.ts';
export { loadPolicy } from './load-policy.ts';
export { type HeartbeatTimes, intervalAt, leaseAt, PACE_MAX, PACES, type Pace } from './pace.ts';
export { PACKS } from './packs/index.ts';
export { PolicyDocumentError, parsePolicyDocument } from './parse-policy-document.ts';
export {
  type AgeBandRange,
  type Budget,
  type Calendar,
  type CalendarMark,
  type Citation,
  DAY_KINDS,
  type DayKind,
  type HeartbeatRules,
  type IdentityRules,
  type LocalizedText,
  type MethodRules,
  type Notice,
  type Policy,
  type PolicyDocument,
  RETENTION_CLASSES,
  type Reference,
  type Retention,
  type RetentionClass,
  type Sourced,
  type SpendCap,
  type Window,
} from './policy-document.ts';
export { PolicyConflictError, PolicyLibrary } from './policy-library.ts';
export type { FieldProblem } from './read-fields.ts';
export {
  AGE_BANDS,
  type AgeBand,
  BUDGET_SCOPES,
  type BudgetScope,
  DECISION_SOURCES,
  type DecisionSource,
  type EndReason,
  RATINGS,
  type Rating,
  REFUSAL_REASONS,
  type RefusalReason,
  SESSION_END_REASONS,
  type SessionEndReason,
} from './reasons.ts';
export {
  accountsOf,
  type ReplayEntry,
  type ReplayedDay,
  type ReplayedLedger,
  replay,
  type SessionIdentity,
} from './replay.ts';
export {
  type AgentHours,
  type Allowance,
  type AllowanceRequest,
  CALENDAR_YEAR_MISSING,
  nextPlayableAt,
  type PlayerFacts,
  type Refusal,
  resolveAllowance,
  type StopRule,
} from './resolve-allowance.ts';
export {
  isBehind,
  latestPlay,
  PROVEN_INTERVALS_MAX,
  proofOf,
  provenPlay,
  restoreDay,
  restoreSession,
  type SessionProof,
  unrecordedPlay,
} from './restore.ts';
export * from './session-record.ts';
export {
  type CalendarDate,
  type CalendarDay,
  DAY_MS,
  formatInstant,
  HOUR_MS,
  type Instant,
  isWallTime,
  MINUTE_MS,
  minutesOfWallTime,
  parseInstant,
  SEARCH_DAYS_MAX,
  type WallTime,
} from './time.ts';
export { dayOf, dayOfDate, instantOfWallTime, isZone } from './zone.ts';

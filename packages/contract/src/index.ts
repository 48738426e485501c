export { CLIENT_LOCALES, CLIENT_TEXTS, type ClientLocale, clientLocaleOf } from './client-texts.ts';
export { ERROR_CODES, ERRORS, type ErrorCode, type ErrorEntry, problemType } from './errors.ts';
export { HEADERS, JSON_MEDIA_TYPE, PROBLEM_MEDIA_TYPE } from './headers.ts';
export * as limits from './limits.ts';
export { buildOpenApiDocument, type OpenApiOptions } from './openapi.ts';
export {
  defineOperation,
  errorsOfOperation,
  type Immutable,
  type Method,
  type Operation,
  type OperationInput,
  type OperationReply,
  type Reply,
  type ReplyBody,
  type RequestBody,
  TAGS,
  type Tag,
} from './operation.ts';
export { advanceSandboxClock } from './operations/advance-sandbox-clock.ts';
export { beginSignIn } from './operations/begin-sign-in.ts';
export { closeSession } from './operations/close-session.ts';
export { completeOidcLogin } from './operations/complete-oidc-login.ts';
export { completePresentation } from './operations/complete-presentation.ts';
export { completeSignIn } from './operations/complete-sign-in.ts';
export { createAgeVerification } from './operations/create-age-verification.ts';
export { createAgent } from './operations/create-agent.ts';
export { createCorrection } from './operations/create-correction.ts';
export { createGame } from './operations/create-game.ts';
export { createGrant } from './operations/create-grant.ts';
export { createGuardianLink } from './operations/create-guardian-link.ts';
export { createProvider } from './operations/create-provider.ts';
export { createRegulator } from './operations/create-regulator.ts';
export { createStation } from './operations/create-station.ts';
export { createWebhookEndpoint } from './operations/create-webhook-endpoint.ts';
export { createWebhookTest } from './operations/create-webhook-test.ts';
export { endAgentSession } from './operations/end-agent-session.ts';
export { endSignIn } from './operations/end-sign-in.ts';
export { erasePlayer } from './operations/erase-player.ts';
export { freezeSandboxClock } from './operations/freeze-sandbox-clock.ts';
export { getAccessLog } from './operations/get-access-log.ts';
export { getAgeVerification } from './operations/get-age-verification.ts';
export { getAgentAccessLog } from './operations/get-agent-access-log.ts';
export { getCheckpoint } from './operations/get-checkpoint.ts';
export { getConsistencyProof } from './operations/get-consistency-proof.ts';
export { getDailyReport } from './operations/get-daily-report.ts';
export { getDocs } from './operations/get-docs.ts';
export { getEvidenceEntries } from './operations/get-evidence-entries.ts';
export { getEvidenceKeys } from './operations/get-evidence-keys.ts';
export { getGuardian } from './operations/get-guardian.ts';
export { getGuardianRules } from './operations/get-guardian-rules.ts';
export { getHealth } from './operations/get-health.ts';
export { getInclusionProof } from './operations/get-inclusion-proof.ts';
export { getJwks } from './operations/get-jwks.ts';
export { getMe } from './operations/get-me.ts';
export { getMetrics } from './operations/get-metrics.ts';
export { getOpenapi } from './operations/get-openapi.ts';
export { getPeriodicReport } from './operations/get-periodic-report.ts';
export { getPlaytime } from './operations/get-playtime.ts';
export { getRangeProof } from './operations/get-range-proof.ts';
export { getReadiness } from './operations/get-readiness.ts';
export { getReportSchema } from './operations/get-report-schema.ts';
export { getSandboxClock } from './operations/get-sandbox-clock.ts';
export { getSessionEvents } from './operations/get-session-events.ts';
export { getStatement } from './operations/get-statement.ts';
export { issueAgentKey } from './operations/issue-agent-key.ts';
export { issueKey } from './operations/issue-key.ts';
export { issueRegulatorKey } from './operations/issue-regulator-key.ts';
export { issueStationToken } from './operations/issue-station-token.ts';
export { issueWebhookSecret } from './operations/issue-webhook-secret.ts';
export { listAgentSessions } from './operations/list-agent-sessions.ts';
export { listAgents } from './operations/list-agents.ts';
export { listCorrections } from './operations/list-corrections.ts';
export { listGames } from './operations/list-games.ts';
export { listReportForms } from './operations/list-report-forms.ts';
export { listStations } from './operations/list-stations.ts';
export { listWebhookDeliveries } from './operations/list-webhook-deliveries.ts';
export { listWebhookEndpoints } from './operations/list-webhook-endpoints.ts';
export { openSession } from './operations/open-session.ts';
export { recordHeartbeat } from './operations/record-heartbeat.ts';
export { recordHeartbeats } from './operations/record-heartbeats.ts';
export { registerGuardian } from './operations/register-guardian.ts';
export { releaseSandboxClock } from './operations/release-sandbox-clock.ts';
export { revokeGuardian } from './operations/revoke-guardian.ts';
export { revokeGuardianLink } from './operations/revoke-guardian-link.ts';
export { revokeKey } from './operations/revoke-key.ts';
export { revokeStation } from './operations/revoke-station.ts';
export { revokeWebhookEndpoint } from './operations/revoke-webhook-endpoint.ts';
export { setGuardianRules } from './operations/set-guardian-rules.ts';
export { undoCorrection } from './operations/undo-correction.ts';
export { PERMISSIONS, type Permission, ROLE_NAMES, ROLES, type Role, type RoleName } from './permissions.ts';
export { findOperation, METHODS_BY_PATH, OPERATIONS, type OperationId, type OperationOf } from './registry.ts';
export {
  DAILY_FIGURE_COLUMNS,
  dimensionKey,
  REPORT_COVERAGE_COLUMNS,
  REPORT_SCHEMA_NAMES,
  type ReportCoverageColumn,
  renderReportSchema,
  reportSchema,
} from './report-schemas.ts';
export { accessLogPage } from './schemas/access-log.ts';
export { ACCESS_LOG_COLUMNS } from './schemas/agent.ts';
export { idempotencyKey } from './schemas/idempotency-key.ts';
export { problem } from './schemas/problem.ts';
export { purpose } from './schemas/purpose.ts';
export { dailyReport, dailyReportLine } from './schemas/report-daily.ts';
export { reportFigures } from './schemas/report-figures.ts';
export { periodicReport, reportForm } from './schemas/report-periodic.ts';
export { period as reportPeriod } from './schemas/report-query.ts';
export { webhookEvent } from './schemas/webhook.ts';
export {
  ASSURANCES,
  type Assurance,
  AUTH_KINDS,
  type AuthKind,
  BEAT_VERDICTS,
  type BeatVerdict,
  BINDING_SCOPES,
  CLOSE_REASONS,
  type CloseReason,
  COLUMN_UNITS,
  CONSENT_SOURCES,
  CORRECTION_KINDS,
  type ColumnUnit,
  DAILY_REPORT_FORMATS,
  type DailyReportFormat,
  GAME_CLASSES,
  type GameClass,
  GUARDIAN_RELATIONSHIPS,
  type GuardianRelationship,
  KEY_KINDS,
  type KeyKind,
  LIVE_STATES,
  type LiveState,
  MENDS_ERROR_PREFIX,
  MODES,
  type Mode,
  PERIOD_KINDS,
  PERIODIC_REPORT_FORMATS,
  type PeriodicReportFormat,
  type PeriodKind,
  PLAY_STATES,
  REPORT_DIMENSIONS,
  type ReportDimension,
  RULE_AUTHORS,
  type RuleAuthor,
  SESSION_EVENT_KINDS,
  type SessionEventKind,
  SIGN_IN_ROLES,
  type SignInRole,
  VERIFICATION_OUTCOMES,
  VERIFICATION_STATUSES,
  type VerificationOutcome,
  type VerificationStatus,
  WEBHOOK_DELIVERY_STATES,
  WEBHOOK_DISABLED_REASONS,
  WEBHOOK_EVENT_TYPES,
  WEBHOOK_FAULTS,
  type WebhookDeliveryState,
  type WebhookDisabledReason,
  type WebhookEventType,
  type WebhookFault,
} from './vocabulary.ts';
export type {
  AdvanceSandboxClockRequest,
  AgeVerificationReply,
  AgeVerificationRequest,
  BatchHeartbeatResult,
  BatchHeartbeatsReply,
  BatchHeartbeatsRequest,
  BindingRule,
  CloseSessionReply,
  CloseSessionRequest,
  CreateGameRequest,
  FreezeSandboxClockRequest,
  Game,
  GuardianRulesReply,
  GuardianRulesRequest,
  HeartbeatContinued,
  HeartbeatEnded,
  HeartbeatReply,
  HeartbeatRequest,
  ListGamesReply,
  LocalizedText,
  OpenSessionReply,
  OpenSessionRequest,
  PlayAllowance,
  PlaytimeQuery,
  PlaytimeReply,
  PolicyReference,
  Problem,
  SandboxClockReply,
  SessionDenied,
  SessionOpened,
  UsedToday,
  WebhookEvent,
} from './wire.ts';

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
export { createGame } from './operations/create-game.ts';
export { createGuardianLink } from './operations/create-guardian-link.ts';
export { createProvider } from './operations/create-provider.ts';
export { createRegulator } from './operations/create-regulator.ts';
export { createStation } from './operations/create-station.ts';
export { endSignIn } from './operations/end-sign-in.ts';
export { erasePlayer } from './operations/erase-player.ts';
export { freezeSandboxClock } from './operations/freeze-sandbox-clock.ts';
export { getAgeVerification } from './operations/get-age-verification.ts';
export { getDocs } from './operations/get-docs.ts';
export { getGuardian } from './operations/get-guardian.ts';
export { getGuardianRules } from './operations/get-guardian-rules.ts';
export { getHealth } from './operations/get-health.ts';
export { getJwks } from './operations/get-jwks.ts';
export { getMe } from './operations/get-me.ts';
export { getMetrics } from './operations/get-metrics.ts';
export { getOpenapi } from './operations/get-openapi.ts';
export { getPlaytime } from './operations/get-playtime.ts';
export { getReadiness } from './operations/get-readiness.ts';
export { getSandboxClock } from './operations/get-sandbox-clock.ts';
export { issueKey } from './operations/issue-key.ts';
export { listGames } from './operations/list-games.ts';
export { openSession } from './operations/open-session.ts';
export { recordHeartbeat } from './operations/record-heartbeat.ts';
export { recordHeartbeats } from './operations/record-heartbeats.ts';
export { registerGuardian } from './operations/register-guardian.ts';
export { releaseSandboxClock } from './operations/release-sandbox-clock.ts';
export { revokeGuardian } from './operations/revoke-guardian.ts';
export { revokeGuardianLink } from './operations/revoke-guardian-link.ts';
export { revokeKey } from './operations/revoke-key.ts';
export { setGuardianRules } from './operations/set-guardian-rules.ts';
export { PERMISSIONS, type Permission, ROLE_NAMES, ROLES, type Role, type RoleName } from './permissions.ts';
export { findOperation, METHODS_BY_PATH, OPERATIONS, type OperationId, type OperationOf } from './registry.ts';
export { idempotencyKey } from './schemas/idempotency-key.ts';
export { problem } from './schemas/problem.ts';
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
  CONSENT_SOURCES,
  GAME_CLASSES,
  type GameClass,
  GUARDIAN_RELATIONSHIPS,
  type GuardianRelationship,
  KEY_KINDS,
  type KeyKind,
  MODES,
  type Mode,
  PLAY_STATES,
  RULE_AUTHORS,
  type RuleAuthor,
  SIGN_IN_ROLES,
  type SignInRole,
  VERIFICATION_OUTCOMES,
  VERIFICATION_STATUSES,
  type VerificationOutcome,
  type VerificationStatus,
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
} from './wire.ts';

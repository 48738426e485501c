// The wire without zod: plain constants, and types of requests and replies, for clients.
// Whatever is imported here as a value must not load zod, directly or not.

import type * as z from 'zod';
import type { Immutable, OperationInput, ReplyBody, RequestBody } from './operation.ts';
import type { advanceSandboxClock } from './operations/advance-sandbox-clock.ts';
import type { closeSession } from './operations/close-session.ts';
import type { completePresentation } from './operations/complete-presentation.ts';
import type { createAgeVerification } from './operations/create-age-verification.ts';
import type { createCorrection } from './operations/create-correction.ts';
import type { createGame } from './operations/create-game.ts';
import type { createGrant } from './operations/create-grant.ts';
import type { createGuardianLink } from './operations/create-guardian-link.ts';
import type { createWebhookEndpoint } from './operations/create-webhook-endpoint.ts';
import type { createWebhookTest } from './operations/create-webhook-test.ts';
import type { erasePlayer } from './operations/erase-player.ts';
import type { freezeSandboxClock } from './operations/freeze-sandbox-clock.ts';
import type { getGuardian } from './operations/get-guardian.ts';
import type { getGuardianRules } from './operations/get-guardian-rules.ts';
import type { getPlaytime } from './operations/get-playtime.ts';
import type { getSandboxClock } from './operations/get-sandbox-clock.ts';
import type { getStatement } from './operations/get-statement.ts';
import type { issueWebhookSecret } from './operations/issue-webhook-secret.ts';
import type { listCorrections } from './operations/list-corrections.ts';
import type { listGames } from './operations/list-games.ts';
import type { listWebhookDeliveries } from './operations/list-webhook-deliveries.ts';
import type { listWebhookEndpoints } from './operations/list-webhook-endpoints.ts';
import type { openSession } from './operations/open-session.ts';
import type { recordHeartbeat } from './operations/record-heartbeat.ts';
import type { recordHeartbeats } from './operations/record-heartbeats.ts';
import type { registerGuardian } from './operations/register-guardian.ts';
import type { setGuardianRules } from './operations/set-guardian-rules.ts';
import type { undoCorrection } from './operations/undo-correction.ts';
import type { allowance, bindingRule, policyReference, usedToday } from './schemas/allowance.ts';
import type { problem } from './schemas/problem.ts';
import type { localizedText } from './schemas/text.ts';
import type { webhookEvent } from './schemas/webhook.ts';

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
} from '@playgate/policy';
export { ERROR_CODES, ERRORS, type ErrorCode, problemType } from './errors.ts';
export { HEADERS, JSON_MEDIA_TYPE, PROBLEM_MEDIA_TYPE } from './headers.ts';
export {
  BATCH_BEATS_MAX,
  BODY_BYTES_MAX,
  DEVICE_ID_LENGTH_MAX,
  IDEMPOTENCY_KEY_LENGTH_MAX,
  PLATFORM_LENGTH_MAX,
  RECEIPT_LENGTH_MAX,
  SEQ_MAX,
  TOKEN_LENGTH_MAX,
  WORD_LENGTH_MAX,
} from './limits.ts';
export {
  ASSURANCES,
  type Assurance,
  BEAT_VERDICTS,
  type BeatVerdict,
  CLOSE_REASONS,
  type CloseReason,
  GAME_CLASSES,
  type GameClass,
  VERIFICATION_OUTCOMES,
  VERIFICATION_STATUSES,
  type VerificationOutcome,
  type VerificationStatus,
  WEBHOOK_EVENT_TYPES,
  type WebhookEventType,
} from './vocabulary.ts';

type Shape<Schema extends z.ZodType> = Immutable<z.output<Schema>>;

export type LocalizedText = Shape<typeof localizedText>;
export type BindingRule = Shape<typeof bindingRule>;
export type PolicyReference = Shape<typeof policyReference>;
export type UsedToday = Shape<typeof usedToday>;
export type PlayAllowance = Shape<typeof allowance>;
export type Problem = Shape<typeof problem>;

export type OpenSessionRequest = RequestBody<typeof openSession>;
/** 201: `verdict` is `play`; 200: `denied`. */
export type OpenSessionReply = ReplyBody<typeof openSession>;
export type SessionOpened = ReplyBody<typeof openSession, 201>;
export type SessionDenied = ReplyBody<typeof openSession, 200>;

export type HeartbeatRequest = RequestBody<typeof recordHeartbeat>;
export type HeartbeatReply = ReplyBody<typeof recordHeartbeat>;
export type HeartbeatContinued = Exclude<HeartbeatReply, { readonly verdict: 'end' }>;
export type HeartbeatEnded = Extract<HeartbeatReply, { readonly verdict: 'end' }>;

export type BatchHeartbeatsRequest = RequestBody<typeof recordHeartbeats>;
export type BatchHeartbeatsReply = ReplyBody<typeof recordHeartbeats>;
export type BatchHeartbeatResult = BatchHeartbeatsReply['results'][number];

export type CloseSessionRequest = RequestBody<typeof closeSession>;
export type CloseSessionReply = ReplyBody<typeof closeSession>;

export type AgeVerificationRequest = RequestBody<typeof createAgeVerification>;
export type AgeVerificationReply = ReplyBody<typeof createAgeVerification>;

export type CreateGameRequest = RequestBody<typeof createGame>;
export type Game = ReplyBody<typeof createGame>;
export type ListGamesReply = ReplyBody<typeof listGames>;

export type PresentationRequest = RequestBody<typeof completePresentation>;

export type RegisterGuardianRequest = RequestBody<typeof registerGuardian>;
export type RegisterGuardianReply = ReplyBody<typeof registerGuardian>;
export type GuardianReply = ReplyBody<typeof getGuardian>;
export type GuardianLinkRequest = RequestBody<typeof createGuardianLink>;
export type GuardianLinkReply = ReplyBody<typeof createGuardianLink>;
export type GuardianRulesReply = ReplyBody<typeof getGuardianRules>;
export type GuardianRulesRequest = RequestBody<typeof setGuardianRules>;

export type PlaytimeQuery = OperationInput<typeof getPlaytime>['query'];
export type PlaytimeReply = ReplyBody<typeof getPlaytime>;

export type FreezeSandboxClockRequest = RequestBody<typeof freezeSandboxClock>;
export type AdvanceSandboxClockRequest = RequestBody<typeof advanceSandboxClock>;
export type SandboxClockReply = ReplyBody<typeof getSandboxClock>;

export type CreateWebhookEndpointRequest = RequestBody<typeof createWebhookEndpoint>;
export type WebhookEndpointCreated = ReplyBody<typeof createWebhookEndpoint>;
export type ListWebhookEndpointsReply = ReplyBody<typeof listWebhookEndpoints>;
export type WebhookSecretIssued = ReplyBody<typeof issueWebhookSecret>;
export type WebhookTestReply = ReplyBody<typeof createWebhookTest>;
export type ListWebhookDeliveriesReply = ReplyBody<typeof listWebhookDeliveries>;
/** What is posted to a provider's endpoint; more types may come. */
export type WebhookEvent = Shape<typeof webhookEvent>;

export type CreateCorrectionRequest = RequestBody<typeof createCorrection>;
export type CorrectionReply = ReplyBody<typeof createCorrection>;
export type CreateGrantRequest = RequestBody<typeof createGrant>;
export type ListCorrectionsReply = ReplyBody<typeof listCorrections>;
export type UndoCorrectionRequest = RequestBody<typeof undoCorrection>;
export type ErasePlayerReply = ReplyBody<typeof erasePlayer>;
export type StatementReply = ReplyBody<typeof getStatement>;

// For a provider's own server: Node >= 20, Deno, Bun. It holds a secret key and has no place in a browser.
export type {
  AgeVerificationReply,
  AgeVerificationRequest,
  BatchHeartbeatResult,
  CloseSessionReply,
  CloseSessionRequest,
  CorrectionReply,
  CreateCorrectionRequest,
  CreateGameRequest,
  CreateGrantRequest,
  CreateWebhookEndpointRequest,
  EndReason,
  ErasePlayerReply,
  Game,
  GuardianLinkReply,
  GuardianLinkRequest,
  GuardianReply,
  GuardianRulesReply,
  GuardianRulesRequest,
  HeartbeatReply,
  ListCorrectionsReply,
  ListGamesReply,
  ListWebhookDeliveriesReply,
  ListWebhookEndpointsReply,
  OpenSessionReply,
  OpenSessionRequest,
  PlaytimeReply,
  PresentationRequest,
  RegisterGuardianReply,
  RegisterGuardianRequest,
  StatementReply,
  UndoCorrectionRequest,
  WebhookEndpointCreated,
  WebhookEvent,
  WebhookEventType,
  WebhookSecretIssued,
  WebhookTestReply,
} from '@playgate/contract/wire';
export {
  ConnectionError,
  type ConnectionErrorCode,
  GatewayError,
  ListenerError,
  PlaygateError,
  type PlaygateErrorCode,
  type ProblemDetails,
} from './errors.ts';
export type { BeatAnswer, BeatEvents, BeatEventType, BeatListener } from './server/beat-events.ts';
export type { Beats, BeatsOptions, PlayState } from './server/beats.ts';
export type { CallOptions } from './server/gateway-requests.ts';
export type {
  ExpressMiddleware,
  ExpressResponse,
  PlayRefusal,
  RequestGuard,
  SessionIdOf,
} from './server/guard-requests.ts';
export type { MayPlayAnswer, MayPlayOptions } from './server/may-play.ts';
export { createPlaygateServer, type PlaygateServer, type PlaygateServerSettings } from './server/playgate-server.ts';
export type { PlaygateServerOptions, ServerFetch } from './server/server-options.ts';
export type { ServerPlatform } from './server/server-platform.ts';
export {
  type VerifiedWebhook,
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookFault,
  type WebhookHeaders,
  WebhookVerificationError,
} from './server/webhooks.ts';

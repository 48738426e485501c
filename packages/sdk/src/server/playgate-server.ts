// What a provider's server holds: the operations of a secret key as typed methods, grouped as the reference has them.
import type {
  AgeVerificationReply,
  AgeVerificationRequest,
  CloseSessionReply,
  CloseSessionRequest,
  CorrectionReply,
  CreateCorrectionRequest,
  CreateGameRequest,
  CreateGrantRequest,
  CreateWebhookEndpointRequest,
  ErasePlayerReply,
  Game,
  GuardianLinkReply,
  GuardianLinkRequest,
  GuardianReply,
  GuardianRulesReply,
  GuardianRulesRequest,
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
  WebhookSecretIssued,
  WebhookTestReply,
} from '@playgate/contract/wire';
import { Beats, type BeatsOptions } from './beats.ts';
import { type CallOptions, GatewayRequests, path } from './gateway-requests.ts';
import {
  type ExpressMiddleware,
  expressMiddleware,
  guardRequests,
  type RequestGuard,
  type SessionIdOf,
} from './guard-requests.ts';
import { MayPlay, type MayPlayAnswer, type MayPlayOptions } from './may-play.ts';
import { type PlaygateServerOptions, resolveServerOptions } from './server-options.ts';
import { verifyWebhook } from './webhooks.ts';

export interface PlaygateServerSettings extends PlaygateServerOptions {
  readonly beats?: BeatsOptions;
  readonly mayPlay?: MayPlayOptions;
}

export type PlaygateServer = ReturnType<typeof createPlaygateServer>;

/**
 * Every method rejects with a PlaygateError: a GatewayError with `code`, `status` and `requestId`, or a ConnectionError.
 * What creates carries an Idempotency-Key; what may be sent twice is retried.
 * @throws TypeError that names the bad option
 */
export function createPlaygateServer(settings: PlaygateServerSettings) {
  const { beats, mayPlay, ...options } = settings;
  const resolved = resolveServerOptions(options);
  const { platform } = resolved;
  const requests = new GatewayRequests(resolved);
  const players = new MayPlay(requests, mayPlay, () => platform.monotonicMs());
  return {
    ages: agesOf(requests),
    games: gamesOf(requests),
    sessions: sessionsOf(requests),
    players: playersOf(requests),
    guardians: guardiansOf(requests),
    corrections: correctionsOf(requests),
    webhooks: webhooksOf(requests),
    /** Heartbeats for sessions whose clients do not beat for themselves. */
    beats: new Beats(requests, beats ?? {}, platform),
    /** Whether the player of a session may act now; see `MayPlayAnswer.source` for when the gateway is away. */
    mayPlay: (sessionId: string): Promise<MayPlayAnswer> => players.ask(sessionId),
    /** `(request) => Response | null` for hosts of the Fetch API; null: go on. */
    guard: (sessionIdOf: SessionIdOf<Request>): RequestGuard => guardRequests(players, sessionIdOf),
    /** Middleware for Express and what is like it. */
    express: <Request>(sessionIdOf: SessionIdOf<Request>): ExpressMiddleware<Request> =>
      expressMiddleware(players, sessionIdOf),
  };
}

function agesOf(requests: GatewayRequests) {
  const one = (verificationId: string) => path('v1', 'age-verifications', verificationId);
  return {
    /** `attested` answers at once; `oidc` and `wallet` begin: send the player to `redirectUrl`, then `find`. */
    verify: (body: AgeVerificationRequest, call?: CallOptions) =>
      requests.send<AgeVerificationReply>({ method: 'POST', path: '/v1/age-verifications', body, creates: true }, call),
    find: (verificationId: string, call?: CallOptions) =>
      requests.send<AgeVerificationReply>({ method: 'GET', path: one(verificationId) }, call),
    /** What a wallet presented; taken once, so it is not sent again: after a ConnectionError, `find`. */
    completePresentation: (verificationId: string, body: PresentationRequest, call?: CallOptions) =>
      requests.send<AgeVerificationReply>(
        { method: 'POST', path: `${one(verificationId)}/presentation`, body, isRepeatable: false },
        call,
      ),
  };
}

function gamesOf(requests: GatewayRequests) {
  return {
    create: (body: CreateGameRequest, call?: CallOptions) =>
      requests.send<Game>({ method: 'POST', path: '/v1/games', body, creates: true }, call),
    list: async (call?: CallOptions): Promise<ListGamesReply['games']> =>
      (await requests.send<ListGamesReply>({ method: 'GET', path: '/v1/games' }, call)).games,
  };
}

function sessionsOf(requests: GatewayRequests) {
  return {
    /** A refusal to play is an answer: look at `verdict`. */
    open: (body: OpenSessionRequest, call?: CallOptions) =>
      requests.send<OpenSessionReply>({ method: 'POST', path: '/v1/sessions', body, creates: true }, call),
    /** Closing twice is fine. */
    close: (sessionId: string, body: CloseSessionRequest, call?: CallOptions) =>
      requests.send<CloseSessionReply>(
        { method: 'POST', path: path('v1', 'sessions', sessionId, 'close'), body },
        call,
      ),
  };
}

function playersOf(requests: GatewayRequests) {
  const of = (playerId: string, ...rest: readonly string[]) => path('v1', 'players', playerId, ...rest);
  return {
    /** `date` as YYYY-MM-DD; left out: today. */
    playtime: (playerId: string, query: { readonly date?: string } = {}, call?: CallOptions) =>
      requests.send<PlaytimeReply>({ method: 'GET', path: of(playerId, 'playtime'), query }, call),
    /** Why play was stopped on a day, as data and in plain words. */
    statement: (playerId: string, query: { readonly date?: string } = {}, call?: CallOptions) =>
      requests.send<StatementReply>({ method: 'GET', path: of(playerId, 'statement'), query }, call),
    /** Identity goes, evidence stays under the pseudonym. Erasing twice is fine. */
    erase: (playerId: string, call?: CallOptions) =>
      requests.send<ErasePlayerReply>({ method: 'DELETE', path: of(playerId) }, call),
  };
}

function guardiansOf(requests: GatewayRequests) {
  const of = (playerId: string, last: string, ...rest: readonly string[]) =>
    path('v1', 'players', playerId, last, ...rest);
  return {
    register: (playerId: string, body: RegisterGuardianRequest, call?: CallOptions) =>
      requests.send<RegisterGuardianReply>({ method: 'PUT', path: of(playerId, 'guardian'), body }, call),
    find: (playerId: string, call?: CallOptions) =>
      requests.send<GuardianReply>({ method: 'GET', path: of(playerId, 'guardian') }, call),
    revoke: async (playerId: string, call?: CallOptions): Promise<void> => {
      await requests.send<null>({ method: 'DELETE', path: of(playerId, 'guardian') }, call);
    },
    rules: (playerId: string, call?: CallOptions) =>
      requests.send<GuardianRulesReply>({ method: 'GET', path: of(playerId, 'guardian-rules') }, call),
    setRules: (playerId: string, body: GuardianRulesRequest, call?: CallOptions) =>
      requests.send<GuardianRulesReply>({ method: 'PUT', path: of(playerId, 'guardian-rules'), body }, call),
    createLink: (playerId: string, body: GuardianLinkRequest = {}, call?: CallOptions) =>
      requests.send<GuardianLinkReply>(
        { method: 'POST', path: of(playerId, 'guardian-links'), body, creates: true },
        call,
      ),
    revokeLink: async (playerId: string, linkId: string, call?: CallOptions): Promise<void> => {
      await requests.send<null>({ method: 'DELETE', path: of(playerId, 'guardian-links', linkId) }, call);
    },
  };
}

function correctionsOf(requests: GatewayRequests) {
  const of = (playerId: string, ...rest: readonly string[]) => path('v1', 'players', playerId, ...rest);
  const create = (at: string, body: unknown, call?: CallOptions) =>
    requests.send<CorrectionReply>({ method: 'POST', path: at, body, creates: true }, call);
  return {
    create: (playerId: string, body: CreateCorrectionRequest, call?: CallOptions) =>
      create(of(playerId, 'corrections'), body, call),
    grant: (playerId: string, body: CreateGrantRequest, call?: CallOptions) =>
      create(of(playerId, 'grants'), body, call),
    list: (playerId: string, call?: CallOptions) =>
      requests.send<ListCorrectionsReply>({ method: 'GET', path: of(playerId, 'corrections') }, call),
    undo: (playerId: string, correctionId: string, body: UndoCorrectionRequest, call?: CallOptions) =>
      create(of(playerId, 'corrections', correctionId, 'undo'), body, call),
  };
}

function webhooksOf(requests: GatewayRequests) {
  const at = (...rest: readonly string[]) => path('v1', 'webhook-endpoints', ...rest);
  return {
    /** `secret` is shown once. */
    createEndpoint: (body: CreateWebhookEndpointRequest, call?: CallOptions) =>
      requests.send<WebhookEndpointCreated>({ method: 'POST', path: at(), body, creates: true }, call),
    listEndpoints: async (call?: CallOptions): Promise<ListWebhookEndpointsReply['endpoints']> =>
      (await requests.send<ListWebhookEndpointsReply>({ method: 'GET', path: at() }, call)).endpoints,
    deleteEndpoint: async (endpointId: string, call?: CallOptions): Promise<void> => {
      await requests.send<null>({ method: 'DELETE', path: at(endpointId) }, call);
    },
    replaceSecret: (endpointId: string, call?: CallOptions) =>
      requests.send<WebhookSecretIssued>({ method: 'POST', path: at(endpointId, 'secrets'), creates: true }, call),
    sendTest: (endpointId: string, call?: CallOptions) =>
      requests.send<WebhookTestReply>({ method: 'POST', path: at(endpointId, 'tests'), creates: true }, call),
    listDeliveries: async (endpointId: string, call?: CallOptions): Promise<ListWebhookDeliveriesReply['deliveries']> =>
      (await requests.send<ListWebhookDeliveriesReply>({ method: 'GET', path: at(endpointId, 'deliveries') }, call))
        .deliveries,
    verify: verifyWebhook,
  };
}

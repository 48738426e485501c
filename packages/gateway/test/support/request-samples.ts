// One good request per operation, and the credentials of every kind: what tests over the registry vary.
import type { AuthKind, Operation, OperationId } from '@playgate/contract';
import { ADMIN_TOKEN, pathOf, type Tenant, type TestGateway } from './test-gateway.ts';

export interface Sample {
  readonly token: string | null;
  readonly params: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | null;
}

/** The path of a request, with its query. */
export function targetOf(operation: Operation, { params, query }: Pick<Sample, 'params' | 'query'>): string {
  const path = pathOf(operation, params);
  return query === undefined ? path : `${path}?${new URLSearchParams(query)}`;
}

export type Credentials = Readonly<Record<Exclude<AuthKind, 'none'>, string>>;

export interface World {
  readonly tenant: Tenant;
  readonly credentials: Credentials;
  readonly ids: {
    readonly keyId: string;
    readonly agentId: string;
    readonly regulatorId: string;
    readonly playerId: string;
    readonly verificationId: string;
    /** One that waits for a wallet. */
    readonly pendingId: string;
    readonly sessionId: string;
    readonly linkId: string;
    readonly stationId: string;
    /** An adult's at that station; while it is night in a live world the other one. */
    readonly seatSessionId: string;
    readonly endpointId: string;
    readonly spareEndpointId: string;
    readonly correctionId: string;
  };
  /** A day of the world. */
  readonly date: string;
  readonly ageToken: string;
}

/** 10:00 in Vietnam. A live world has the time of the gateway. */
export const WORLD_STARTS_AT = '2026-10-14T03:00:00.000Z';
export const GAME_ID = 'star-garden';
export const CHILD = {
  playerRef: 'child',
  method: 'attested',
  birthDate: '2010-01-01',
  phone: '+84912345678',
  phoneVerified: true,
} as const;

export const GUARDIAN = {
  relationship: 'parent',
  phone: '+84907654321',
  consentedAt: '2026-10-01T02:00:00.000Z',
  consentTextVersion: 'vi-2026-03',
} as const;
export const FREE_RULES = { gameLimitMs: null, dayLimitMs: null, bedtimes: [], pause: null } as const;

/** A tenant with a game, a player of 16 with a guardian and an open session, and a key of every kind. */
export async function createWorld(gateway: TestGateway, known?: Tenant): Promise<World> {
  const tenant = known ?? (await gateway.createTenant());
  const token = tenant.secretKey;
  if (tenant.mode === 'test') await gateway.call('freezeSandboxClock', { token, body: { now: WORLD_STARTS_AT } });
  const game = { gameId: GAME_ID, title: 'Star Garden', class: 'G1', rating: '12+' } as const;
  await gateway.call('createGame', { token, body: game });
  const { body: verified } = await gateway.call('createAgeVerification', { token, body: CHILD });
  const ageToken = verified.ageToken!;
  const { body: opened } = await gateway.call('openSession', { token, body: { ageToken, gameId: GAME_ID } });
  if (opened.verdict !== 'play') throw new Error(`no session: ${JSON.stringify(opened)}`);
  const ofChild = { token, params: { playerId: verified.playerId } };
  await gateway.call('registerGuardian', { ...ofChild, body: GUARDIAN });
  const { body: link } = await gateway.call('createGuardianLink', { ...ofChild, body: {} });
  const holder = { playerRef: 'holder of a wallet', method: 'wallet' } as const;
  const { body: pending } = await gateway.call('createAgeVerification', { token, body: holder });
  const agent = { name: 'Café', licenceNo: 'L-1', province: 'Huế' };
  const { body: agentKey } = await gateway.call('createAgent', { token: ADMIN_TOKEN, body: agent });
  const { body: station } = await gateway.call('createStation', { token: agentKey.key, body: { label: 'Máy 1' } });
  const adult = { ...CHILD, playerRef: 'customer', birthDate: '1980-01-01' } as const;
  const { body: customer } = await gateway.call('createAgeVerification', { token, body: adult });
  const start = { ageToken: customer.ageToken, gameId: GAME_ID, stationToken: station.stationToken };
  const { body: seated } = await gateway.call('openSession', { token, body: start });
  const correction = { date: opened.serverAt.slice(0, 10), gameId: GAME_ID, deltaMs: 60_000, reason: 'a lost minute' };
  const { body: corrected } = await gateway.call('createCorrection', { ...ofChild, body: correction });
  const endpoint = {
    token,
    body: { endpointUrl: tenant.mode === 'test' ? 'http://127.0.0.1:9/hook' : 'https://game.example/hook' },
  };
  const { endpointId } = (await gateway.call('createWebhookEndpoint', endpoint)).body;
  const { endpointId: spareEndpointId } = (await gateway.call('createWebhookEndpoint', endpoint)).body;
  const { body: regulator } = await gateway.call('createRegulator', { token: ADMIN_TOKEN, body: { name: 'Sở' } });
  const { providerId } = tenant;
  const spare = { token: ADMIN_TOKEN, params: { providerId }, body: { kind: 'secret', mode: 'test' } } as const;
  const { body: spareKey } = await gateway.call('issueKey', spare);
  return {
    tenant,
    ageToken,
    date: correction.date,
    credentials: {
      operator: ADMIN_TOKEN,
      secret: tenant.secretKey,
      publishable: tenant.publishableKey,
      agent: agentKey.key,
      regulator: regulator.key,
      session: opened.sessionToken,
      guardian: new URL(link.url).hash.slice(1),
    },
    ids: {
      keyId: spareKey.keyId,
      agentId: agentKey.agentId,
      regulatorId: regulator.regulatorId,
      playerId: verified.playerId,
      verificationId: verified.verificationId,
      pendingId: pending.verificationId,
      sessionId: opened.sessionId,
      linkId: link.linkId,
      stationId: station.stationId,
      correctionId: corrected.correctionId,
      seatSessionId: seated.verdict === 'play' ? seated.sessionId : opened.sessionId,
      endpointId,
      spareEndpointId,
    },
  };
}

/** A request that the world of its ids would be answered with success. */
export function sampleOf(operationId: OperationId, { tenant, credentials, ids, ageToken, date }: World): Sample {
  const { operator, secret, publishable, agent, session } = credentials;
  const {
    sessionId,
    playerId,
    verificationId,
    pendingId,
    keyId,
    linkId,
    stationId,
    seatSessionId,
    endpointId,
    spareEndpointId,
  } = ids;
  const sample = (token: string | null, params: Sample['params'] = {}, body: Sample['body'] = null): Sample => ({
    token,
    params,
    body,
  });
  const samples: Readonly<Record<OperationId, Sample>> = {
    getHealth: sample(null),
    getReadiness: sample(null),
    getMetrics: sample(null),
    getOpenapi: sample(null),
    getDocs: sample(null),
    getJwks: sample(null),
    getEvidenceKeys: sample(null),
    getReportSchema: sample(null, { schemaName: 'daily-report.v1.json' }),
    getDailyReport: {
      ...sample(secret),
      query: { from: '2026-10-14', to: '2026-10-14', groupBy: 'game,day', providerId: tenant.providerId },
    },
    getPeriodicReport: {
      ...sample(secret),
      query: { form: 'vn-half-year', period: '2026-H2', providerId: tenant.providerId },
    },
    listReportForms: sample(secret),
    getCheckpoint: sample(secret),
    getEvidenceEntries: { ...sample(secret), query: { start: '0', end: '9' } },
    getInclusionProof: { ...sample(secret), query: { index: '0', size: '1' } },
    getConsistencyProof: { ...sample(secret), query: { from: '0', to: '1' } },
    getRangeProof: { ...sample(secret), query: { start: '0', end: '0', size: '1' } },
    getAccessLog: { ...sample(operator), query: { from: '2026-10-14', to: '2026-10-14' } },
    beginSignIn: sample(null),
    completeSignIn: sample(null),
    endSignIn: sample(secret),
    getMe: sample(secret),
    createProvider: sample(operator, {}, { name: 'Studio' }),
    issueKey: sample(operator, { providerId: tenant.providerId }, { kind: 'secret', mode: 'test' }),
    revokeKey: sample(operator, { keyId }),
    issueAgentKey: sample(operator, { agentId: ids.agentId }),
    issueRegulatorKey: sample(operator, { regulatorId: ids.regulatorId }),
    createAgent: sample(operator, {}, { name: 'Café', licenceNo: 'L-2', province: 'Huế', opensAt: '09:00' }),
    listAgents: sample(operator),
    createRegulator: sample(operator, {}, { name: 'Sở', scope: { provinces: ['Huế'] } }),
    createGame: sample(secret, {}, { title: 'Moon', class: 'G2', rating: '00+', policyId: 'vn-147-2024' }),
    listGames: sample(secret),
    createAgeVerification: sample(secret, {}, { ...CHILD, playerRef: 'other child' }),
    getAgeVerification: sample(secret, { verificationId }),
    completePresentation: sample(secret, { verificationId: pendingId }, { presentation: 'a.b.c~d.e.f' }),
    completeOidcLogin: sample(null),
    erasePlayer: sample(secret, { playerId }),
    exportPlayer: sample(secret, { playerId }),
    registerGuardian: sample(secret, { playerId }, { ...GUARDIAN, name: 'Mai' }),
    getGuardian: sample(secret, { playerId }),
    revokeGuardian: sample(secret, { playerId }),
    setGuardianRules: sample(secret, { playerId }, { ...FREE_RULES, dayLimitMs: 3_600_000, ifVersion: 0 }),
    getGuardianRules: sample(secret, { playerId }),
    createGuardianLink: sample(secret, { playerId }, { expiresInMs: 600_000 }),
    revokeGuardianLink: sample(secret, { playerId, linkId }),
    openSession: sample(publishable, {}, { ageToken, gameId: GAME_ID, device: { id: 'd', platform: 'web' } }),
    recordHeartbeat: sample(session, { sessionId }, { seq: 1, state: 'active' }),
    recordHeartbeats: sample(secret, {}, { beats: [{ sessionId, seq: 1, state: 'active' }] }),
    closeSession: sample(secret, { sessionId }, { reason: 'quit' }),
    getPlaytime: sample(secret, { playerId }),
    getStatement: sample(secret, { playerId }),
    createCorrection: sample(secret, { playerId }, { date, gameId: GAME_ID, deltaMs: 60_000, reason: 'a lost minute' }),
    createGrant: sample(secret, { playerId }, { date, bonusMs: 60_000, reason: 'a birthday' }),
    undoCorrection: sample(secret, { playerId, correctionId: ids.correctionId }, { reason: 'it was right before' }),
    listCorrections: sample(secret, { playerId }),
    getSessionEvents: sample(session, { sessionId }),
    getClientTexts: { ...sample(publishable), query: { locale: 'en' } },
    createWebhookEndpoint: sample(secret, {}, { endpointUrl: 'http://127.0.0.1:9/hook', eventTypes: ['limitReached'] }),
    listWebhookEndpoints: sample(secret),
    issueWebhookSecret: sample(secret, { endpointId }),
    createWebhookTest: sample(secret, { endpointId }),
    listWebhookDeliveries: sample(secret, { endpointId }),
    revokeWebhookEndpoint: sample(secret, { endpointId: spareEndpointId }),
    getSandboxClock: sample(secret),
    freezeSandboxClock: sample(secret, {}, { now: '2026-10-14T10:00:00.000Z' }),
    advanceSandboxClock: sample(secret, {}, { ms: 60_000 }),
    releaseSandboxClock: sample(secret),
    createStation: sample(agent, {}, { label: 'Seat 1' }),
    listStations: sample(agent),
    listAgentSessions: sample(agent),
    endAgentSession: sample(agent, { sessionId: seatSessionId }, { reason: 'closing' }),
    getAgentAccessLog: sample(agent),
    issueStationToken: sample(agent, { stationId }),
    revokeStation: sample(agent, { stationId }),
  };
  return samples[operationId];
}

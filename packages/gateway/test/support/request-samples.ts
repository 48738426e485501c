// One good request per operation, and the credentials of every kind: what tests over the registry vary.
import type { AuthKind, OperationId } from '@playgate/contract';
import { ADMIN_TOKEN, type Tenant, type TestGateway } from './test-gateway.ts';

export interface Sample {
  readonly token: string | null;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | null;
}

export type Credentials = Readonly<Record<Exclude<AuthKind, 'none'>, string>>;

export interface World {
  readonly tenant: Tenant;
  readonly credentials: Credentials;
  readonly ids: {
    readonly keyId: string;
    readonly playerId: string;
    readonly verificationId: string;
    /** One that waits for a wallet. */
    readonly pendingId: string;
    readonly sessionId: string;
    readonly linkId: string;
  };
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
  const { body: regulator } = await gateway.call('createRegulator', { token: ADMIN_TOKEN, body: { name: 'Sở' } });
  const { providerId } = tenant;
  const spare = { token: ADMIN_TOKEN, params: { providerId }, body: { kind: 'secret', mode: 'test' } } as const;
  const { body: spareKey } = await gateway.call('issueKey', spare);
  return {
    tenant,
    ageToken,
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
      playerId: verified.playerId,
      verificationId: verified.verificationId,
      pendingId: pending.verificationId,
      sessionId: opened.sessionId,
      linkId: link.linkId,
    },
  };
}

/** A request that the world of its ids would be answered with success. */
export function sampleOf(operationId: OperationId, { tenant, credentials, ids, ageToken }: World): Sample {
  const { operator, secret, publishable, agent, session } = credentials;
  const { sessionId, playerId, verificationId, pendingId, keyId, linkId } = ids;
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
    beginSignIn: sample(null),
    completeSignIn: sample(null),
    endSignIn: sample(secret),
    getMe: sample(secret),
    createProvider: sample(operator, {}, { name: 'Studio' }),
    issueKey: sample(operator, { providerId: tenant.providerId }, { kind: 'secret', mode: 'test' }),
    revokeKey: sample(operator, { keyId }),
    createAgent: sample(operator, {}, { name: 'Café', licenceNo: 'L-2', province: 'Huế', opensAt: '09:00' }),
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
    getSandboxClock: sample(secret),
    freezeSandboxClock: sample(secret, {}, { now: '2026-10-14T10:00:00.000Z' }),
    advanceSandboxClock: sample(secret, {}, { ms: 60_000 }),
    releaseSandboxClock: sample(secret),
    createStation: sample(agent, {}, { label: 'Seat 1' }),
  };
  return samples[operationId];
}

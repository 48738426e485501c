// A provider in its test world, with one game, and players of 17 who play it.
import { bodyOf, type Call, post, postAll } from './api.ts';
import { settings } from './settings.ts';

export interface Tenant {
  readonly secretKey: string;
  readonly gameId: string;
}

export interface VerifiedPlayer {
  readonly playerId: string;
  readonly ageToken: string;
}

export interface PlaySession {
  readonly sessionId: string;
  readonly sessionToken: string;
  readonly playerId: string;
  /** RFC 3339, by the gateway's clock. */
  readonly openedAt: string;
}

const GAME_ID = 'load-test';
const CONFLICT = 409;
const AGE_YEARS = 17;

/** A provider of this run's own where there is an admin token. Throws an Error when there is no key, or on a failed call. */
export function openTenant(): Tenant {
  const secretKey = settings.adminToken === null ? settings.secretKey : createProvider(settings.adminToken);
  if (secretKey === null) throw new Error('ADMIN_TOKEN or SECRET_KEY must be set');
  const game = { gameId: GAME_ID, title: 'Load test', class: 'G1', rating: '00+' };
  const created = post({ name: 'set-up', path: '/v1/games', key: secretKey, body: game });
  if (created.status !== CONFLICT) bodyOf(created);
  return { secretKey, gameId: GAME_ID };
}

function createProvider(adminToken: string): string {
  const create = <Body>(path: string, body: object) => {
    return bodyOf<Body>(post({ name: 'set-up', path, key: adminToken, body }));
  };
  const { providerId } = create<{ providerId: string }>('/v1/admin/providers', { name: 'Load test' });
  const kind = { kind: 'secret', mode: 'test' };
  return create<{ key: string }>(`/v1/admin/providers/${providerId}/keys`, kind).key;
}

/** What a provider's server sends for a player who is 17 in all of the year of `now`. */
export function verificationOf(tenant: Tenant, playerRef: string, now: Date): Call {
  const birthDate = `${now.getUTCFullYear() - AGE_YEARS}-01-01`;
  const attested = { method: 'attested', birthDate, phone: '+84901234567', phoneVerified: true };
  return {
    name: 'set-up',
    path: '/v1/age-verifications',
    key: tenant.secretKey,
    body: { playerRef, ...attested },
  };
}

/** Unlike those of every other run against the same provider. */
export function playerRefs(count: number): string[] {
  const run = Date.now().toString(36);
  return Array.from({ length: count }, (_, index) => `load-${run}-${index}`);
}

export function verifyPlayers(tenant: Tenant, refs: readonly string[], now = new Date()): VerifiedPlayer[] {
  const answers = postAll<VerifiedPlayer>(refs.map((ref) => verificationOf(tenant, ref, now)));
  return answers.map(({ ageToken, playerId }) => ({ ageToken, playerId }));
}

export function startOf({ gameId, secretKey }: Tenant, ageToken: string): Call {
  return { name: 'set-up', path: '/v1/sessions', key: secretKey, body: { ageToken, gameId } };
}

type Opened = Omit<PlaySession, 'playerId' | 'openedAt'> & { readonly serverAt: string };

/** One for each of as many new players. */
export function openSessions(tenant: Tenant, count: number, now = new Date()): PlaySession[] {
  const players = verifyPlayers(tenant, playerRefs(count), now);
  const opened = postAll<Opened>(players.map(({ ageToken }) => startOf(tenant, ageToken)));
  return opened.map(({ serverAt, sessionId, sessionToken }, index) => {
    return { sessionId, sessionToken, openedAt: serverAt, playerId: players[index]!.playerId };
  });
}

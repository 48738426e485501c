// Two gateways on one PostgreSQL and one Redis: what one changes, the other follows with its very next answer.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { limits } from '@playgate/contract';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../src/cli/program.ts';
import { readConfig } from '../src/config.ts';
import { CONFIRM_MS_MAX, DEAF_MS_MAX } from '../src/directory/change-bus.ts';
import { LocalChangeBus } from '../src/store/memory/local-change-bus.ts';
import { RedisChangeBus } from '../src/store/redis/redis-change-bus.ts';
import { openDatabase } from '../src/store/sql/open-database.ts';
import { KEY_REREAD_MS } from '../src/store/sql/sql-keys.ts';
import { SqlSigningKeys } from '../src/store/sql/sql-signing-keys.ts';
import { SIGNING_KEY_VERIFIES_MS, SIGNING_KEYS_REREAD_MS, SIGNING_OVERLAP_MS } from '../src/tokens/signing-key.ts';
import { AGE_TOKEN_TTL_MS } from '../src/verification/verification-service.ts';
import { FaultProxy } from './support/fault-proxy.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { RedisServer } from './support/redis-server.ts';
import { createWorld, GAME_ID } from './support/request-samples.ts';
import { testSecrets, writeTestSecrets } from './support/secrets.ts';
import { ADMIN_TOKEN, ManualClock, TestGateway } from './support/test-gateway.ts';

const ROUNDS = 20;
const DAY_MS = 86_400_000;
/** Opening the database and the bus, on a busy machine. */
const COMMAND_STARTS_MS_MAX = 9_000;

let postgres: PostgresServer;
let redis: RedisServer;
let databaseUrl: string;
let folder: string;
let secretsFile: string;
const clock = new ManualClock(Date.UTC(2026, 9, 14, 3));

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), RedisServer.start()]);
  databaseUrl = await postgres.createDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'playgate-bus-'));
  secretsFile = await writeTestSecrets(folder);
});
afterAll(async () => {
  await redis[Symbol.asyncDispose]();
  await postgres.stop();
  await rm(folder, { recursive: true });
});

const start = (redisUrl = redis.url) =>
  TestGateway.start({ redisUrl, databaseUrl, clock, env: { PLAYGATE_LOG_LEVEL: 'silent' } });

async function issueKey(gateway: TestGateway, providerId: string) {
  const request = { token: ADMIN_TOKEN, params: { providerId }, body: { kind: 'secret', mode: 'test' } } as const;
  return (await gateway.call('issueKey', request)).body;
}

describe.each([
  ['in the process', async () => new LocalChangeBus()],
  ['over Redis', () => RedisChangeBus.connect(redis.url, () => undefined)],
] as const)('the change bus %s', (_name, open) => {
  it('tells every listener, waits for each, and says when one has failed', async () => {
    const bus = await open();
    const heard: string[] = [];
    const refused = new Error('not now');
    let trouble: Error | null = null;
    for (const name of ['first', 'second']) {
      bus.subscribe(async ({ kind }) => {
        await Promise.resolve();
        if (trouble !== null) throw trouble;
        heard.push(`${name} ${kind}`);
      });
    }
    expect(bus.isListening()).toBe(true);
    expect(await bus.publish({ kind: 'signing_keys_changed' })).toBe(true);
    expect(heard).toEqual(['first signing_keys_changed', 'second signing_keys_changed']);
    trouble = refused;
    expect(await bus.publish({ kind: 'signing_keys_changed' })).toBe(false);
    await bus.close();
  });
});

describe('two gateways', () => {
  it('refuse a key with the first request after its revocation was answered, whichever answered it', async () => {
    await using a = await start();
    await using b = await start();
    const { providerId } = await a.createTenant();
    const revokedInMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [here, there] = round % 2 === 0 ? [a, b] : [b, a];
      const { key, keyId } = await issueKey(a, providerId);
      for (const gateway of [here, there]) expect((await gateway.call('listGames', { token: key })).status).toBe(200);
      const startedAt = performance.now();
      await here.call('revokeKey', { token: ADMIN_TOKEN, params: { keyId } });
      revokedInMs.push(performance.now() - startedAt);
      expect((await there.send('GET', '/v1/games', { token: key })).status).toBe(401);
    }
    const median = revokedInMs.sort((left, right) => left - right)[ROUNDS / 2]!;
    // All have confirmed: none was waited for until the time was up.
    expect(median).toBeLessThan(CONFIRM_MS_MAX);
  });

  it('without the bus the other one would go on with what it knows', async () => {
    await using a = await start();
    await using b = await start();
    const { providerId } = await a.createTenant();
    const { key, keyId } = await issueKey(a, providerId);
    await b.call('listGames', { token: key });
    await a.database.db.updateTable('api_keys').set({ revoked_at: 1 }).where('key_id', '=', keyId).execute();
    expect((await b.send('GET', '/v1/games', { token: key })).status).toBe(200);
  });

  it('follow a sandbox clock that the other one moved', async () => {
    await using a = await start();
    await using b = await start();
    const { secretKey: token } = await a.createTenant();
    const tellAt = async (gateway: TestGateway) => (await gateway.call('getSandboxClock', { token })).body;
    await a.call('freezeSandboxClock', { token, body: { now: '2026-10-14T10:00:00Z' } });
    expect(await tellAt(b)).toEqual({ frozen: true, now: '2026-10-14T10:00:00.000Z' });
    await b.call('advanceSandboxClock', { token, body: { ms: 60_000 } });
    expect(await tellAt(a)).toEqual({ frozen: true, now: '2026-10-14T10:01:00.000Z' });
    await a.call('releaseSandboxClock', { token });
    expect((await tellAt(b)).frozen).toBe(false);
  });

  it('keep no answer while one of them cannot hear the other', async () => {
    await using proxy = await FaultProxy.start(redis.port);
    await using a = await start();
    await using b = await start(proxy.url);
    const { providerId } = await a.createTenant();
    const { key, keyId } = await issueKey(a, providerId);
    await b.call('listGames', { token: key });
    proxy.mode = 'lose_reply';
    await vi.waitUntil(async () => (await countListeners()) === 1, { timeout: DEAF_MS_MAX });
    await a.call('revokeKey', { token: ADMIN_TOKEN, params: { keyId } });
    expect((await b.send('GET', '/v1/games', { token: key })).status).toBe(401);
  });

  it('hold the answer of a revocation until what a silent gateway remembers has aged', async () => {
    await using a = await start();
    // Subscribed like a gateway, and confirms nothing.
    const silent = new Redis(redis.url);
    await silent.subscribe('pg2:changes');
    const { keyId } = await issueKey(a, (await a.createTenant()).providerId);
    const startedAt = performance.now();
    await a.call('revokeKey', { token: ADMIN_TOKEN, params: { keyId } });
    silent.disconnect();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(CONFIRM_MS_MAX + KEY_REREAD_MS - 50);
  });
});

describe('a withdrawal of the signing key', () => {
  it('holds on every gateway once the command has ended, within a second', async () => {
    await using a = await start();
    await using b = await start();
    const world = await createWorld(a);
    const token = world.tenant.secretKey;
    await a.call('releaseSandboxClock', { token });
    const { ageToken } = await verify(a, token);
    const open = (gateway: TestGateway, age: string) =>
      gateway.send('POST', '/v1/sessions', { token, body: { ageToken: age, gameId: GAME_ID } });
    for (const gateway of [a, b]) expect((await open(gateway, ageToken!)).status).toBe(201);
    const leaked = String(kidOf(ageToken!));
    const printed: string[] = [];
    const program = createProgram({
      serve: async () => {},
      readConfig: () =>
        readConfig({ REDIS_URL: redis.url, DATABASE_URL: databaseUrl, PLAYGATE_SECRETS_FILE: secretsFile }),
      now: () => clock.now(),
      print: (line) => printed.push(line),
      note: () => {},
    });
    const startedAt = performance.now();
    await program.parseAsync(['node', 'playgate', 'keys', 'withdraw-signing', leaked]);
    for (const gateway of [a, b]) {
      expect((await open(gateway, ageToken!)).status).toBe(401);
      expect((await gateway.call('getJwks', {})).body.keys.map(({ kid }) => kid)).not.toContain(leaked);
    }
    expect(performance.now() - startedAt).toBeLessThan(1_000 + COMMAND_STARTS_MS_MAX);
    expect(printed[1]).toBe('every running gateway refuses it');
    const anew = (await verify(b, token)).ageToken!;
    for (const gateway of [a, b]) expect((await open(gateway, anew)).status, 'by the key that came instead').toBe(201);
  });
});

describe('a rotation of the signing key', () => {
  it('refuses no token at any gateway, and publishes a key for longer than a JWKS is kept before it signs', async () => {
    await using a = await start();
    await using b = await start();
    const database = await openDatabase({ databaseUrl });
    await using bus = await connectBus();
    const signingKeys = new SqlSigningKeys(database.db, testSecrets());
    const world = await createWorld(a);
    const token = world.tenant.secretKey;
    await a.call('releaseSandboxClock', { token });
    const oldToken = (await verify(a, token)).ageToken!;
    const { keyId } = await signingKeys.add(clock.now());
    expect(await bus.publish({ kind: 'signing_keys_changed' })).toBe(true);
    const jwks = await b.call('getJwks', {});
    expect(jwks.headers.get('cache-control')).toBe(`public, max-age=${limits.JWKS_MAX_AGE_S}`);
    expect(jwks.body.keys.map(({ kid }) => kid)).toContain(keyId);
    expect(jwks.body.keys).toHaveLength(2);
    await expect(signingKeys.add(clock.now())).rejects.toThrow('signs from');
    clock.advance(SIGNING_OVERLAP_MS - 1);
    await bus.publish({ kind: 'signing_keys_changed' });
    expect(kidOf((await verify(a, token)).ageToken!)).not.toBe(keyId);
    clock.advance(1);
    await bus.publish({ kind: 'signing_keys_changed' });
    const newToken = (await verify(b, token)).ageToken!;
    expect(kidOf(newToken)).toBe(keyId);
    for (const gateway of [a, b]) {
      for (const ageToken of [oldToken, newToken]) {
        const opened = await gateway.send('POST', '/v1/sessions', { token, body: { ageToken, gameId: GAME_ID } });
        expect(opened.status).toBe(201);
      }
    }
    clock.advance(SIGNING_KEY_VERIFIES_MS);
    await bus.publish({ kind: 'signing_keys_changed' });
    expect((await a.call('getJwks', {})).body.keys.map(({ kid }) => kid)).toEqual([keyId]);
    await database.close();
  });

  it('leaves time for the slowest reader, and for the last token of the old key', () => {
    expect(SIGNING_OVERLAP_MS).toBeGreaterThan(SIGNING_KEYS_REREAD_MS + limits.JWKS_MAX_AGE_S * 1000);
    expect(SIGNING_KEY_VERIFIES_MS).toBeGreaterThanOrEqual(AGE_TOKEN_TTL_MS + DAY_MS);
  });
});

async function countListeners(): Promise<number> {
  const client = new Redis(redis.url);
  const [, count] = (await client.pubsub('NUMSUB', 'pg2:changes')) as [string, number];
  client.disconnect();
  return Number(count);
}

async function connectBus() {
  const bus = await RedisChangeBus.connect(redis.url, () => undefined);
  return Object.assign(bus, { [Symbol.asyncDispose]: () => bus.close() });
}

async function verify(gateway: TestGateway, token: string) {
  const body = {
    playerRef: 'rotation',
    method: 'attested',
    birthDate: '1990-05-05',
    phone: '+84912345678',
    phoneVerified: true,
  } as const;
  return (await gateway.call('createAgeVerification', { token, body })).body;
}

function kidOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid;
}

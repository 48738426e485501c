// The quotas over HTTP, on both stores: what callers are told before and beyond them, and what holds when Redis is gone.
import { errorsOfOperation, findOperation, type Problem, problem } from '@playgate/contract';
import { describe, expect, it, test, vi } from 'vitest';
import { RedisServer } from './support/redis-server.ts';
import { CHILD, createWorld, GAME_ID, type World } from './support/request-samples.ts';
import { ADMIN_TOKEN, type Answer, ManualClock, TestGateway } from './support/test-gateway.ts';

/** A Redis that a busy machine holds up is not away. */
vi.mock('../src/answer-time.ts', async (load) => {
  const real = await load<typeof import('../src/answer-time.ts')>();
  const answeredWithin: typeof real.answeredWithin = (answer, waitMsMax, message) =>
    real.answeredWithin(answer, 100 * waitMsMax, message);
  return { ...real, answeredWithin };
});

const NOW = Date.UTC(2026, 9, 14, 3);
const QUIET = { PLAYGATE_LOG_LEVEL: 'silent' };

const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status);

async function repeat(times: number, send: (index: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let index = 0; index < times; index++) answers.push(await send(index));
  return answers;
}

function expectRefusal(answer: Answer, secondsMax: number): void {
  expect([answer.status, (answer.body as Problem).code]).toEqual([429, 'rate_limited']);
  expect(problem.safeParse(answer.body).error).toBeUndefined();
  const seconds = Number(answer.headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(secondsMax);
}

const start = (gateway: TestGateway, { ageToken, tenant }: World, token = tenant.publishableKey) =>
  gateway.send('POST', '/v1/sessions', { token, body: { ageToken, gameId: GAME_ID } });

const verify = (gateway: TestGateway, { tenant }: World, change: object) =>
  gateway.send('POST', '/v1/age-verifications', { token: tenant.secretKey, body: { ...CHILD, ...change } });

describe.each(['memory', 'redis'] as const)('quotas (%s)', (kind) => {
  async function open(env: Record<string, string>, use: (gateway: TestGateway, world: World) => Promise<void>) {
    await using server = kind === 'redis' ? await RedisServer.start() : null;
    await using gateway = await TestGateway.start({
      ...(server !== null && { redisUrl: server.url }),
      clock: new ManualClock(NOW),
      env: { ...QUIET, ...env },
    });
    await use(gateway, await createWorld(gateway));
  }

  it('tell how much is left of the quota of the key, and end with 429', () =>
    open({ PLAYGATE_RATE_STARTS: '3' }, async (gateway, world) => {
      const answers = await repeat(5, () => start(gateway, world));
      expect(statusesOf(answers)).toEqual([201, 201, 201, 429, 429]);
      expect(answers.map(({ headers }) => headers.get('ratelimit')?.replace(/t=\d+$/, 't'))).toEqual(
        [2, 1, 0, 0, 0].map((left) => `"starts";r=${left};t`),
      );
      for (const { headers } of answers) expect(headers.get('ratelimit-policy')).toBe('"starts";q=3;w=10');
      expectRefusal(answers[4]!, 10);
      expect((await start(gateway, world, world.tenant.secretKey)).status, 'another key').toBe(201);
      expect((await gateway.call('listGames', { token: world.tenant.secretKey })).status, 'another group').toBe(200);
    }));

  it('stop a flood of beats of one session, and of no other', () =>
    open({ PLAYGATE_RATE_HEARTBEATS: '20' }, async (gateway, world) => {
      const other = await createWorld(gateway);
      const beat = ({ credentials, ids }: World, seq: number) =>
        gateway.send('POST', `/v1/sessions/${ids.sessionId}/heartbeats`, {
          token: credentials.session,
          body: { seq, state: 'active' },
        });
      const answers = await repeat(22, (index) => beat(world, index + 1));
      expect(statusesOf(answers)).toEqual([...Array.from({ length: 20 }, () => 200), 429, 429]);
      expect(answers[9]!.headers.get('ratelimit'), 'half of it').toBeNull();
      expect(answers[10]!.headers.get('ratelimit')).toMatch(/^"heartbeats";r=9;t=\d+$/);
      expectRefusal(answers[21]!, 10);
      expect((await beat(other, 1)).status).toBe(200);
    }));

  it('hold failures of authentication per address, and let valid keys through', () =>
    open({ PLAYGATE_RATE_FAILED_AUTHENTICATIONS: '4' }, async (gateway, world) => {
      const guess = (token: string) => gateway.send('GET', '/v1/games', { token });
      const tokens = [`sk_test_${'a'.repeat(40)}`, 'a.b.c', 'guess', 'ak_', 'another guess', world.ageToken];
      const answers = await repeat(tokens.length, (index) => guess(tokens[index]!));
      expect(statusesOf(answers)).toEqual([401, 401, 401, 401, 429, 429]);
      expectRefusal(answers[5]!, 60);
      expect((await guess(world.tenant.secretKey)).status).toBe(200);
      expect((await start(gateway, world)).status).toBe(201);
      const providers = await gateway.send('POST', '/v1/admin/providers', { token: ADMIN_TOKEN, body: { name: 'A' } });
      expect(providers.status, 'what a person made up is not compared any more').toBe(429);
      expect((await gateway.send('GET', '/v1/games')).status, 'no credential, no guess').toBe(401);
    }));

  it('give five answers about an identity on a day of its world, known or not', () =>
    open({}, async (gateway, world) => {
      const token = world.tenant.secretKey;
      const years = (playerRef: string) => (index: number) =>
        verify(gateway, world, { playerRef, birthDate: `${2000 + index}-05-01` });
      const fresh = await repeat(7, years('never seen'));
      expect(statusesOf(fresh)).toEqual([201, 201, 201, 201, 201, 429, 429]);
      await gateway.call('advanceSandboxClock', { token, body: { ms: 86_400_000 } });
      const known = await repeat(6, years('never seen'));
      expect(statusesOf(known)).toEqual([201, 201, 201, 201, 201, 429]);
      const [stranger, acquaintance] = [(await repeat(6, years('stranger')))[5]!, known[5]!];
      const shapeOf = ({ status, headers, body }: Answer) => {
        const { requestId: _, ...told } = body as Problem;
        const names = [...headers.keys()].filter((name) => name !== 'date');
        return { status, names, told, wait: headers.get('retry-after'), length: headers.get('content-length') };
      };
      expect(shapeOf(acquaintance)).toEqual(shapeOf(stranger));
      expectRefusal(stranger, 86_400);
      expect((await years('stranger')(0)).status, 'the same question again').toBe(201);
      const again = { ...CHILD, playerRef: 'stranger', birthDate: '2099-01-01' };
      const replayed = await repeat(2, () =>
        gateway.send('POST', '/v1/age-verifications', { token, body: again, headers: { 'idempotency-key': 'k' } }),
      );
      expect(statusesOf(replayed), 'a refusal is no outcome that is kept').toEqual([429, 429]);
    }));

  it('hold the attempts of a device and of a provider', () =>
    open({ PLAYGATE_RATE_AGE_CHECKS_DEVICE: '2', PLAYGATE_RATE_AGE_CHECKS_PROVIDER: '7' }, async (gateway) => {
      const { secretKey: token } = await gateway.createTenant();
      const check = (change: object) =>
        gateway.send('POST', '/v1/age-verifications', { token, body: { ...CHILD, ...change } });
      const fromDevice = (id: string) => (index: number) => check({ playerRef: `${id}${index}`, device: { id } });
      const answers = await repeat(3, fromDevice('a'));
      expect(statusesOf(answers)).toEqual([201, 201, 429]);
      expectRefusal(answers[2]!, 86_400);
      expect(statusesOf(await repeat(2, fromDevice('b')))).toEqual([201, 201]);
      const others = await repeat(3, (index) => check({ playerRef: `c${index}` }));
      expect(statusesOf(others), 'seven attempts, one of them refused').toEqual([201, 201, 429]);
    }));
});

test('many identities of one key and address are nobody’s flood', async () => {
  await using gateway = await TestGateway.start({ clock: new ManualClock(NOW), env: QUIET });
  const world = await createWorld(gateway);
  const answers = await Promise.all(
    Array.from({ length: 600 }, (_, index) => verify(gateway, world, { playerRef: `player ${index}` })),
  );
  expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
});

test('with Redis gone a guess at the token of the operator is not compared any more after half as many failures', async () => {
  await using server = await RedisServer.start();
  const env = { ...QUIET, PLAYGATE_RATE_FAILED_AUTHENTICATIONS: '6' };
  await using gateway = await TestGateway.start({ redisUrl: server.url, env });
  const create = async () =>
    (await gateway.send('POST', '/v1/admin/providers', { token: ADMIN_TOKEN, body: { name: 'A' } })).status;
  await server.kill();
  await expect.poll(async () => (await gateway.send('GET', '/readyz')).status).toBe(503);
  const guess = (index: number) => gateway.send('GET', '/v1/games', { token: `guess-${index}` });
  expect(statusesOf(await repeat(2, guess))).toEqual([401, 401]);
  expect(await create()).toBe(201);
  expect(statusesOf(await repeat(1, guess))).toEqual([401]);
  expect(await create(), 'three of six').toBe(429);
});

test('with Redis gone heartbeats and batches have half of their quotas, and all of them when it is back', async () => {
  await using server = await RedisServer.start();
  const env = { ...QUIET, PLAYGATE_RATE_HEARTBEATS: '20', PLAYGATE_RATE_BATCHES: '8' };
  await using gateway = await TestGateway.start({ redisUrl: server.url, env });
  const { credentials, ids, tenant } = await createWorld(gateway);
  const { sessionId } = ids;
  const beat = (index: number) =>
    gateway.send('POST', `/v1/sessions/${sessionId}/heartbeats`, {
      token: credentials.session,
      body: { seq: index + 1, state: 'active' },
    });
  const batch = (index: number) =>
    gateway.send('POST', '/v1/heartbeats', {
      token: tenant.secretKey,
      body: { beats: [{ sessionId, seq: index + 1, state: 'active' }] },
    });
  await server.kill();
  await expect.poll(async () => (await gateway.send('GET', '/readyz')).status).toBe(503);
  const beats = await repeat(11, beat);
  expect(statusesOf(beats)).toEqual([...Array.from({ length: 10 }, () => 503), 429]);
  expect(beats[10]!.headers.get('ratelimit-policy')).toBe('"heartbeats";q=10;w=10');
  const batches = await repeat(5, batch);
  expect(batches.map(({ status }) => status === 429)).toEqual([false, false, false, false, true]);
  await server.run();
  await expect.poll(async () => (await gateway.send('GET', '/readyz')).status).toBe(200);
  expect((await batch(0)).status, 'the rest of the same window').toBe(200);
});

test('with Redis gone the limits still hold, and are stricter', async () => {
  await using server = await RedisServer.start();
  await using gateway = await TestGateway.start({
    redisUrl: server.url,
    env: { ...QUIET, PLAYGATE_RATE_AGE_CHECKS: '12', PLAYGATE_RATE_FAILED_AUTHENTICATIONS: '6' },
  });
  const world = await createWorld(gateway);
  expect((await gateway.send('GET', '/readyz')).status).toBe(200);
  await server.kill();
  await expect.poll(async () => (await gateway.send('GET', '/readyz')).status).toBe(503);
  const years = await repeat(4, (index) =>
    verify(gateway, world, { playerRef: 'a', birthDate: `${2000 + index}-05-01` }),
  );
  expect(statusesOf(years), 'two answers about an identity instead of five').toEqual([201, 201, 429, 429]);
  const others = await repeat(4, (index) => verify(gateway, world, { playerRef: `b${index}` }));
  expect(statusesOf(others), 'half of what a key may').toEqual([201, 201, 429, 429]);
  const guesses = await repeat(5, (index) => gateway.send('GET', '/v1/games', { token: `guess-${index}` }));
  expect(statusesOf(guesses)).toEqual([401, 401, 401, 429, 429]);
  expect((await gateway.call('listGames', { token: world.tenant.secretKey })).status).toBe(200);
  await server.run();
  await expect.poll(async () => (await gateway.send('GET', '/readyz')).status).toBe(200);
  expect((await verify(gateway, world, { playerRef: 'c' })).status).toBe(201);
});

it('is an error that every operation names', () => {
  expect(errorsOfOperation(findOperation('recordHeartbeat')!)).toContain('rate_limited');
});

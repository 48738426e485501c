// The stream of a session: what it is told, by whom, on which gateway, and when it ends.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SESSION_TOKEN_TTL_MS } from '../src/sessions/session-opener.ts';
import { EventStreamReader } from './support/event-stream.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { RedisServer } from './support/redis-server.ts';
import { CHILD, createWorld, FREE_RULES, GAME_ID, WORLD_STARTS_AT, type World } from './support/request-samples.ts';
import { TestGateway } from './support/test-gateway.ts';

const MINUTE_MS = 60_000;

async function startSession(gateway: TestGateway, { ageToken, credentials }: World) {
  const body = { ageToken, gameId: GAME_ID } as const;
  const { body: opened } = await gateway.call('openSession', { token: credentials.secret, body });
  if (opened.verdict !== 'play') throw new Error(opened.reason);
  return { sessionId: opened.sessionId, token: opened.sessionToken };
}

const setRules = (gateway: TestGateway, { credentials, ids }: World, rules: object) =>
  gateway.call('setGuardianRules', {
    token: credentials.secret,
    params: { playerId: ids.playerId },
    body: { ...FREE_RULES, ...rules },
  });

const setClock = (gateway: TestGateway, { credentials }: World, now: string) =>
  gateway.call('freezeSandboxClock', { token: credentials.secret, body: { now } });

describe('one gateway', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('begins with hello, for pages of any origin, unbuffered', async () => {
    const world = await createWorld(gateway);
    await using stream = await EventStreamReader.open(gateway.baseUrl, world.ids.sessionId, world.credentials.session);
    const { headers, status } = stream.response;
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-encoding')).toBeNull();
    expect(await stream.next()).toEqual({ event: 'hello', id: '1', data: { serverAt: WORLD_STARTS_AT } });
    expect(stream.retryMs).toBe(3_000);
  });

  it('has the sessions of a world beat at once when its clock leaps, and only then', async () => {
    const world = await createWorld(gateway);
    const other = await createWorld(gateway);
    const open = ({ credentials, ids }: World) =>
      EventStreamReader.open(gateway.baseUrl, ids.sessionId, credentials.session);
    await using stream = await open(world);
    await using apart = await open(other);
    await stream.next();
    await apart.next();
    const advance = (ms: number) =>
      gateway.call('advanceSandboxClock', { token: world.credentials.secret, body: { ms } });
    await advance(10_000);
    await advance(MINUTE_MS);
    expect(await stream.next()).toEqual({ event: 'renew', id: '2', data: {} });
    await advance(MINUTE_MS);
    expect(await stream.next()).toEqual({ event: 'renew', id: '3', data: {} });
    await setRules(gateway, other, { pause: { untilAt: null } });
    expect(await apart.next()).toMatchObject({ event: 'renew', id: '2' });
  });

  it('tells of a guardian’s pause, and the next beat ends', async () => {
    const world = await createWorld(gateway);
    const { sessionId } = world.ids;
    await using stream = await EventStreamReader.open(gateway.baseUrl, sessionId, world.credentials.session);
    await stream.next();
    await setRules(gateway, world, { pause: { untilAt: null } });
    expect(await stream.next()).toEqual({ event: 'renew', id: '2', data: {} });
    const beat = {
      token: world.credentials.session,
      params: { sessionId },
      body: { seq: 1, state: 'active' },
    } as const;
    expect((await gateway.call('recordHeartbeat', beat)).body).toMatchObject({
      verdict: 'end',
      reason: 'guardian_pause',
    });
  });

  it('tells of an end that an agent orders, and closes', async () => {
    const world = await createWorld(gateway);
    const { body: station } = await gateway.call('createStation', {
      token: world.credentials.agent,
      body: { label: 'Máy 2' },
    });
    const start = { ageToken: world.ageToken, gameId: GAME_ID, stationToken: station.stationToken };
    const { body: opened } = await gateway.call('openSession', { token: world.credentials.secret, body: start });
    if (opened.verdict !== 'play') throw new Error(opened.reason);
    const { sessionId, sessionToken } = opened;
    await using stream = await EventStreamReader.open(gateway.baseUrl, sessionId, sessionToken);
    await stream.next();
    const end = { token: world.credentials.agent, params: { sessionId }, body: { reason: 'closing' } };
    await gateway.call('endAgentSession', end);
    expect(await stream.next()).toMatchObject({ event: 'end', data: { reason: 'agent_ended' } });
    expect(await stream.next()).toBeNull();
  });

  it('tells the other device that the budget is spent, also of another account of the person', async () => {
    const world = await createWorld(gateway);
    const other = { ...CHILD, playerRef: 'second account', nationalId: '079203001234' } as const;
    const first = { ...CHILD, nationalId: '079203001234' } as const;
    const token = world.credentials.secret;
    await gateway.call('createAgeVerification', { token, body: first });
    const { body: second } = await gateway.call('createAgeVerification', { token, body: other });
    const paused = await startSession(gateway, { ...world, ageToken: second.ageToken! });
    const playing = await startSession(gateway, world);
    const beat = async ({ sessionId, token }: typeof playing, seq: number, state: 'active' | 'paused') =>
      (await gateway.call('recordHeartbeat', { token, params: { sessionId }, body: { seq, state } })).body;
    await beat(paused, 1, 'paused');
    await using stream = await EventStreamReader.open(gateway.baseUrl, paused.sessionId, paused.token);
    await stream.next();
    let verdict = '';
    for (let minute = 1; verdict !== 'end'; minute++) {
      if (minute > 1) await beat(paused, minute, 'paused');
      await setClock(gateway, world, new Date(Date.parse(WORLD_STARTS_AT) + minute * MINUTE_MS).toISOString());
      // The clock leapt.
      expect(await stream.next()).toMatchObject({ event: 'renew' });
      ({ verdict } = await beat(playing, minute, 'active'));
    }
    expect(await stream.next()).toMatchObject({ event: 'renew' });
    expect(await beat(paused, 100, 'active')).toMatchObject({ verdict: 'end', reason: 'daily_budget_spent' });
    expect(await stream.next()).toMatchObject({ event: 'end', data: { reason: 'daily_budget_spent' } });
  });

  it('says nothing to other persons', async () => {
    const [world, neighbour] = [await createWorld(gateway), await createWorld(gateway)];
    const { ids, credentials } = neighbour;
    await using stream = await EventStreamReader.open(gateway.baseUrl, ids.sessionId, credentials.session);
    await stream.next();
    await setRules(gateway, world, { pause: { untilAt: null } });
    await setRules(gateway, neighbour, { dayLimitMs: MINUTE_MS });
    expect(await stream.next()).toMatchObject({ event: 'renew', id: '2' });
  });

  it('closes when the token expires', async () => {
    const world = await createWorld(gateway);
    await using stream = await EventStreamReader.open(gateway.baseUrl, world.ids.sessionId, world.credentials.session);
    await stream.next();
    await setClock(gateway, world, new Date(Date.parse(WORLD_STARTS_AT) + SESSION_TOKEN_TTL_MS).toISOString());
    expect(await stream.next()).toMatchObject({ event: 'renew' });
    expect(await stream.next()).toBeNull();
  });

  it('keeps a few streams of a session, the newest', async () => {
    const world = await createWorld(gateway);
    const open = () => EventStreamReader.open(gateway.baseUrl, world.ids.sessionId, world.credentials.session);
    const streams = [await open(), await open(), await open(), await open(), await open()];
    expect(await streams[0]!.next()).toMatchObject({ event: 'hello' });
    expect(await streams[0]!.next()).toBeNull();
    await setRules(gateway, world, { dayLimitMs: MINUTE_MS });
    await streams[4]!.next();
    expect(await streams[4]!.next()).toMatchObject({ event: 'renew' });
    for (const stream of streams) await stream[Symbol.asyncDispose]();
  });

  it('answers who asks for the head only', async () => {
    const { credentials, ids } = await createWorld(gateway);
    const head = await gateway.send('HEAD', `/v1/sessions/${ids.sessionId}/events`, { token: credentials.session });
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('counts a stream as answered when it begins', async () => {
    const world = await createWorld(gateway);
    await using stream = await EventStreamReader.open(gateway.baseUrl, world.ids.sessionId, world.credentials.session);
    await stream.next();
    const { text } = await gateway.send('GET', '/metrics');
    expect(text).toMatch(/duration_seconds_count\{[^}]*operation="getSessionEvents"/);
  });
});

it('ends with its gateway, which does not wait for readers', async () => {
  const gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent', PLAYGATE_SHUTDOWN_MS: '60000' } });
  const world = await createWorld(gateway);
  await using stream = await EventStreamReader.open(gateway.baseUrl, world.ids.sessionId, world.credentials.session);
  await stream.next();
  const startedAt = performance.now();
  await gateway[Symbol.asyncDispose]();
  expect(await stream.next()).toBeNull();
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

describe('two gateways on one Redis and one database', () => {
  let postgres: PostgresServer;
  let redis: RedisServer;
  let one: TestGateway;
  let two: TestGateway;
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), RedisServer.start()]);
    const databaseUrl = await postgres.createDatabase();
    const start = () => TestGateway.start({ redisUrl: redis.url, databaseUrl, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
    one = await start();
    two = await start();
  });
  afterAll(async () => {
    await one[Symbol.asyncDispose]();
    await two[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
    await postgres.stop();
  });

  it('what happens at one is told at the other', async () => {
    const world = await createWorld(one);
    await using stream = await EventStreamReader.open(two.baseUrl, world.ids.sessionId, world.credentials.session);
    await stream.next();
    await setRules(one, world, { pause: { untilAt: null } });
    expect(await stream.next()).toMatchObject({ event: 'renew' });
    const close = {
      token: world.credentials.secret,
      params: { sessionId: world.ids.sessionId },
      body: { reason: 'quit' },
    };
    await one.call('closeSession', close);
    expect(await stream.next()).toMatchObject({ event: 'end' });
    expect(await stream.next()).toBeNull();
  });
});

// Push from the far end: what somebody does at one gateway reaches a game that is connected to another. PLAYGATE_PUSH_SAMPLES
// measures it; the bound is the promised one, a second.
import { createPlayGuard, type Platform } from '@playgate/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultProxy } from './support/fault-proxy.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { RedisServer } from './support/redis-server.ts';
import { CHILD, createWorld, FREE_RULES, GAME_ID, type World } from './support/request-samples.ts';
import { ADMIN_TOKEN, TestGateway } from './support/test-gateway.ts';
import { reportTimes } from './support/timing.ts';

const SAMPLES = Number(process.env.PLAYGATE_PUSH_SAMPLES ?? 5);
const PUSHED_MS_MAX = 1_000;

let postgres: PostgresServer;
let redis: RedisServer;
let one: TestGateway;
let two: TestGateway;
let world: World;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), RedisServer.start()]);
  const databaseUrl = await postgres.createDatabase();
  const start = () => TestGateway.start({ redisUrl: redis.url, databaseUrl, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  one = await start();
  two = await start();
  world = await createWorld(one);
});
afterAll(async () => {
  await one[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  await postgres.stop();
});

let players = 0;
async function startGame(gatewayUrl: string, stationToken?: string) {
  players += 1;
  const body = { ...CHILD, playerRef: `pushed ${players}` };
  const { body: verified } = await one.call('createAgeVerification', { token: world.credentials.secret, body });
  const publishableKey = world.credentials.publishable;
  let onHello = () => {};
  const connected = new Promise<void>((resolve) => {
    onHello = resolve;
  });
  const openStream: Platform['openStream'] = async (url, request, onText) => {
    const { body, status } = await fetch(url, request);
    for await (const piece of body ?? []) {
      onText(Buffer.from(piece).toString());
      onHello();
    }
    return status;
  };
  const platform = { openStream };
  const guard = createPlayGuard({ gatewayUrl, publishableKey, gameId: GAME_ID, shareTabs: false, platform });
  const seat = stationToken === undefined ? {} : { stationToken };
  const result = await guard.startSession({ ageToken: verified.ageToken, ...seat });
  if (result.verdict === 'denied') throw new Error(result.reason);
  const { session } = result;
  const ended = new Promise<{ readonly reason: string; readonly atMs: number }>((resolve) => {
    session.on('ended', ({ reason }) => resolve({ reason, atMs: performance.now() }));
  });
  await connected;
  return { session, ended, playerId: verified.playerId };
}

const pause = (playerId: string) =>
  one.call('setGuardianRules', {
    token: world.credentials.secret,
    params: { playerId },
    body: { ...FREE_RULES, pause: { untilAt: null } },
  });

describe('two gateways', () => {
  it('a guardian’s pause at one ends the game at the other within a second', async () => {
    const took: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample++) {
      const { ended, playerId } = await startGame(two.baseUrl);
      const askedAtMs = performance.now();
      await pause(playerId);
      const { atMs, reason } = await ended;
      expect(reason).toBe('guardian_pause');
      took.push(atMs - askedAtMs);
    }
    expect(reportTimes('guardian pause to ended, two gateways, ms', took)).toBeLessThan(PUSHED_MS_MAX);
  });

  it('so does an agent who ends it', async () => {
    const took: number[] = [];
    const agent = { name: 'Café', licenceNo: 'L-9', province: 'Huế', opensAt: '00:00', closesAt: '24:00' };
    const { body: agentKey } = await one.call('createAgent', { token: ADMIN_TOKEN, body: agent });
    const { body: station } = await one.call('createStation', { token: agentKey.key, body: { label: 'Máy 1' } });
    for (let sample = 0; sample < SAMPLES; sample++) {
      const { ended, session } = await startGame(two.baseUrl, station.stationToken);
      const askedAtMs = performance.now();
      const params = { sessionId: session.sessionId };
      await one.call('endAgentSession', { token: agentKey.key, params, body: { reason: 'closing' } });
      const { atMs, reason } = await ended;
      expect(reason).toBe('agent_ended');
      took.push(atMs - askedAtMs);
    }
    expect(reportTimes('agent end-now to ended, two gateways, ms', took)).toBeLessThan(PUSHED_MS_MAX);
  });
});

it('a game whose connection was lost comes back and asks', async () => {
  await using proxy = await FaultProxy.start(Number(new URL(two.baseUrl).port));
  const { ended, playerId } = await startGame(proxy.url.replace('redis:', 'http:'));
  proxy.cut();
  await pause(playerId);
  expect(await ended).toMatchObject({ reason: 'guardian_pause' });
});

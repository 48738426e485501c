// Heartbeats and leases of sessions while the load of the gateway rises and falls: fewer beats, and not a minute more or less.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LoadSource } from '../src/load/load-gauge.ts';
import type { LoadLevel } from '../src/load/load-level.ts';
import { RedisServer } from './support/redis-server.ts';
import { Shop } from './support/shop.ts';
import { ManualClock, type Tenant, TestGateway } from './support/test-gateway.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const TEN = Date.UTC(2026, 9, 14, 3);
const KID = '2009-05-01';
const [INTERVAL_MS, LEASE_MS] = [30 * SECOND_MS, 90 * SECOND_MS];

/** What a test says it is. */
class GivenLoad implements LoadSource {
  level: LoadLevel = 0;
  asked(): void {}
  answered(): void {}
  read(): void {}
  stop(): void {}
}

function describePace(name: string, redisUrl: () => string | undefined): void {
  describe(name, () => {
    const clock = new ManualClock(TEN);
    const load = new GivenLoad();
    let gateway: TestGateway;
    let shop: Shop;
    let tenant: Tenant;

    beforeAll(async () => {
      const url = redisUrl();
      const env = { PLAYGATE_SHED_LOAD: 'on' };
      gateway = await TestGateway.start({ clock, load, env, ...(url !== undefined && { redisUrl: url }) });
      shop = new Shop(gateway, clock);
      tenant = await shop.tenant();
    });
    beforeEach(() => {
      load.level = 0;
      clock.set(TEN);
    });
    afterAll(() => gateway[Symbol.asyncDispose]());

    /** A new player's, who starts under that load. */
    const open = async (level: LoadLevel = 0) => {
      const { ageToken, playerId } = await shop.guest(tenant, KID);
      load.level = level;
      const body = { ageToken, gameId: 'sao' };
      const { body: opened } = await gateway.call('openSession', { token: tenant.publishableKey, body });
      if (opened.verdict === 'denied') throw new Error(opened.reason);
      const { sessionId, sessionToken: token } = opened;
      let seq = 0;
      const send = async (number: number) => {
        const body = { seq: number, state: 'active' } as const;
        return (await gateway.call('recordHeartbeat', { token, params: { sessionId }, body })).body;
      };
      const playedMs = async () => {
        const query = { date: '2026-10-14' };
        const params = { playerId };
        return (await gateway.call('getPlaytime', { token: tenant.secretKey, params, query })).body.totalMs;
      };
      return { opened, sessionId, beat: () => send(++seq), repeat: () => send(seq), playedMs };
    };
    const paced = (times: number, beatAt = clock.now()) => ({
      verdict: 'continue',
      nextHeartbeatMs: INTERVAL_MS * times,
      leaseExpiresAt: new Date(beatAt + LEASE_MS * times).toISOString(),
    });

    test('interval and lease rise with the load and fall with it, and all play is counted', async () => {
      const session = await open();
      expect(session.opened).toMatchObject({ ...paced(1), verdict: 'play' });
      const levels = [0, 1, 2, 3, 3, 3, 2, 1, 0, 0] as const;
      let [told, leaseEndsAt] = [INTERVAL_MS, 0];
      for (const level of levels) {
        load.level = level;
        clock.advance(told);
        const answer = await session.beat();
        told = INTERVAL_MS * [1, 2, 4, 4][level]!;
        expect(answer.nextHeartbeatMs).toBe(told);
        // What was told before stands.
        leaseEndsAt = Math.max(leaseEndsAt, clock.now() + told * (LEASE_MS / INTERVAL_MS));
        expect(Date.parse(answer.leaseExpiresAt)).toBe(leaseEndsAt);
      }
      expect(await session.playedMs()).toBe(clock.now() - TEN);
      clock.advance(LEASE_MS * 4 + 1);
      await session.beat();
      expect(await session.playedMs()).toBe(clock.now() - TEN - LEASE_MS * 4 - 1 + INTERVAL_MS);
    });

    test('a client that beats every 120 s is neither lost nor has a gap, and ends where its limit is', async () => {
      const session = await open(2);
      expect(session.opened).toMatchObject({ ...paced(4), verdict: 'play' });
      load.level = 3;
      for (let minutes = 2; minutes < 60; minutes += 2) {
        clock.advance(2 * MINUTE_MS);
        expect(await session.beat()).toMatchObject({
          nextHeartbeatMs: 2 * MINUTE_MS,
          used: { gameMs: minutes * MINUTE_MS },
        });
      }
      clock.advance(MINUTE_MS + 59 * SECOND_MS);
      expect(await session.beat()).toMatchObject({
        verdict: 'warn',
        remainingMs: SECOND_MS,
        nextHeartbeatMs: SECOND_MS,
      });
      clock.advance(SECOND_MS);
      expect(await session.beat()).toMatchObject({
        verdict: 'end',
        reason: 'daily_budget_spent',
        nextHeartbeatMs: null,
      });
      expect(await session.playedMs()).toBe(60 * MINUTE_MS);
    });

    test('the next beat is asked for before the end, however slow the pace', async () => {
      const session = await open();
      for (let beats = 0; beats < 40; beats++) {
        clock.advance(LEASE_MS - SECOND_MS);
        await session.beat();
      }
      load.level = 3;
      clock.advance(SECOND_MS);
      const leftMs = 60 * MINUTE_MS - (clock.now() - TEN);
      expect(leftMs).toBeLessThan(2 * MINUTE_MS);
      expect(await session.beat()).toMatchObject({ remainingMs: leftMs, nextHeartbeatMs: leftMs });
    });

    test('a repeated beat is told what the books hold, whatever the load is by now', async () => {
      const session = await open();
      load.level = 3;
      clock.advance(INTERVAL_MS);
      const beatAt = clock.now();
      expect(await session.beat()).toMatchObject(paced(4, beatAt));
      load.level = 0;
      clock.advance(5 * SECOND_MS);
      expect(await session.repeat()).toMatchObject(paced(4, beatAt));
      clock.advance(5 * SECOND_MS);
      expect(await session.beat()).toMatchObject({ nextHeartbeatMs: INTERVAL_MS });
    });

    test('batches are told the pace and the lease too', async () => {
      const [one, other] = [await open(), await open()];
      load.level = 1;
      clock.advance(INTERVAL_MS);
      const beats = [one, other].map(({ sessionId }) => ({ sessionId, seq: 1, state: 'active' as const }));
      const { body } = await gateway.call('recordHeartbeats', { token: tenant.secretKey, body: { beats } });
      expect(body.results).toMatchObject([paced(2), paced(2)]);
      load.level = 2;
      const asking = beats.map((beat) => ({ ...beat, seq: 0 }));
      const asked = await gateway.call('recordHeartbeats', { token: tenant.secretKey, body: { beats: asking } });
      expect(asked.body.results).toMatchObject([paced(2), paced(2)]);
    });

    test('a seat whose client beats at a slow pace is neither silent nor free', async () => {
      const { key } = await shop.agent();
      const { stationToken } = await shop.seat(key, 'Máy 1');
      const guests = [];
      for (let count = 0; count < 3; count++) guests.push((await shop.guest(tenant, KID)).ageToken);
      load.level = 2;
      const first = await shop.play(tenant, guests[0]!, stationToken);
      clock.advance(2 * MINUTE_MS);
      expect(await shop.live(key)).toMatchObject([{ sessionId: first.sessionId, state: 'active' }]);
      const second = await shop.play(tenant, guests[1]!, stationToken);
      expect(await shop.live(key)).toHaveLength(2);
      clock.advance(1);
      const third = await shop.play(tenant, guests[2]!, stationToken);
      expect((await shop.live(key)).map(({ sessionId }) => sessionId)).toEqual([second.sessionId, third.sessionId]);
    });
  });
}

describePace('memory store', () => undefined);

describe('a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  describePace('Redis store', () => server.url);
});

test('where nothing is shed the pace is the policy’s, whatever the load', async () => {
  const load = new GivenLoad();
  load.level = 3;
  await using gateway = await TestGateway.start({ clock: new ManualClock(TEN), load });
  const shop = new Shop(gateway, new ManualClock(TEN));
  const tenant = await shop.tenant();
  const { stationToken } = await shop.seat((await shop.agent()).key, 'A');
  const session = await shop.play(tenant, (await shop.guest(tenant, KID)).ageToken, stationToken);
  expect(session.opened).toMatchObject({ nextHeartbeatMs: INTERVAL_MS });
  expect(await session.beat()).toMatchObject({ nextHeartbeatMs: INTERVAL_MS });
  expect((await gateway.send('GET', '/metrics')).text).toMatch(/^playgate_heartbeat_pace(\{.*\})? 1$/m);
});

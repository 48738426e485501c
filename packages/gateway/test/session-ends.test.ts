// What is told of sessions that are over, and of those whose player changed meanwhile, counted or not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisServer } from './support/redis-server.ts';
import { ADMIN_TOKEN, ManualClock, type Tenant, TestGateway } from './support/test-gateway.ts';

const MINUTE_MS = 60_000;
const TEN = Date.UTC(2026, 9, 14, 3);

function describeEnds(name: string, redisUrl: () => string | undefined): void {
  describe(name, () => {
    const clock = new ManualClock(TEN);
    let gateway: TestGateway;
    let tenant: Tenant;
    let gameId: string;

    beforeAll(async () => {
      const url = redisUrl();
      gateway = await TestGateway.start({ clock, ...(url !== undefined && { redisUrl: url }) });
      tenant = await gateway.createTenant();
      const game = { title: 'A', class: 'G1', rating: '00+' } as const;
      gameId = (await gateway.call('createGame', { token: tenant.secretKey, body: game })).body.gameId;
    });
    afterAll(() => gateway[Symbol.asyncDispose]());

    const verify = async (playerRef: string, birthDate: string) => {
      const phone = { phone: '+84901234567', phoneVerified: true };
      const body = { playerRef, birthDate, method: 'attested', ...phone } as const;
      return (await gateway.call('createAgeVerification', { token: tenant.secretKey, body })).body;
    };
    const open = async (ageToken: string | null, place: { readonly stationToken?: string } = {}) => {
      const body = { ageToken, gameId, ...place };
      const opened = await gateway.call('openSession', { token: tenant.publishableKey, body });
      if (opened.body.verdict === 'denied') throw new Error(opened.body.reason);
      const { sessionId, sessionToken: token } = opened.body;
      const params = { sessionId };
      const beat = async (seq: number) =>
        (await gateway.call('recordHeartbeat', { token, params, body: { seq, state: 'active' } })).body;
      const close = async (body: { reason: string; enforcement?: { verdictSeq: number; endedAt: string } }) =>
        (await gateway.call('closeSession', { token, params, body })).body;
      return { opened: opened.body, sessionId, beat, close };
    };

    test('closing twice tells what the first close did', async () => {
      const session = await open((await verify('kid', '2009-05-01')).ageToken!);
      for (let seq = 1; seq <= 121; seq++) {
        clock.advance(MINUTE_MS / 2);
        await session.beat(seq);
      }
      const endedAt = new Date(TEN + 60 * MINUTE_MS + 1_500).toISOString();
      const first = await session.close({ reason: 'limit', enforcement: { verdictSeq: 120, endedAt } });
      expect(first).toMatchObject({ reason: 'limit', timeToEnforceMs: 1_500 });
      clock.advance(MINUTE_MS);
      expect(await session.close({ reason: 'error' })).toEqual(first);
    });

    test('an adult session that was closed is told its end', async () => {
      const session = await open((await verify('adult', '1990-01-01')).ageToken!);
      expect(await session.beat(1)).toMatchObject({ verdict: 'continue', unlimited: true, source: 'live' });
      await session.close({ reason: 'quit' });
      expect(await session.beat(2)).toMatchObject({ verdict: 'end', reason: 'session_closed' });
    });

    const openStation = async () => {
      const body = { name: 'Café', licenceNo: 'L-1', province: 'Hà Nội' };
      const { agentId, key } = (await gateway.call('createAgent', { token: ADMIN_TOKEN, body })).body;
      const station = await gateway.call('createStation', { token: key, body: { label: 'seat 1' } });
      return { agentId, place: { stationToken: station.body.stationToken } };
    };

    test('an adult is asked for heartbeats at a station, and is gone from it after a silence', async () => {
      const ageToken = (await verify('guest', '1990-01-01')).ageToken!;
      const home = await open(ageToken);
      expect(home.opened).toMatchObject({ unlimited: true, nextHeartbeatMs: null });
      expect(await home.beat(1)).toMatchObject({ nextHeartbeatMs: null });
      const { agentId, place } = await openStation();
      const seat = await open(ageToken, place);
      expect(seat.opened).toMatchObject({ unlimited: true, nextHeartbeatMs: 30_000 });
      clock.advance(MINUTE_MS / 2);
      expect(await seat.beat(1)).toMatchObject({ verdict: 'continue', nextHeartbeatMs: 30_000, used: { gameMs: 0 } });
      clock.advance(10 * MINUTE_MS);
      expect(await gateway.store.listAgentSessions(agentId, () => clock.now())).toEqual([]);
      expect(await seat.beat(2)).toMatchObject({ verdict: 'end', reason: 'session_lost', nextHeartbeatMs: null });
      expect(await home.beat(2)).toMatchObject({ verdict: 'continue' });
    });

    test('a player whose session the agent ends is told so, and may start again', async () => {
      const { agentId, place } = await openStation();
      for (const [name, birthDate] of [
        ['seated adult', '1990-01-01'],
        ['seated kid', '2009-05-01'],
      ] as const) {
        const seat = await open((await verify(name, birthDate)).ageToken!, place);
        const order = { sessionId: seat.sessionId, agentId, now: clock.now(), by: 'counter' };
        expect(await gateway.store.endByOrder(order)).toMatchObject({ status: 'recorded' });
        const told = await seat.beat(1);
        expect(told).toMatchObject({ verdict: 'end', reason: 'agent_ended', bindingRule: null });
        expect(told).toMatchObject({ nextAllowedAt: new Date(clock.now()).toISOString() });
        expect(await seat.close({ reason: 'limit' })).toMatchObject({ timeToEnforceMs: null });
      }
    });

    test('a player who turns out to be a minor is limited from the next beat on', async () => {
      const session = await open((await verify('corrected', '1990-01-01')).ageToken!);
      clock.advance(10 * MINUTE_MS);
      await verify('corrected', '2009-05-01');
      expect(await session.beat(1)).toMatchObject({ verdict: 'continue', unlimited: false, nextHeartbeatMs: 30_000 });
      clock.advance(MINUTE_MS / 2);
      expect(await session.beat(2)).toMatchObject({ used: { gameMs: MINUTE_MS / 2 } });
    });

    test('a heartbeat sent again tells that the time is over, and only one that counts tells the end', async () => {
      const session = await open((await verify('sent again', '2009-05-01')).ageToken!);
      for (let seq = 1; seq < 120; seq++) {
        clock.advance(MINUTE_MS / 2);
        await session.beat(seq);
      }
      clock.advance((MINUTE_MS * 2) / 3);
      expect(await session.beat(119)).toMatchObject({ verdict: 'warn', remainingMs: 0, nextHeartbeatMs: 1_000 });
      const end = { verdict: 'end', reason: 'daily_budget_spent', used: { gameMs: 60 * MINUTE_MS + 10_000 } };
      expect(await session.beat(120)).toMatchObject(end);
      clock.advance(MINUTE_MS / 2);
      expect(await session.beat(121)).toMatchObject(end);
      expect(await session.beat(121)).toMatchObject(end);
    });

    test('the session of an erased player is over, counted or not', async () => {
      for (const birthDate of ['1990-01-01', '2009-05-01']) {
        const { ageToken, playerId } = await verify(`erased ${birthDate}`, birthDate);
        const session = await open(ageToken!);
        await gateway.call('erasePlayer', { token: tenant.secretKey, params: { playerId } });
        expect(await session.beat(1)).toMatchObject({ verdict: 'end', reason: 'session_closed' });
      }
    });
  });
}

describeEnds('memory store', () => undefined);

describe('a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  describeEnds('Redis store', () => server.url);
});

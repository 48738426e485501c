// Agents over HTTP: opening hours, who plays now, ending, the log of the day; on both stores.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisServer } from './support/redis-server.ts';
import { Shop } from './support/shop.ts';
import { ADMIN_TOKEN, ManualClock, ProblemError, TestGateway } from './support/test-gateway.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Midnight in Vietnam. To come: what a live world keeps in Redis goes by real dates. */
const MIDNIGHT = Date.UTC(2030, 9, 13, 17);
const at = (hours: number, minutes = 0, seconds = 0) =>
  MIDNIGHT + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
const text = (instant: number) => new Date(instant).toISOString();

const KID = '2013-05-01';
const ADULT = '1990-01-01';

function describeShops(name: string, redisUrl: () => string | undefined): void {
  describe(name, () => {
    const clock = new ManualClock(at(10));
    let gateway: TestGateway;
    let shop: Shop;

    beforeAll(async () => {
      const url = redisUrl();
      gateway = await TestGateway.start({ clock, ...(url !== undefined && { redisUrl: url }) });
      shop = new Shop(gateway, clock);
    });
    afterAll(() => gateway[Symbol.asyncDispose]());

    async function setUp() {
      clock.set(at(10));
      const { agentId, key } = await shop.agent();
      const { stationId, stationToken } = await shop.seat(key, 'Máy 7');
      const tenant = await shop.tenant();
      return { agentId, key, stationId, stationToken, tenant };
    }

    describe('opening hours', () => {
      test.each([
        ['07:59:59', at(7, 59, 59), { verdict: 'denied', reason: 'agent_closed', nextAllowedAt: text(at(8)) }],
        ['08:00:00', at(8), { verdict: 'play' }],
        ['21:59:59', at(21, 59, 59), { verdict: 'play', endsAt: text(at(22)) }],
        ['22:00:00', at(22), { verdict: 'denied', reason: 'agent_closed', nextAllowedAt: text(at(32)) }],
      ])('%s, adults and minors', async (_, now, expected) => {
        const { stationToken, tenant } = await setUp();
        const [adult, kid] = [await shop.guest(tenant, ADULT), await shop.guest(tenant, KID)];
        clock.set(now);
        expect(await shop.start(tenant, adult.ageToken, stationToken)).toMatchObject(expected);
        expect(await shop.start(tenant, kid.ageToken, stationToken)).toMatchObject(expected);
      });

      test('those of the shop bind where they are narrower, and never widen the law’s', async () => {
        const { tenant } = await setUp();
        const { ageToken } = await shop.guest(tenant, ADULT);
        const narrow = await shop.seat((await shop.agent({ opensAt: '09:00', closesAt: '20:00' })).key, 'A');
        const wide = await shop.seat((await shop.agent({ opensAt: '00:00', closesAt: '24:00' })).key, 'B');
        expect(await shop.start(tenant, ageToken, narrow.stationToken)).toMatchObject({ endsAt: text(at(20)) });
        expect(await shop.start(tenant, ageToken, wide.stationToken)).toMatchObject({ endsAt: text(at(22)) });
      });

      test('end what is being played at closing time, and the log says so', async () => {
        const { key, stationToken, tenant } = await setUp();
        const { ageToken } = await shop.guest(tenant, ADULT);
        clock.set(at(21, 50));
        const session = await shop.play(tenant, ageToken, stationToken);
        const last = await session.playFor(15 * MINUTE_MS);
        expect(last).toMatchObject({ verdict: 'end', reason: 'agent_closed', nextAllowedAt: text(at(32)) });
        expect(await shop.live(key)).toEqual([]);
        expect((await shop.log(key)).rows).toMatchObject([{ endReason: 'agent_closed', endedAt: text(at(22)) }]);
      });
    });

    describe('the live list', () => {
      test('tells who plays at which seat, how long, and until when', async () => {
        const { key, stationId, stationToken, tenant } = await setUp();
        const { ageToken, playerId } = await shop.guest(tenant, KID);
        const session = await shop.play(tenant, ageToken, stationToken);
        await session.playFor(10 * MINUTE_MS);
        clock.advance(20 * SECOND_MS);
        expect(await shop.live(key)).toEqual([
          {
            sessionId: session.sessionId,
            stationId,
            stationLabel: 'Máy 7',
            providerId: tenant.providerId,
            mode: 'test',
            playerId,
            gameId: 'sao',
            ageBand: '16_17',
            startedAt: text(at(10)),
            lastBeatAt: text(at(10, 10)),
            endsAt: text(at(11)),
            remainingMs: 50 * MINUTE_MS - 20 * SECOND_MS,
            state: 'active',
          },
        ]);
        await session.close('quit');
        expect(await shop.live(key)).toEqual([]);
      });

      test('is of all providers and both modes, each in its own time; of one agent only', async () => {
        const { key, stationToken, tenant } = await setUp();
        const other = await shop.agent();
        const elsewhere = await shop.seat(other.key, 'Máy 1');
        const second = await shop.seat(key, 'Máy 10');
        const live = await shop.tenant('live');
        const guests = [await shop.guest(tenant, ADULT), await shop.guest(live, KID), await shop.guest(tenant, KID)];
        const frozen = await shop.tenant();
        const late = text(at(15));
        await gateway.call('freezeSandboxClock', { token: frozen.secretKey, body: { now: late } });
        const timeless = await shop.guest(frozen, KID);
        await shop.play(tenant, guests[0]!.ageToken, stationToken);
        await shop.play(live, guests[1]!.ageToken, second.stationToken);
        await shop.play(frozen, timeless.ageToken, stationToken);
        await shop.play(tenant, guests[2]!.ageToken, elsewhere.stationToken);
        expect(await shop.live(key)).toMatchObject([
          { stationLabel: 'Máy 7', mode: 'test', ageBand: 'adult', remainingMs: 12 * HOUR_MS, startedAt: text(at(10)) },
          { stationLabel: 'Máy 7', mode: 'test', providerId: frozen.providerId, startedAt: late, endsAt: text(at(16)) },
          { stationLabel: 'Máy 10', mode: 'live', providerId: live.providerId, endsAt: text(at(11)) },
        ]);
        expect(await shop.live(other.key)).toMatchObject([{ playerId: guests[2]!.playerId }]);
      });

      test('a seat that went dark is silent after the lease and cleared after the revival', async () => {
        const { key, stationToken, tenant } = await setUp();
        const { ageToken } = await shop.guest(tenant, KID);
        const session = await shop.play(tenant, ageToken, stationToken);
        await session.playFor(MINUTE_MS);
        clock.advance(90 * SECOND_MS);
        expect(await shop.live(key)).toMatchObject([{ state: 'active' }]);
        clock.advance(1);
        expect(await shop.live(key)).toMatchObject([{ state: 'silent' }]);
        clock.set(at(10, 1) + 390 * SECOND_MS + 1);
        expect(await shop.live(key)).toEqual([]);
        await gateway.store.expireSilent(() => clock.now());
        expect((await shop.log(key)).rows).toMatchObject([{ endReason: 'session_lost', endedAt: text(at(10, 1)) }]);
      });

      test('an adult at a seat is attended too', async () => {
        const { key, stationToken, tenant } = await setUp();
        const { ageToken } = await shop.guest(tenant, ADULT);
        const { opened } = await shop.play(tenant, ageToken, stationToken);
        expect(opened).toMatchObject({ unlimited: true, nextHeartbeatMs: 30_000 });
        clock.advance(10 * MINUTE_MS);
        expect(await shop.live(key)).toEqual([]);
      });

      test('what must have stopped is shown as ending until its seat says so', async () => {
        const { key, stationToken, tenant } = await setUp();
        const { ageToken } = await shop.guest(tenant, KID);
        const session = await shop.play(tenant, ageToken, stationToken);
        await session.playFor(60 * MINUTE_MS - 10 * SECOND_MS);
        clock.advance(15 * SECOND_MS);
        expect(await shop.live(key)).toMatchObject([{ state: 'ending', remainingMs: 0 }]);
        expect(await session.beat()).toMatchObject({ verdict: 'end', reason: 'daily_budget_spent' });
        expect(await shop.live(key)).toEqual([]);
      });
    });

    describe('ending a session', () => {
      test('the next heartbeat is told, the log keeps the reason, and twice is fine', async () => {
        const { key, stationToken, tenant } = await setUp();
        const { ageToken } = await shop.guest(tenant, KID);
        const session = await shop.play(tenant, ageToken, stationToken);
        await session.playFor(5 * MINUTE_MS);
        clock.advance(10 * SECOND_MS);
        const endedAt = text(clock.now());
        expect((await shop.end(key, session.sessionId, 'Đóng cửa sớm')).body).toEqual({
          sessionId: session.sessionId,
          endedAt,
          wasOver: false,
        });
        clock.advance(10 * SECOND_MS);
        expect(await shop.live(key)).toEqual([]);
        expect(await session.beat()).toMatchObject({ verdict: 'end', reason: 'agent_ended' });
        expect(await shop.live(key)).toMatchObject([{ state: 'ending', endsAt: endedAt, remainingMs: 0 }]);
        expect((await shop.end(key, session.sessionId, 'again')).body).toEqual({
          sessionId: session.sessionId,
          endedAt,
          wasOver: true,
        });
        expect((await shop.log(key)).rows).toMatchObject([
          { endReason: 'agent_ended', endedAt, endNote: 'Đóng cửa sớm', ageBand: '16_17', licenceNo: 'HN-0042' },
        ]);
        const { rows } = await gateway.database.db
          .selectFrom('events')
          .select('leaf')
          .execute()
          .then((rows) => ({ rows }));
        expect(JSON.stringify(rows)).not.toContain('Đóng cửa');
      });

      test('a session of another agent, or at no seat, does not exist', async () => {
        const { key, stationToken, tenant } = await setUp();
        const other = await shop.agent();
        const { ageToken } = await shop.guest(tenant, KID);
        const session = await shop.play(tenant, ageToken, stationToken);
        for (const [agentKey, sessionId] of [
          [other.key, session.sessionId],
          [key, 'ses_p001_nobody'],
        ] as const) {
          const ended = shop.end(agentKey, sessionId);
          await expect(ended).rejects.toMatchObject({ problem: { code: 'not_found' } });
        }
        expect(await session.beat()).toMatchObject({ verdict: 'continue' });
      });

      test('what staff write is bounded text', async () => {
        const { key } = await setUp();
        for (const reason of ['', 'x'.repeat(201), 'two\nlines']) {
          await expect(shop.end(key, 'ses_x', reason)).rejects.toBeInstanceOf(ProblemError);
        }
      });
    });

    describe('one seat', () => {
      test('holds one player: the next one’s start ends what the one before left running', async () => {
        const { key, stationToken, tenant } = await setUp();
        const [first, next] = [await shop.guest(tenant, KID), await shop.guest(tenant, ADULT)];
        const left = await shop.play(tenant, first.ageToken, stationToken);
        await left.playFor(MINUTE_MS);
        clock.advance(31 * SECOND_MS);
        await shop.play(tenant, next.ageToken, stationToken);
        expect(await shop.live(key)).toMatchObject([{ playerId: next.playerId }]);
        expect(await left.beat()).toMatchObject({ verdict: 'end', reason: 'agent_ended' });
      });

      test('whose player still beats is not taken', async () => {
        const { key, stationToken, tenant } = await setUp();
        const [first, next] = [await shop.guest(tenant, KID), await shop.guest(tenant, ADULT)];
        const there = await shop.play(tenant, first.ageToken, stationToken);
        await there.playFor(MINUTE_MS);
        clock.advance(10 * SECOND_MS);
        await shop.play(tenant, next.ageToken, stationToken);
        expect(await shop.live(key)).toHaveLength(2);
        expect(await there.beat()).toMatchObject({ verdict: 'continue' });
      });

      test('lets one player run two games, and leaves another provider’s game alone', async () => {
        const { key, stationToken, tenant } = await setUp();
        const { ageToken } = await shop.guest(tenant, KID);
        const body = { gameId: 'trang', title: 'Trăng', class: 'G1', rating: '00+' } as const;
        await gateway.call('createGame', { token: tenant.secretKey, body });
        const other = await shop.tenant();
        const guest = await shop.guest(other, KID);
        await shop.play(tenant, ageToken, stationToken);
        await shop.play(tenant, ageToken, stationToken, 'trang');
        await shop.play(other, guest.ageToken, stationToken);
        expect(await shop.live(key)).toHaveLength(3);
      });

      test('a start that is refused ends nothing', async () => {
        const { key, stationToken, tenant } = await setUp();
        const [first, spent] = [await shop.guest(tenant, ADULT), await shop.guest(tenant, KID)];
        await (await shop.play(tenant, spent.ageToken, stationToken)).playFor(61 * MINUTE_MS);
        await shop.play(tenant, first.ageToken, stationToken);
        expect(await shop.start(tenant, spent.ageToken, stationToken)).toMatchObject({ verdict: 'denied' });
        expect(await shop.live(key)).toMatchObject([{ playerId: first.playerId }]);
      });
    });

    describe('seats', () => {
      test('are listed; a new token replaces the old one, a revoked seat opens nothing', async () => {
        const { key, stationId, stationToken, tenant } = await setUp();
        const { ageToken } = await shop.guest(tenant, ADULT);
        const list = async () => (await gateway.call('listStations', { token: key })).body.stations;
        expect(await list()).toEqual([{ stationId, label: 'Máy 7', createdAt: text(at(10)), revokedAt: null }]);
        const params = { stationId };
        const renewed = (await gateway.call('issueStationToken', { token: key, params })).body;
        await expect(shop.start(tenant, ageToken, stationToken)).rejects.toMatchObject({ problem: { status: 404 } });
        expect(await shop.start(tenant, ageToken, renewed.stationToken)).toMatchObject({ verdict: 'play' });
        for (const _ of [1, 2]) await gateway.call('revokeStation', { token: key, params });
        expect(await list()).toMatchObject([{ revokedAt: text(at(10)) }]);
        await expect(shop.start(tenant, ageToken, renewed.stationToken)).rejects.toMatchObject({
          problem: { status: 404 },
        });
      });

      test('of another agent do not exist', async () => {
        const { stationId } = await setUp();
        const { key: token } = await shop.agent();
        for (const id of ['issueStationToken', 'revokeStation'] as const) {
          const asked = gateway.call(id, { token, params: { stationId } });
          await expect(asked).rejects.toMatchObject({ problem: { code: 'not_found' } });
        }
      });
    });

    describe('the access log', () => {
      test('has a row for every session and refused start of the days asked for', async () => {
        const { key, stationToken, tenant } = await setUp();
        const guest = await shop.guest(tenant, KID);
        const session = await shop.play(tenant, guest.ageToken, stationToken);
        await session.playFor(2 * MINUTE_MS);
        await session.close('quit');
        clock.set(at(22));
        await shop.start(tenant, guest.ageToken, stationToken);
        clock.set(at(24 + 9));
        const next = await shop.play(tenant, guest.ageToken, stationToken);
        const both = await shop.log(key, { from: '2030-10-14', to: '2030-10-15' });
        expect(both).toMatchObject({ zone: 'Asia/Ho_Chi_Minh', nextCursor: null });
        expect(both.rows).toMatchObject([
          { startedAt: text(at(10)), endedAt: text(at(10, 2)), endReason: 'quit', deniedReason: null, mode: 'test' },
          { startedAt: text(at(22)), endedAt: null, endReason: null, deniedReason: 'agent_closed', sessionId: null },
          { startedAt: text(at(33)), endedAt: null, sessionId: next.sessionId, playerId: guest.playerId },
        ]);
        expect((await shop.log(key, { from: '2030-10-14', to: '2030-10-14' })).rows).toHaveLength(2);
        expect((await shop.log(key)).rows).toMatchObject([{ sessionId: next.sessionId }]);
        expect((await shop.log(key, { from: '2030-10-14', to: '2030-10-15', mode: 'live' })).rows).toEqual([]);
        expect((await shop.log((await shop.agent()).key, { from: '2030-10-14' })).rows).toEqual([]);
      });

      test('as CSV no spreadsheet calculates', async () => {
        const { key, tenant } = await setUp();
        const { stationToken } = await shop.seat(key, '=HYPERLINK("x"), 1');
        const { ageToken, playerId } = await shop.guest(tenant, KID);
        const { sessionId } = await shop.play(tenant, ageToken, stationToken);
        const answer = await gateway.send('GET', '/v1/agent/access-log?format=csv', { token: key });
        expect(answer.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
        expect(answer.headers.get('content-disposition')).toBe(
          'attachment; filename="access-log_2030-10-14_2030-10-14.csv"',
        );
        const { providerId } = tenant;
        const [names, row, end] = answer.text.split('\r\n');
        expect(names).toBe(
          'licenceNo,station,playerId,ageBand,gameId,startedAt,endedAt,endReason,deniedReason,stationId,providerId,mode,sessionId,endNote',
        );
        expect(row).toMatch(/^HN-0042,"'=HYPERLINK\(""x""\), 1",ply_/);
        expect(row).toContain(`${playerId},16_17,sao,${text(at(10))},,,,sta_`);
        expect(row).toContain(`${providerId},test,${sessionId},`);
        expect(end).toBe('');
      });

      test('an erased player is nobody in it, and what staff wrote is gone', async () => {
        const { key, stationToken, tenant } = await setUp();
        const { ageToken, playerId } = await shop.guest(tenant, KID);
        const { sessionId } = await shop.play(tenant, ageToken, stationToken);
        await shop.end(key, sessionId, 'closing');
        expect((await shop.log(key)).rows).toMatchObject([{ playerId, endNote: 'closing' }]);
        await gateway.call('erasePlayer', { token: tenant.secretKey, params: { playerId } });
        expect((await shop.log(key)).rows).toMatchObject([{ playerId: null, endNote: null, sessionId }]);
      });

      test('refuses days in the wrong order and cursors of its own making', async () => {
        const { key } = await setUp();
        for (const query of [{ from: '2030-10-15', to: '2030-10-14' }, { cursor: 'bm9wZQ' }] as Record<
          string,
          string
        >[]) {
          await expect(shop.log(key, query)).rejects.toMatchObject({ problem: { code: 'unprocessable' } });
        }
      });
    });
  });
}

describeShops('memory', () => undefined);

describe('redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  describeShops('on it', () => server.url);
});

test('agents are listed by page and by province', async () => {
  await using gateway = await TestGateway.start();
  const shop = new Shop(gateway, new ManualClock(0));
  const { agentId, key } = await shop.agent();
  const body = { name: 'Huế Net', licenceNo: 'TTH-1', province: 'Huế' };
  await gateway.call('createAgent', { token: ADMIN_TOKEN, body });
  await shop.seat(key, 'A');
  const list = async (query: Readonly<Record<string, string>>) =>
    (await gateway.call('listAgents', { token: ADMIN_TOKEN, query })).body;
  expect((await list({})).agents).toHaveLength(2);
  expect(await list({ province: 'Hà Nội' })).toMatchObject({
    agents: [{ agentId, stations: 1, opensAt: '08:00', closesAt: '22:00', licenceNo: 'HN-0042' }],
    nextCursor: null,
  });
  const [first] = (await list({})).agents;
  expect((await list({ cursor: first!.agentId })).agents).toHaveLength(1);
});

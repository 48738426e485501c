// The program of a seat against a real gateway, in virtual time; in one test the gateway dies and comes back.
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playAtSeat, SETTLE_MS_MAX, type SeatOutcome } from '../src/cli/station/play-at-seat.ts';
import { addStationCommands, EXIT_REFUSED } from '../src/cli/station-commands.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { RedisServer } from './support/redis-server.ts';
import { SharedTime } from './support/shared-time.ts';
import { ADMIN_TOKEN, type Tenant, TestGateway } from './support/test-gateway.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Midnight in Vietnam. */
const MIDNIGHT = Date.UTC(2026, 9, 13, 17);
const TEN = MIDNIGHT + 10 * HOUR_MS;
const KID = '2009-05-01';
const ADULT = '1990-01-01';

const clock = new SharedTime(TEN);
let postgres: PostgresServer;
let redis: RedisServer;
let databaseUrl: string;
let gateway: TestGateway;
let tenant: Tenant;
let agentKey: string;
let stationToken: string;

async function boot(port = '0'): Promise<void> {
  const env = { PORT: port, PLAYGATE_LOG_LEVEL: 'silent' };
  gateway = await TestGateway.start({ clock, databaseUrl, redisUrl: redis.url, env });
}

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), RedisServer.start()]);
  databaseUrl = await postgres.createDatabase();
  await boot();
  tenant = await gateway.createTenant();
  const game = { gameId: 'sao', title: 'Sao', class: 'G1', rating: '00+' } as const;
  await gateway.call('createGame', { token: tenant.secretKey, body: game });
  const shop = { name: 'Quán Net', licenceNo: 'HN-0042', province: 'Hà Nội' };
  agentKey = (await gateway.call('createAgent', { token: ADMIN_TOKEN, body: shop })).body.key;
  const seat = await gateway.call('createStation', { token: agentKey, body: { label: 'Máy 7' } });
  stationToken = seat.body.stationToken;
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  await postgres.stop();
});

let guests = 0;
async function verify(birthDate: string) {
  const phone = { phone: '+84901234567', phoneVerified: true };
  const body = { playerRef: `guest-${guests++}`, birthDate, method: 'attested', ...phone } as const;
  return (await gateway.call('createAgeVerification', { token: tenant.secretKey, body })).body;
}

/** A customer sits down at `startsAt`. */
async function sit(birthDate: string, startsAt = TEN) {
  clock.startAt(startsAt);
  const { ageToken, playerId } = await verify(birthDate);
  const device = clock.createDevice();
  const said: string[] = [];
  const shown: string[] = [];
  const screen = { say: (line: string) => said.push(line), show: (status: string) => shown.push(status) };
  let stop = () => {};
  let outcome: SeatOutcome | null = null;
  const options = {
    gatewayUrl: gateway.baseUrl,
    publishableKey: tenant.publishableKey,
    gameId: 'sao',
    stationToken,
    ageToken: ageToken!,
    locale: 'en' as const,
    zone: 'Asia/Ho_Chi_Minh',
  };
  const onStop = (listener: () => void) => {
    stop = listener;
  };
  const host = { screen, platform: device.platform, onStop };
  const done = playAtSeat(options, host).then((result) => {
    outcome = result;
  });
  await clock.settle();
  const report = () => {
    if (outcome?.verdict !== 'played') throw new Error(`not over: ${JSON.stringify(outcome)} ${said.join('\n')}`);
    return outcome.report;
  };
  const pass = async (ms: number) => {
    await clock.pass(ms);
    // Retries of a close wait on the network beside the timers.
    for (let turn = 0; turn < 3; turn++) await clock.settle();
  };
  /** The row of the session in the log of the café. */
  const logged = async () => {
    const query = { from: '2026-10-14', to: '2026-10-14' };
    const { rows } = (await gateway.call('getAgentAccessLog', { token: agentKey, query })).body;
    return rows.find((row) => row.playerId === playerId)!;
  };
  return { device, said, shown, stop: () => stop(), done, pass, report, logged, isOver: () => outcome !== null };
}

describe('a seat', () => {
  test('warns, tells to save, ends a minor’s play at the limit and reports it', async () => {
    const seat = await sit(KID);
    await seat.pass(61 * MINUTE_MS);
    expect(seat.report()).toMatchObject({
      end: { reason: 'daily_budget_spent', endedAt: new Date(TEN + HOUR_MS).toISOString() },
      playedMs: HOUR_MS,
      unconfirmedMs: 0,
      settlement: { status: 'acknowledged', reply: { used: { gameMs: HOUR_MS } } },
    });
    expect(seat.said.filter((line) => line.startsWith('Left'))).toEqual(['Left 15:00', 'Left 5:00', 'Left 1:00']);
    expect(seat.said).toContain('Time is nearly up, save the game. Left 0:30');
    expect(seat.said.slice(-3)).toEqual([
      'Played at this seat: 1:00:00',
      'Counted today for this game: 1:00:00',
      'The gateway has acknowledged the end',
    ]);
    expect(seat.shown.at(0)).toBe('Left 59:59 · until 11:00:00');
    expect(await seat.logged()).toMatchObject({ endReason: 'daily_budget_spent', station: 'Máy 7' });
  });

  test('ends an adult’s play at closing time', async () => {
    const seat = await sit(ADULT, MIDNIGHT + 21 * HOUR_MS + 50 * MINUTE_MS);
    await seat.pass(11 * MINUTE_MS);
    expect(seat.report()).toMatchObject({ end: { reason: 'agent_closed' }, playedMs: 10 * MINUTE_MS });
    expect(await seat.logged()).toMatchObject({ endReason: 'agent_closed', ageBand: 'adult' });
  });

  test('is not opened outside the hours', async () => {
    const seat = await sit(ADULT, MIDNIGHT + 22 * HOUR_MS);
    await seat.done;
    expect(seat.said[0]).toMatch(/^No play \(agent_closed\): /);
    expect(seat.said[1]).toBe('Play is allowed again from 2026-10-15 08:00:00');
  });

  test('ends when the counter ends it', async () => {
    const seat = await sit(KID);
    await seat.pass(5 * MINUTE_MS);
    const [session] = (await gateway.call('listAgentSessions', { token: agentKey })).body.sessions;
    const params = { sessionId: session!.sessionId };
    await gateway.call('endAgentSession', { token: agentKey, params, body: { reason: 'closing' } });
    await seat.pass(31 * SECOND_MS);
    expect(seat.report()).toMatchObject({ end: { reason: 'agent_ended' }, settlement: { status: 'acknowledged' } });
  });

  test('stops when its customer leaves', async () => {
    const seat = await sit(KID);
    await seat.pass(5 * MINUTE_MS);
    seat.stop();
    await seat.done;
    expect(seat.report()).toMatchObject({ end: { reason: 'quit' }, playedMs: 5 * MINUTE_MS });
    expect(await seat.logged()).toMatchObject({ endReason: 'quit' });
  });

  test('plays on for the lease while the gateway is dead, then ends, and reports once it is back', async () => {
    const seat = await sit(KID);
    await seat.pass(10 * MINUTE_MS);
    const { port } = new URL(gateway.baseUrl);
    await gateway[Symbol.asyncDispose]();
    await seat.pass(50 * SECOND_MS);
    expect(seat.said).toContainEqual(expect.stringMatching(/^The gateway is away; play may go on until /));
    expect(seat.isOver()).toBe(false);
    await seat.pass(4 * MINUTE_MS);
    expect(seat.isOver()).toBe(false);
    expect(seat.said.at(-1)).toBe('Waiting for the gateway to report the end (Ctrl-C to give up)');
    await boot(port);
    await seat.pass(10 * SECOND_MS);
    await seat.done;
    const { end, playedMs, settlement, unconfirmedMs } = seat.report();
    expect(end).toMatchObject({ reason: 'ledger_unavailable', by: 'limit' });
    expect(playedMs).toBeGreaterThan(10 * MINUTE_MS + 59 * SECOND_MS);
    expect(playedMs).toBeLessThanOrEqual(10 * MINUTE_MS + 90 * SECOND_MS);
    expect(unconfirmedMs).toBe(90 * SECOND_MS);
    expect(seat.said).toContain('Play without an answer of the gateway: 1:30');
    // Of a silence beyond the lease one interval counts.
    const gameMs = playedMs - unconfirmedMs + 30 * SECOND_MS;
    expect(settlement).toMatchObject({ status: 'acknowledged', reply: { used: { gameMs, providerMs: gameMs } } });
    expect((await seat.logged()).endedAt).toBe(end.endedAt);
  });

  test('shows the one end that counts while the gateway is away', async () => {
    const seat = await sit(KID);
    seat.device.network.cut();
    await seat.pass(45 * SECOND_MS);
    expect(seat.said.at(-1)).toBe('The gateway is away; play may go on until 10:01:30');
    expect(seat.shown.at(-1)).toMatch(/^Left 0:4\d · until 10:01:30$/);
    seat.device.network.restore();
    await seat.pass(20 * SECOND_MS);
    expect(seat.said.at(-1)).toBe('The gateway is back');
    expect(seat.shown.at(-1)).toMatch(/^Left 58:\d\d · until 11:00:00$/);
    seat.stop();
    await seat.done;
  });

  test('that never reached the gateway again says when play ended, and the log has it', async () => {
    const seat = await sit(KID);
    seat.device.network.cut();
    await seat.pass(2 * MINUTE_MS);
    seat.device.network.restore();
    await seat.pass(MINUTE_MS);
    await seat.done;
    const { end, settlement } = seat.report();
    expect([end.endedAt, settlement.status]).toEqual([new Date(TEN + 90 * SECOND_MS).toISOString(), 'acknowledged']);
    expect((await seat.logged()).endedAt).toBe(end.endedAt);
  });

  test('confirms an end that the counter ordered before the seat heard of it', async () => {
    const seat = await sit(KID, MIDNIGHT + 34 * HOUR_MS);
    await seat.pass(5 * MINUTE_MS + 2 * SECOND_MS);
    const { sessions } = (await gateway.call('listAgentSessions', { token: agentKey })).body;
    for (const { sessionId } of sessions)
      await gateway.call('endAgentSession', { token: agentKey, params: { sessionId }, body: { reason: 'closing' } });
    await seat.pass(2 * SECOND_MS);
    seat.stop();
    await seat.done;
    expect(seat.report()).toMatchObject({ end: { reason: 'quit' }, settlement: { status: 'acknowledged' } });
    const query = { from: '2026-10-15', to: '2026-10-15' } as const;
    const report = (await gateway.call('getDailyReport', { token: tenant.secretKey, query })).body;
    expect(report).toMatchObject({
      totals: { sessions: 1, unacknowledgedEnds: 0, orderToEndMs: { max: 2 * SECOND_MS } },
    });
  });

  test('says so when nobody waits for the gateway any longer', async () => {
    const seat = await sit(KID);
    await seat.pass(10 * MINUTE_MS);
    seat.device.network.cut();
    await seat.pass(4 * MINUTE_MS);
    seat.stop();
    await seat.done;
    expect(seat.report().settlement).toEqual({ status: 'unacknowledged' });
    expect(seat.said.at(-1)).toMatch(/NOT acknowledged/);
  });

  test('gives up by itself after hours', async () => {
    const seat = await sit(KID);
    await seat.pass(MINUTE_MS);
    seat.device.network.cut();
    for (let waited = 0; waited < SETTLE_MS_MAX + HOUR_MS && !seat.isOver(); waited += HOUR_MS)
      await seat.pass(HOUR_MS);
    expect(seat.report().settlement).toEqual({ status: 'unacknowledged' });
  });
});

describe('playgate station open', () => {
  async function open(args: readonly string[], answers: readonly string[]) {
    clock.startAt(MIDNIGHT + 22 * HOUR_MS);
    const said: string[] = [];
    const asked: string[] = [];
    const left = [...answers];
    let exitCode = -1;
    const device = clock.createDevice();
    const program = new Command('playgate').exitOverride();
    addStationCommands(program, {
      seat: { screen: { say: (line) => said.push(line), show: () => {} }, onStop: () => {}, platform: device.platform },
      ask: async (question) => {
        asked.push(question);
        return left.shift() ?? '';
      },
      setExitCode: (code) => {
        exitCode = code;
      },
    });
    const common = ['--url', gateway.baseUrl, '--game', 'sao', '--station-token', stationToken];
    const keys = ['--provider-key', tenant.publishableKey, '--locale', 'en'];
    await program.parseAsync(['node', 'playgate', 'station', 'open', ...common, ...keys, ...args]);
    await delay(0);
    return { said, asked, exitCode };
  }
  const walkIn = () => ['--walk-in', '--server-key', tenant.secretKey];

  test('verifies a walk-in by the document that staff read, and shows none of it', async () => {
    const opened = await open(walkIn(), ['y', '001234567890', '1990-02-03', '+84901234567', 'y']);
    // It is after hours: the verification went through, the start did not.
    expect([opened.exitCode, opened.said[0]]).toEqual([EXIT_REFUSED, expect.stringContaining('agent_closed')]);
    expect(opened.said.join('\n')).not.toMatch(/001234567890|1990-02-03|901234567/);
  });

  test('sends nothing unless staff have seen the document and the phone', async () => {
    const { rows: before } = await countPlayers();
    for (const answers of [['n'], ['y', '001234567890', '1990-02-03', '+84901234567', 'n'], []]) {
      const refused = await open(walkIn(), answers);
      expect([refused.exitCode, refused.said[0]]).toEqual([EXIT_REFUSED, expect.stringContaining('nothing was sent')]);
    }
    expect((await countPlayers()).rows).toEqual(before);
  });

  test('keeps the seat closed for a child whose guardian is not registered', async () => {
    const refused = await open(walkIn(), ['y', '001234567891', '2013-02-03', '+84901234568', 'y']);
    expect([refused.exitCode, refused.said]).toEqual([EXIT_REFUSED, ['The seat stays closed: guardian_required.']]);
  });

  test('says what is missing', async () => {
    await expect(open([], [])).rejects.toThrow('Who plays?');
    await expect(open(['--walk-in'], [])).rejects.toThrow('--server-key or PLAYGATE_SERVER_KEY');
  });

  async function countPlayers() {
    const rows = await gateway.database.db.selectFrom('players').select('player_id').execute();
    return { rows: rows.length };
  }
});

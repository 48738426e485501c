// Redis loses the books, or comes up with older ones, in the middle of play: who plays is back to within one interval by the second
// heartbeat, who does not is known by the record, nobody gets a minute twice or for nothing.
import { dayOf } from '@playgate/policy';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reconcileDay } from '../src/compliance/reconcile.ts';
import { SqlDayBooks } from '../src/store/sql/sql-day-books.ts';
import { RedisServer } from './support/redis-server.ts';
import { ManualClock, type Tenant, TestGateway } from './support/test-gateway.ts';

const TEN = Date.UTC(2026, 9, 14, 3);
const INTERVAL_MS = 30_000;
const MINUTE_MS = 60_000;
const DAY = dayOf('Asia/Ho_Chi_Minh', TEN);
const GAMES = ['chess', 'race'] as const;
type GameName = (typeof GAMES)[number];

class House {
  readonly clock: ManualClock;
  readonly gateway: TestGateway;
  readonly tenant: Tenant;
  readonly gameIds: Readonly<Record<GameName, string>>;

  private constructor(gateway: TestGateway, tenant: Tenant, gameIds: House['gameIds'], clock: ManualClock) {
    this.clock = clock;
    this.gateway = gateway;
    this.tenant = tenant;
    this.gameIds = gameIds;
  }

  static async open(redisUrl: string): Promise<House> {
    const clock = new ManualClock(TEN);
    const gateway = await TestGateway.start({ clock, redisUrl });
    const tenant = await gateway.createTenant();
    const create = async (title: string) => {
      const body = { title, class: 'G1', rating: '00+' } as const;
      return (await gateway.call('createGame', { token: tenant.secretKey, body })).body.gameId;
    };
    return new House(gateway, tenant, { chess: await create('Chess'), race: await create('Race') }, clock);
  }

  async child(playerRef: string): Promise<Child> {
    const phone = { phone: '+84901234567', phoneVerified: true };
    const body = { playerRef, birthDate: '2009-05-01', method: 'attested', ...phone } as const;
    const verified = await this.gateway.call('createAgeVerification', { token: this.tenant.secretKey, body });
    return new Child(this, verified.body.playerId, verified.body.ageToken!);
  }

  /** Everybody's sessions beat once an interval. */
  async play(sessions: readonly Playing[], durationMs: number): Promise<void> {
    for (let playedMs = 0; playedMs < durationMs; playedMs += INTERVAL_MS) {
      this.clock.advance(INTERVAL_MS);
      for (const session of sessions)
        expect((await session.beat()).body).toMatchObject({ verdict: expect.not.stringMatching('end') });
    }
  }

  /** Everything that has happened is on record: a reader has seen it. */
  async settle(child: Child): Promise<void> {
    const params = { playerId: child.playerId };
    await this.gateway.call('getStatement', { token: this.tenant.secretKey, params });
  }

  async reconcile() {
    const { database, store } = this.gateway;
    const ports = {
      store,
      books: new SqlDayBooks(database.db),
      nowOf: () => this.clock.now(),
      realNow: this.clock.now(),
    };
    return reconcileDay(ports, DAY, { providerId: null, mode: null });
  }
}

class Child {
  readonly house: House;
  readonly playerId: string;
  readonly ageToken: string;

  constructor(house: House, playerId: string, ageToken: string) {
    this.house = house;
    this.playerId = playerId;
    this.ageToken = ageToken;
  }

  async start(game: GameName) {
    const body = { ageToken: this.ageToken, gameId: this.house.gameIds[game] };
    return (await this.house.gateway.call('openSession', { token: this.house.tenant.publishableKey, body })).body;
  }

  async playing(game: GameName): Promise<Playing> {
    const opened = await this.start(game);
    if (opened.verdict !== 'play') throw new Error(opened.reason);
    return new Playing(this.house, opened.sessionId, opened.sessionToken, opened.receipt);
  }

  async playedMs(): Promise<number> {
    const params = { playerId: this.playerId };
    return (await this.house.gateway.call('getPlaytime', { token: this.house.tenant.secretKey, params })).body.totalMs;
  }
}

class Playing {
  readonly sessionId: string;
  readonly token: string;
  receipt: string | undefined;
  seq = 0;
  private readonly house: House;

  constructor(house: House, sessionId: string, token: string, receipt: string | undefined) {
    this.house = house;
    this.sessionId = sessionId;
    this.token = token;
    this.receipt = receipt;
  }

  async beat(state: 'active' | 'paused' = 'active', receipt = this.receipt) {
    this.seq++;
    const body = { seq: this.seq, state, ...(receipt !== undefined && { receipt }) };
    const path = `/v1/sessions/${this.sessionId}/heartbeats`;
    const answer = await this.house.gateway.send('POST', path, { token: this.token, body });
    const reply = answer.body as { verdict?: string; reason?: string; used?: Used; receipt?: string };
    this.receipt = reply.receipt ?? this.receipt;
    return { status: answer.status, body: reply };
  }

  async close() {
    const body = { reason: 'quit', ...(this.receipt !== undefined && { receipt: this.receipt }) };
    const params = { sessionId: this.sessionId };
    return (await this.house.gateway.call('closeSession', { token: this.token, params, body })).body;
  }
}

interface ServedResult {
  readonly verdict?: string;
  readonly code?: string;
  readonly receipt?: string;
}

/** Sessions that a game server beats for. */
class Served {
  readonly sessions: readonly Playing[];
  receipts: (string | undefined)[] = [];
  private seq = 0;
  private readonly house: House;

  constructor(house: House, sessions: readonly Playing[]) {
    this.house = house;
    this.sessions = sessions;
  }

  /** The last answers. */
  async play(durationMs: number): Promise<readonly ServedResult[]> {
    let results: readonly ServedResult[] = [];
    for (let playedMs = 0; playedMs < durationMs; playedMs += INTERVAL_MS) {
      this.house.clock.advance(INTERVAL_MS);
      results = await this.beat(this.sessions.map((_, index) => this.receipts[index]));
      this.receipts = results.map(({ receipt }) => receipt);
    }
    return results;
  }

  /** Of the first sessions, as many as receipts are given. */
  async beat(receipts: readonly (string | undefined)[], token = this.house.tenant.secretKey) {
    this.seq++;
    const beats = receipts.map((receipt, index) => ({
      sessionId: this.sessions[index]!.sessionId,
      seq: this.seq,
      state: 'active' as const,
      ...(receipt !== undefined && { receipt }),
    }));
    const { body } = await this.house.gateway.send('POST', '/v1/heartbeats', {
      token,
      body: { beats, receipts: true },
    });
    return (body as { readonly results: readonly ServedResult[] }).results;
  }

  close(index: number) {
    const path = `/v1/sessions/${this.sessions[index]!.sessionId}/close`;
    const body = { reason: 'quit', receipt: this.receipts[index] };
    return this.house.gateway.send('POST', path, { token: this.house.tenant.secretKey, body });
  }
}

interface Used {
  readonly gameMs: number;
  readonly providerMs: number;
}

/** What becomes of the books: `remember` is done earlier on, and `lose` is given what it made. */
const LOSSES = {
  'everything is flushed': {
    remember: () => null,
    lose: (server: RedisServer) => server.flush(),
  },
  'a snapshot of ten minutes ago is restored': {
    remember: (server: RedisServer) => server.copyBooks(),
    lose: async (server: RedisServer, copy: ReturnType<RedisServer['copyBooks']> | null) => {
      using books = copy!;
      await server.fallBackTo(books);
    },
  },
} as const;

describe.each(Object.entries(LOSSES))('%s', (_, { lose, remember }) => {
  let server: RedisServer;
  let house: House;
  beforeEach(async () => {
    server = await RedisServer.start();
    house = await House.open(server.url);
  });
  afterEach(async () => {
    await house.gateway[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** The gateway's connections are there again. */
  const reconnected = async () => {
    await expect.poll(() => house.gateway.store.checkReady(Date.now())).toMatchObject({ store: 'ok' });
  };

  test('sessions go on, idle minors keep what they played, the record agrees', async () => {
    const spent = await house.child('spent');
    const resting = await house.child('resting');
    const steady = await house.child('steady');
    const twofold = await house.child('twofold');
    const [a, b] = [await spent.playing('chess'), await resting.playing('chess')];
    await house.play([a, b], 20 * MINUTE_MS);
    const running = [await steady.playing('chess'), await twofold.playing('chess'), await twofold.playing('race')];
    await house.play([a, b, ...running], 10 * MINUTE_MS);
    const copy = remember(server);
    await house.play([a, b, ...running], 5 * MINUTE_MS);
    await b.close();
    await house.play([a, ...running], 25 * MINUTE_MS - INTERVAL_MS);
    house.clock.advance(INTERVAL_MS);
    expect((await a.beat()).body).toMatchObject({ verdict: 'end', reason: 'daily_budget_spent' });
    for (const session of running) await session.beat();
    // Short play with a pause in it, not yet on record when the books are lost.
    await running[2]!.beat('paused');
    await house.settle(spent);
    house.clock.advance(10_000);
    await running[2]!.beat('active');
    house.clock.advance(5_000);
    await running[2]!.beat('paused');

    await lose(server, copy);
    await reconnected();
    await house.gateway.store.expireSilent(() => house.clock.now());

    expect(await spent.start('chess')).toMatchObject({ verdict: 'denied', reason: 'daily_budget_spent' });
    const again = await resting.start('chess');
    expect(again).toMatchObject({ verdict: 'play', used: { gameMs: 35 * MINUTE_MS } });

    house.clock.advance(15_000);
    const [one, chess, race] = [await running[0]!.beat(), await running[1]!.beat(), await running[2]!.beat('paused')];
    expect(one).toMatchObject({ status: 200, body: { used: { gameMs: 40 * MINUTE_MS + 30_000 } } });
    expect(chess).toMatchObject({ status: 200, body: { used: { gameMs: 40 * MINUTE_MS + 30_000 } } });
    expect(race).toMatchObject({
      status: 200,
      body: { used: { gameMs: 40 * MINUTE_MS + 5_000, providerMs: 40 * MINUTE_MS + 30_000 } },
    });
    await house.play(running.slice(0, 2), 5 * MINUTE_MS);
    for (const session of running) await session.close();
    expect(await steady.playedMs()).toBe(45 * MINUTE_MS + 30_000);
    expect(await twofold.playedMs()).toBe(45 * MINUTE_MS + 30_000);
    await house.settle(spent);
    const reconciled = await house.reconcile();
    expect(reconciled).toMatchObject({ persons: 4, differences: [] });
    expect(reconciled.playMs).toBe((60 + 35 + 45.5 + 45.5) * MINUTE_MS + 40 * MINUTE_MS + 5_000);
  });

  test('a session that is closed right after the loss is counted to its last beat', async () => {
    const child = await house.child('leaving');
    const session = await child.playing('race');
    const copy = remember(server);
    await house.play([session], 10 * MINUTE_MS);
    await lose(server, copy);
    await reconnected();
    house.clock.advance(10_000);
    expect(await session.close()).toMatchObject({ used: { gameMs: 10 * MINUTE_MS + 10_000 } });
  });

  test('without a receipt of its own a lost session is nobody', async () => {
    const [child, other] = [await house.child('child'), await house.child('other')];
    const [session, foreign] = [await child.playing('chess'), await other.playing('chess')];
    await house.play([session, foreign], 5 * MINUTE_MS);
    const own = session.receipt!;
    await server.flush();
    house.clock.advance(INTERVAL_MS);
    const forged = own.replace(/^(\d+),/, '9$1,');
    for (const receipt of [
      forged,
      foreign.receipt!,
      `${own}x`,
      own.slice(0, -1),
      'x',
      '99,',
      own.replaceAll('.', 'Į'),
    ]) {
      expect((await session.beat('active', receipt)).status).toBe(404);
    }
    expect(await session.beat('active', own)).toMatchObject({ body: { used: { gameMs: 5.5 * MINUTE_MS } } });
  });

  test('sessions that a game server beats for go on too, and are closed to their last beat', async () => {
    const [one, other] = [await house.child('one'), await house.child('other')];
    const served = new Served(house, [await one.playing('chess'), await other.playing('race')]);
    await served.play(5 * MINUTE_MS);
    const copy = remember(server);
    await served.play(20 * MINUTE_MS);
    await lose(server, copy);
    await reconnected();
    expect((await served.play(INTERVAL_MS)).every(({ verdict }) => verdict === 'continue')).toBe(true);
    expect(await one.playedMs()).toBe(25 * MINUTE_MS + INTERVAL_MS);

    await server.flush();
    house.clock.advance(10_000);
    const usedMs = 25 * MINUTE_MS + INTERVAL_MS + 10_000;
    expect(await served.close(1)).toMatchObject({ status: 200, body: { used: { gameMs: usedMs } } });
    expect(await served.close(0)).toMatchObject({ status: 200 });
    expect([await one.playedMs(), await other.playedMs()]).toEqual([usedMs, usedMs]);
    await house.settle(one);
    expect(await house.reconcile()).toMatchObject({ persons: 2, differences: [] });
  });

  test('a batch restores by receipts of its own kind, of its own sessions, of its own provider', async () => {
    const [child, second] = [await house.child('child'), await house.child('second')];
    const served = new Served(house, [await child.playing('chess'), await second.playing('chess')]);
    await served.play(5 * MINUTE_MS);
    const [own, foreign] = served.receipts;
    const single = served.sessions[0]!.receipt!;
    await server.flush();
    house.clock.advance(INTERVAL_MS);
    for (const receipt of [single, foreign!, `${own}x`, own!.replace(/^(\d+),/, '9$1,'), 'x', undefined]) {
      expect(await served.beat([receipt])).toMatchObject([{ code: 'not_found' }]);
    }
    const stranger = await house.gateway.createTenant();
    expect(await served.beat([own], stranger.secretKey)).toMatchObject([{ code: 'not_found' }]);
    expect(await served.beat([own])).toMatchObject([{ verdict: 'continue' }]);
    expect(await child.playedMs()).toBe(5.5 * MINUTE_MS);
  });

  test('a receipt is no session token, and a session token no receipt', async () => {
    const session = await (await house.child('child')).playing('chess');
    await house.play([session], MINUTE_MS);
    const receipt = session.receipt!;
    for (const token of [receipt, `${session.token.split('.').slice(0, 2).join('.')}.${receipt.split('.')[2]}`]) {
      const path = `/v1/sessions/${session.sessionId}/heartbeats`;
      const answer = await house.gateway.send('POST', path, { token, body: { seq: 9, state: 'active' } });
      expect(answer.status).toBe(401);
    }
    await server.flush();
    expect((await session.beat('active', session.token)).status).toBe(404);
  });
});

test('a receipt changes nothing in books that were not lost', async () => {
  await using server = await RedisServer.start();
  const house = await House.open(server.url);
  await using _ = house.gateway;
  const child = await house.child('child');
  const session = await child.playing('chess');
  await house.play([session], 5 * MINUTE_MS);
  const older = session.receipt!;
  await house.play([session], 5 * MINUTE_MS);
  house.clock.advance(INTERVAL_MS);
  expect(await session.beat('active', older)).toMatchObject({ body: { used: { gameMs: 10.5 * MINUTE_MS } } });
  const ended = session.receipt!;
  await session.close();
  house.clock.advance(INTERVAL_MS);
  for (const receipt of [older, ended]) {
    const answer = await session.beat('active', receipt);
    expect(answer.body).toMatchObject({ verdict: 'end', reason: 'session_closed' });
    expect(answer.body.receipt).toBeUndefined();
  }
  expect(await child.playedMs()).toBe(10.5 * MINUTE_MS);
});

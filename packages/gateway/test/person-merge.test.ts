// Two accounts turn out to be one child: over HTTP, on both stores, and with the ledger away in between.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisServer } from './support/redis-server.ts';
import { ManualClock, type Tenant, TestGateway } from './support/test-gateway.ts';

const MINUTE_MS = 60_000;
const TEN = Date.UTC(2026, 9, 14, 3);
const DATE = '2026-10-14';
const KID = { method: 'attested', birthDate: '2009-05-01', phone: '+84901234567', phoneVerified: true } as const;

class Scene {
  readonly gateway: TestGateway;
  readonly clock: ManualClock;
  private readonly tenant: Tenant;
  private readonly gameId: string;

  private constructor(gateway: TestGateway, clock: ManualClock, tenant: Tenant, gameId: string) {
    this.gateway = gateway;
    this.clock = clock;
    this.tenant = tenant;
    this.gameId = gameId;
  }

  static async start(redisUrl?: string): Promise<Scene> {
    const clock = new ManualClock(TEN);
    const gateway = await TestGateway.start({ clock, ...(redisUrl !== undefined && { redisUrl }) });
    const tenant = await gateway.createTenant('test');
    const game = { title: 'A', class: 'G1', rating: '00+' } as const;
    const { body } = await gateway.call('createGame', { token: tenant.secretKey, body: game });
    return new Scene(gateway, clock, tenant, body.gameId);
  }

  async verify(playerRef: string, nationalId: string) {
    return this.attest(playerRef, { nationalId });
  }

  async attest(playerRef: string, more: object) {
    const body = { playerRef, ...KID, ...more };
    return (await this.gateway.call('createAgeVerification', { token: this.tenant.secretKey, body })).body;
  }

  async pause(playerId: string) {
    const body = { gameLimitMs: null, dayLimitMs: null, bedtimes: [], pause: { untilAt: null } };
    await this.gateway.call('setGuardianRules', { token: this.tenant.secretKey, params: { playerId }, body });
  }

  async open(ageToken: string | null) {
    const body = { ageToken, gameId: this.gameId };
    const opened = (await this.gateway.call('openSession', { token: this.tenant.secretKey, body })).body;
    if (opened.verdict === 'denied') throw new Error(opened.reason);
    return { ...opened, seq: 0 };
  }

  async play(sessions: readonly Awaited<ReturnType<Scene['open']>>[], ms: number) {
    for (let passedMs = 0; passedMs < ms; passedMs += 30_000) {
      this.clock.advance(30_000);
      for (const session of sessions) await this.beat(session);
    }
  }

  async beat(session: Awaited<ReturnType<Scene['open']>>) {
    const params = { sessionId: session.sessionId };
    const body = { seq: ++session.seq, state: 'active' } as const;
    return (await this.gateway.call('recordHeartbeat', { token: session.sessionToken, params, body })).body;
  }

  async playedMs(playerId: string): Promise<number> {
    const request = { token: this.tenant.secretKey, params: { playerId }, query: { date: DATE } };
    return (await this.gateway.call('getPlaytime', request)).body.totalMs;
  }
}

function describeMerging(name: string, start: () => Promise<Scene>): void {
  test(`${name}: the play of both accounts counts for the one person, minutes played at once only once`, async () => {
    const scene = await start();
    await using _gateway = scene.gateway;
    const first = await scene.verify('first', '079209000001');
    const second = await scene.verify('second', '079209000002');
    const a = await scene.open(first.ageToken);
    await scene.play([a], 10 * MINUTE_MS);
    const b = await scene.open(second.ageToken);
    await scene.play([a, b], 10 * MINUTE_MS);
    await scene.play([b], 10 * MINUTE_MS);
    // The second account was the first child all along.
    const corrected = await scene.verify('second', '079209000001');
    expect(corrected.playerId).toBe(second.playerId);
    expect(await scene.beat(b)).toMatchObject({ verdict: 'end', reason: 'session_closed' });
    expect(await scene.playedMs(first.playerId)).toBe(await scene.playedMs(second.playerId));
    const again = await scene.open(corrected.ageToken);
    expect(again.used.providerMs).toBe(await scene.playedMs(first.playerId));
    expect(again.used.providerMs).toBe(30 * MINUTE_MS);
  });
}

test('accounts of one child of a guardian share the day once the child has a name', async () => {
  const scene = await Scene.start();
  await using _gateway = scene.gateway;
  const guardian = { relationship: 'parent', phone: '+84907654321', consentedAt: '2026-10-01T02:00:00Z' } as const;
  const [first, second] = [await scene.attest('first', { guardian }), await scene.attest('second', { guardian })];
  await scene.play([await scene.open(first.ageToken)], 10 * MINUTE_MS);
  await scene.play([await scene.open(second.ageToken)], 10 * MINUTE_MS);
  expect(await scene.playedMs(first.playerId)).toBe(10 * MINUTE_MS);
  for (const ref of ['first', 'second']) await scene.attest(ref, { guardian: { ...guardian, childRef: 'child-1' } });
  expect(await scene.playedMs(first.playerId)).toBe(20 * MINUTE_MS);
  expect(await scene.playedMs(second.playerId)).toBe(20 * MINUTE_MS);
});

test('an account that comes along without being asked about brings its day at once', async () => {
  const scene = await Scene.start();
  await using _gateway = scene.gateway;
  const guardian = {
    relationship: 'parent',
    phone: '+84907654321',
    consentedAt: '2026-10-01T02:00:00Z',
    childRef: 'child-1',
  } as const;
  const child = await scene.attest('child', { guardian });
  await scene.play([await scene.open(child.ageToken)], 10 * MINUTE_MS);
  const named = await scene.verify('named', '079209000001');
  await scene.attest('named', { guardian });
  expect(await scene.playedMs(named.playerId)).toBe(10 * MINUTE_MS);
});

test('rules that come with an account reach a running session of the person', async () => {
  const scene = await Scene.start();
  await using _gateway = scene.gateway;
  const first = await scene.verify('first', '079209000001');
  const second = await scene.attest('second', {});
  await scene.pause(second.playerId);
  const session = await scene.open(first.ageToken);
  await scene.play([session], MINUTE_MS);
  await scene.verify('second', '079209000001');
  expect(await scene.beat(session)).toMatchObject({ verdict: 'end', reason: 'guardian_pause' });
});

describeMerging('memory store', () => Scene.start());

describe('a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  describeMerging('Redis store', () => Scene.start(server.url));

  test('a merge that met an unavailable ledger is made up for', async () => {
    const scene = await Scene.start(server.url);
    await using _gateway = scene.gateway;
    const first = await scene.verify('first', '079209000003');
    const second = await scene.verify('second', '079209000004');
    await scene.play([await scene.open(second.ageToken)], 10 * MINUTE_MS);
    await server.kill();
    await scene.verify('second', '079209000003');
    await server.run();
    await expect.poll(() => scene.playedMs(first.playerId).catch(() => 0)).toBe(10 * MINUTE_MS);
  });
});

// Guardians over HTTP, on the memory store and on a real Redis: what they set reaches a running session with its next beat.
import type { GuardianRulesRequest, HeartbeatEnded } from '@playgate/contract';
import { HOUR_MS, MINUTE_MS } from '@playgate/policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisServer } from './support/redis-server.ts';
import { type Tenant, TestGateway } from './support/test-gateway.ts';

const FREE = { gameLimitMs: null, dayLimitMs: null, bedtimes: [], pause: null } as const;
const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const GUARDIAN = {
  relationship: 'parent',
  phone: '+84907654321',
  consentedAt: '2026-10-01T02:00:00.000Z',
  consentTextVersion: 'vi-2026-03',
} as const;
const STEP_MS = 30_000;

/** A child of 13 who plays at 10:00 in Vietnam. */
class Family {
  readonly gateway: TestGateway;
  readonly tenant: Tenant;
  playerId = '';
  ageToken = '';
  private seq = 0;
  private session: { sessionId: string; sessionToken: string } | null = null;

  private constructor(gateway: TestGateway, tenant: Tenant) {
    this.gateway = gateway;
    this.tenant = tenant;
  }

  static async start(gateway: TestGateway): Promise<Family> {
    const family = new Family(gateway, await gateway.createTenant());
    const { token } = family;
    await gateway.call('freezeSandboxClock', { token, body: { now: '2026-10-14T10:00:00+07:00' } });
    const game = { gameId: 'star', title: 'Star', class: 'G1', rating: '00+' } as const;
    await gateway.call('createGame', { token, body: game });
    Object.assign(family, await family.verify('kid'));
    await family.register();
    return family;
  }

  get token(): string {
    return this.tenant.secretKey;
  }

  get ofChild() {
    return { token: this.token, params: { playerId: this.playerId } };
  }

  async verify(playerRef: string, more: object = {}): Promise<{ playerId: string; ageToken: string; outcome: string }> {
    const child = { method: 'attested', birthDate: '2013-05-01', phone: '+84912345678', phoneVerified: true } as const;
    const request = { token: this.token, body: { ...child, playerRef, ...more } };
    const { playerId, ageToken, outcome } = (await this.gateway.call('createAgeVerification', request)).body;
    return { playerId, ageToken: ageToken!, outcome: outcome! };
  }

  async register(changes: Partial<typeof GUARDIAN> = {}): Promise<string> {
    const request = { ...this.ofChild, body: { ...GUARDIAN, ...changes } };
    return (await this.gateway.call('registerGuardian', request)).body.guardianId;
  }

  async set(rules: Partial<GuardianRulesRequest>) {
    return (await this.gateway.call('setGuardianRules', { ...this.ofChild, body: { ...FREE, ...rules } })).body;
  }

  async open(ageToken = this.ageToken) {
    const opened = (await this.gateway.call('openSession', { token: this.token, body: { ageToken, gameId: 'star' } }))
      .body;
    if (opened.verdict === 'play') {
      this.session = opened;
      this.seq = 0;
    }
    return opened;
  }

  async beat() {
    const { sessionId, sessionToken } = this.session!;
    const body = { seq: ++this.seq, state: 'active' } as const;
    const request = { token: sessionToken, params: { sessionId }, body };
    return (await this.gateway.call('recordHeartbeat', request)).body;
  }

  advance(ms: number) {
    return this.gateway.call('advanceSandboxClock', { token: this.token, body: { ms } });
  }

  /** The answer to the last beat. */
  async play(ms: number) {
    for (let passedMs = 0; passedMs < ms - STEP_MS; passedMs += STEP_MS) {
      await this.advance(STEP_MS);
      await this.beat();
    }
    await this.advance(STEP_MS);
    return this.beat();
  }
}

function describeGuardians(name: string, start: () => Promise<TestGateway>): void {
  describe(name, () => {
    let gateway: TestGateway;
    beforeAll(async () => {
      gateway = await start();
    });
    afterAll(() => gateway[Symbol.asyncDispose]());

    it('a pause ends a running session with its next beat, the time up to the pause counted', async () => {
      const family = await Family.start(gateway);
      await family.open();
      await family.play(10 * MINUTE_MS);
      await family.advance(10_000);
      await family.set({ pause: { untilAt: null } });
      await family.advance(20_000);
      const ended = (await family.beat()) as HeartbeatEnded;
      expect(ended).toMatchObject({
        verdict: 'end',
        reason: 'guardian_pause',
        nextAllowedAt: null,
        remainingMs: 0,
        bindingRule: { id: 'guardian-pause' },
        used: { gameMs: 10 * MINUTE_MS + 10_000 },
      });
      expect(ended.message.vi).toContain('Người giám hộ');
      expect(await family.open()).toMatchObject({ verdict: 'denied', reason: 'guardian_pause', nextAllowedAt: null });
      await family.set(FREE);
      expect(await family.open()).toMatchObject({ verdict: 'play', remainingMs: 50 * MINUTE_MS - 10_000 });
    });

    it('a pause with an end says when play goes on', async () => {
      const family = await Family.start(gateway);
      await family.set({ pause: { untilAt: '2026-10-14T11:00:00+07:00' } });
      expect(await family.open()).toMatchObject({
        reason: 'guardian_pause',
        nextAllowedAt: '2026-10-14T04:00:00.000Z',
      });
      await family.advance(HOUR_MS - 1);
      expect(await family.open()).toMatchObject({ reason: 'guardian_pause' });
      await family.advance(1);
      expect(await family.open()).toMatchObject({ verdict: 'play' });
    });

    it('a lower limit tightens or ends a running session; lifted, the law is what is left', async () => {
      const family = await Family.start(gateway);
      expect(await family.open()).toMatchObject({ remainingMs: HOUR_MS, bindingRule: { id: 'game-day' } });
      await family.play(10 * MINUTE_MS);
      const set = await family.set({ dayLimitMs: 20 * MINUTE_MS });
      expect(set).toMatchObject({ effective: { gameLimitMs: HOUR_MS, dayLimitMs: 20 * MINUTE_MS } });
      expect(await family.play(STEP_MS)).toMatchObject({
        verdict: 'warn',
        remainingMs: 10 * MINUTE_MS - STEP_MS,
        bindingRule: { id: 'guardian-provider', scope: 'provider', limitMs: 20 * MINUTE_MS },
      });
      await family.set({ gameLimitMs: 20 * HOUR_MS, dayLimitMs: 20 * HOUR_MS });
      expect(await family.play(STEP_MS)).toMatchObject({
        remainingMs: 49 * MINUTE_MS,
        bindingRule: { id: 'game-day' },
      });
      await family.set({ gameLimitMs: 5 * MINUTE_MS });
      expect(await family.play(STEP_MS)).toMatchObject({
        verdict: 'end',
        reason: 'daily_budget_spent',
        bindingRule: { id: 'guardian-game', limitMs: 5 * MINUTE_MS },
        used: { gameMs: 11.5 * MINUTE_MS },
      });
    });

    it('a bedtime ends play at its edge, and one that has begun at the change', async () => {
      const family = await Family.start(gateway);
      await family.open();
      await family.set({ bedtimes: [{ days: EVERY_DAY, from: '10:05', to: '10:30' }] });
      expect(await family.play(STEP_MS)).toMatchObject({
        endsAt: '2026-10-14T03:05:00.000Z',
        bindingRule: { id: 'guardian-bedtime', scope: 'window' },
      });
      expect(await family.play(5 * MINUTE_MS)).toMatchObject({
        reason: 'guardian_window',
        used: { gameMs: 5 * MINUTE_MS },
        nextAllowedAt: '2026-10-14T03:30:00.000Z',
      });
      await family.advance(25 * MINUTE_MS);
      await family.open();
      await family.set({ bedtimes: [{ days: EVERY_DAY, from: '10:00', to: '07:00' }] });
      await family.advance(STEP_MS);
      expect(await family.beat()).toMatchObject({
        reason: 'guardian_window',
        used: { gameMs: 5 * MINUTE_MS },
        nextAllowedAt: '2026-10-15T00:00:00.000Z',
      });
    });

    it('rules bind every account of the person, and the next day too', async () => {
      const family = await Family.start(gateway);
      const first = await family.verify('kid', { nationalId: '079099000001' });
      const second = await family.verify('second account', { nationalId: '079099000001' });
      expect(second.playerId).not.toBe(first.playerId);
      await family.set({ gameLimitMs: 30 * MINUTE_MS });
      expect(await family.open(second.ageToken)).toMatchObject({
        verdict: 'play',
        remainingMs: 30 * MINUTE_MS,
        bindingRule: { id: 'guardian-game' },
      });
      await family.advance(24 * HOUR_MS);
      expect(await family.open(second.ageToken)).toMatchObject({ remainingMs: 30 * MINUTE_MS });
      const { body } = await gateway.call('getGuardianRules', {
        token: family.token,
        params: { playerId: second.playerId },
      });
      expect(body).toMatchObject({ version: 1, rules: { gameLimitMs: 30 * MINUTE_MS } });
    });

    it('a revoked guardian ends a running session below 16, without any job', async () => {
      const family = await Family.start(gateway);
      await family.open();
      await family.play(MINUTE_MS);
      await gateway.call('revokeGuardian', family.ofChild);
      await family.advance(STEP_MS);
      expect(await family.beat()).toMatchObject({
        verdict: 'end',
        reason: 'guardian_required',
        nextAllowedAt: null,
        used: { gameMs: MINUTE_MS },
      });
      expect(await family.open()).toMatchObject({ verdict: 'denied', reason: 'guardian_required' });
      const { body } = await gateway.call('getGuardian', family.ofChild);
      expect(body).toEqual({ playerId: family.playerId, guardian: null });
      await family.register({ consentedAt: '2026-10-14T03:01:00.000Z' as typeof GUARDIAN.consentedAt });
      expect(await family.open()).toMatchObject({ verdict: 'play' });
    });
  });
}

describeGuardians('memory store', () => TestGateway.start());

describe('a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  describeGuardians('Redis store', () => TestGateway.start({ redisUrl: server.url }));
});

// Sessions that are running while their player turns 16 or 18, and starts on either side of that midnight. No job runs: the
// first beat of the new day asks for the facts again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisServer } from './support/redis-server.ts';
import { GUARDIAN } from './support/request-samples.ts';
import { ManualClock, type Tenant, TestGateway } from './support/test-gateway.ts';

const MINUTE_MS = 60_000;
const BEAT_MS = MINUTE_MS / 2;
/** A day of the calendar in Vietnam begins at 17:00 UTC of the day before. */
const midnightOf = (date: string) => Date.parse(`${date}T00:00:00+07:00`);

/** `turns`: born so many years before this day. */
const BIRTHDAYS = [
  { turns: 16, born: '2010-10-15', on: '2026-10-15' },
  { turns: 16, born: '2012-02-29', on: '2028-02-29' },
  { turns: 16, born: '2010-02-28', on: '2026-02-28' },
  { turns: 18, born: '2008-10-15', on: '2026-10-15' },
  { turns: 18, born: '2008-02-29', on: '2026-03-01' },
] as const;

function describeBirthdays(name: string, redisUrl: () => string | undefined): void {
  describe(name, () => {
    const clock = new ManualClock(midnightOf('2026-10-15'));
    let gateway: TestGateway;
    let tenant: Tenant;
    let players = 0;

    beforeAll(async () => {
      const url = redisUrl();
      gateway = await TestGateway.start({ clock, ...(url !== undefined && { redisUrl: url }) });
      tenant = await gateway.createTenant();
      for (const rating of ['00+', '16+', '18+'] as const) {
        const game = { gameId: `rated-${rating.slice(0, 2)}`, title: 'A', class: 'G1', rating } as const;
        await gateway.call('createGame', { token: tenant.secretKey, body: game });
      }
    });
    afterAll(() => gateway[Symbol.asyncDispose]());

    const secret = () => ({ token: tenant.secretKey });
    const verify = async (birthDate: string) => {
      players += 1;
      const phone = { phone: '+84901234567', phoneVerified: true };
      const body = { playerRef: `player ${players}`, birthDate, method: 'attested', ...phone } as const;
      return (await gateway.call('createAgeVerification', { ...secret(), body })).body;
    };
    const register = (playerId: string) =>
      gateway.call('registerGuardian', { ...secret(), params: { playerId }, body: GUARDIAN });
    /** With a token of now, since the one from before ended with the band. */
    const start = async (verificationId: string, gameId = 'rated-00') => {
      const { body } = await gateway.call('getAgeVerification', { ...secret(), params: { verificationId } });
      const request = { token: tenant.publishableKey, body: { ageToken: body.ageToken, gameId } };
      return (await gateway.call('openSession', request)).body;
    };
    const play = async (verificationId: string) => {
      const opened = await start(verificationId);
      if (opened.verdict === 'denied') throw new Error(opened.reason);
      const { sessionId, sessionToken: token } = opened;
      let seq = 0;
      const beat = async () => {
        seq += 1;
        return (await gateway.call('recordHeartbeat', { token, params: { sessionId }, body: { seq, state: 'active' } }))
          .body;
      };
      return {
        beat,
        /** Beats up to an instant; the last answer. */
        until: async (at: number) => {
          while (clock.now() + BEAT_MS < at) {
            clock.advance(BEAT_MS);
            await beat();
          }
          clock.set(at);
          return beat();
        },
      };
    };

    describe.each(BIRTHDAYS)('born on $born, $turns on $on', ({ turns, born, on }) => {
      const midnight = midnightOf(on);
      const band = turns === 16 ? ['12_15', '16_17'] : ['16_17', 'adult'];

      test('the band changes at midnight, and the age token before it ends there', async () => {
        clock.set(midnight - 1_000);
        const before = await verify(born);
        expect([before.ageBand, before.ageTokenExpiresAt]).toEqual([band[0], new Date(midnight).toISOString()]);
        const params = { verificationId: before.verificationId };
        const bandNow = async () => (await gateway.call('getAgeVerification', { ...secret(), params })).body.ageBand;
        clock.set(midnight - 1);
        expect(await bandNow()).toBe(band[0]);
        clock.set(midnight);
        expect(await bandNow()).toBe(band[1]);
        const stale = { token: tenant.publishableKey, body: { ageToken: before.ageToken, gameId: 'rated-00' } };
        await expect(gateway.call('openSession', stale)).rejects.toThrow('unauthenticated');
      });

      test('a game rated for that age opens at midnight and not before', async () => {
        clock.set(midnight - 1);
        const { playerId, verificationId } = await verify(born);
        await register(playerId);
        expect(await start(verificationId, `rated-${turns}`)).toMatchObject({
          verdict: 'denied',
          reason: 'age_rating',
        });
        clock.set(midnight);
        expect(await start(verificationId, `rated-${turns}`)).toMatchObject({ verdict: 'play' });
      });
    });

    test('at 16 the guardian is no longer needed: a start without one, and a session whose guardian leaves', async () => {
      const midnight = midnightOf('2026-10-15');
      clock.set(midnight - 1);
      const alone = await verify('2010-10-15');
      expect(await start(alone.verificationId)).toMatchObject({ verdict: 'denied', reason: 'guardian_required' });
      clock.set(midnight - BEAT_MS);
      const [sixteen, fifteen] = [await verify('2010-10-15'), await verify('2010-10-16')];
      for (const { playerId } of [sixteen, fifteen]) await register(playerId);
      const sessions = [await play(sixteen.verificationId), await play(fifteen.verificationId)] as const;
      clock.set(midnight - 1);
      for (const session of sessions) expect(await session.beat()).toMatchObject({ verdict: 'continue' });
      clock.set(midnight);
      for (const session of sessions) expect(await session.beat()).toMatchObject({ verdict: 'continue' });
      for (const { playerId } of [sixteen, fifteen]) {
        await gateway.call('revokeGuardian', { ...secret(), params: { playerId } });
      }
      clock.advance(BEAT_MS);
      expect(await sessions[0].beat()).toMatchObject({ verdict: 'continue', unlimited: false });
      expect(await sessions[1].beat()).toMatchObject({ verdict: 'end', reason: 'guardian_required' });
      expect(await start(alone.verificationId)).toMatchObject({ verdict: 'play', unlimited: false });
    });

    test('at 18 a running session is no longer counted, whatever the guardian had said', async () => {
      const midnight = midnightOf('2026-10-15');
      clock.set(midnight - 20 * MINUTE_MS);
      const { playerId, verificationId } = await verify('2008-10-15');
      await register(playerId);
      const body = { gameLimitMs: 30 * MINUTE_MS, dayLimitMs: null, bedtimes: [], pause: null } as const;
      await gateway.call('setGuardianRules', { ...secret(), params: { playerId }, body });
      const session = await play(verificationId);
      const before = await session.until(midnight - 1);
      // The day ends before the ten minutes that are left.
      expect(before).toMatchObject({ unlimited: false, used: { gameMs: 20 * MINUTE_MS - 1 } });
      clock.set(midnight);
      expect(await session.beat()).toMatchObject({ verdict: 'continue', unlimited: true, nextHeartbeatMs: null });
      clock.advance(300 * MINUTE_MS);
      expect(await session.beat()).toMatchObject({ verdict: 'continue', unlimited: true });
    });

    test('at 18 a spent day binds until midnight and not after', async () => {
      const midnight = midnightOf('2026-10-15');
      clock.set(midnight - 90 * MINUTE_MS);
      const { verificationId } = await verify('2008-10-15');
      const session = await play(verificationId);
      expect(await session.until(midnight - 30 * MINUTE_MS)).toMatchObject({ verdict: 'end' });
      clock.set(midnight - 1);
      const nextAllowedAt = new Date(midnight).toISOString();
      expect(await start(verificationId)).toMatchObject({ reason: 'daily_budget_spent', nextAllowedAt });
      clock.set(midnight);
      expect(await start(verificationId)).toMatchObject({ verdict: 'play', unlimited: true });
      expect(await session.beat()).toMatchObject({ verdict: 'end' });
    });
  });
}

describeBirthdays('memory store', () => undefined);

describe('a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  describeBirthdays('Redis store', () => server.url);
});

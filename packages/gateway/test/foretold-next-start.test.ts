// What the gateway foretells of the time after an end, held to what it says when it is asked then.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock, type Tenant, TestGateway } from './support/test-gateway.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** 2026-11-20 00:00 in Vietnam, a Friday. */
const DAY = Date.UTC(2026, 10, 19, 17);
const FREE = { gameLimitMs: null, dayLimitMs: null, bedtimes: [], pause: null } as const;

const clock = new ManualClock(DAY);
let gateway: TestGateway;
let tenant: Tenant;
beforeAll(async () => {
  gateway = await TestGateway.start({ clock });
  tenant = await gateway.createTenant();
  const token = tenant.secretKey;
  for (const [gameId, policyId] of [
    ['vn', 'vn-147-2024'],
    ['cn', 'cn-nppa-2021'],
  ] as const) {
    const body = { gameId, title: gameId, class: 'G1', rating: '00+', policyId } as const;
    await gateway.call('createGame', { token, body });
  }
});
afterAll(() => gateway[Symbol.asyncDispose]());

const bedtime = (from: string, to: string) => ({ ...FREE, bedtimes: [{ days: ['fri', 'sat'], from, to }] }) as const;

test.each([
  ['a budget spent by day', 'vn', 10 * HOUR_MS, null, DAY + 24 * HOUR_MS],
  ['a budget that midnight refills first', 'vn', 23.5 * HOUR_MS, null, DAY + 48 * HOUR_MS],
  ['a bedtime before the budget', 'vn', 20.5 * HOUR_MS, bedtime('21:00', '21:10'), DAY + 21 * HOUR_MS + 10 * MINUTE_MS],
  ['a bedtime that ends when the budget is spent', 'vn', 20 * HOUR_MS, bedtime('21:00', '22:00'), DAY + 24 * HOUR_MS],
  ['a bedtime over midnight', 'vn', 22.5 * HOUR_MS, bedtime('23:00', '06:30'), DAY + 30.5 * HOUR_MS],
  ['a window', 'cn', 19.25 * HOUR_MS, null, DAY + 43 * HOUR_MS],
] as const)('%s', async (name, gameId, startsInMs, rules, nextAllowedAt) => {
  clock.set(DAY + startsInMs);
  const token = tenant.secretKey;
  const phone = { phone: '+84901234567', phoneVerified: true };
  const player = { playerRef: name, birthDate: '2009-05-01', method: 'attested', ...phone } as const;
  const { body: verified } = await gateway.call('createAgeVerification', { token, body: player });
  if (rules !== null) {
    await gateway.call('setGuardianRules', { token, params: { playerId: verified.playerId }, body: rules });
  }
  const start = { token, body: { ageToken: verified.ageToken!, gameId } };
  const { body: opened } = await gateway.call('openSession', start);
  if (opened.verdict !== 'play') throw new Error(opened.reason);
  expect(opened.nextAllowedAt).toBe(new Date(nextAllowedAt).toISOString());
  const params = { sessionId: opened.sessionId };
  const endsAt = Date.parse(opened.endsAt!);
  for (let seq = 1; ; seq++) {
    clock.set(Math.min(clock.now() + MINUTE_MS, endsAt));
    const request = { token: opened.sessionToken, params, body: { seq, state: 'active' } } as const;
    const { body: beat } = await gateway.call('recordHeartbeat', request);
    expect(beat).toMatchObject({ nextAllowedAt: opened.nextAllowedAt });
    expect(beat.verdict === 'end').toBe(clock.now() === endsAt);
    if (beat.verdict === 'end') break;
  }
  expect((await gateway.call('openSession', start)).body).toMatchObject({
    verdict: 'denied',
    nextAllowedAt: opened.nextAllowedAt,
  });
});

// A policy with a budget of scope agent and no hours of its own: what it counts, whom for, and what midnight does.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PACKS } from '@playgate/policy';
import { afterAll, describe, expect, test } from 'vitest';
import { RedisServer } from './support/redis-server.ts';
import { Shop } from './support/shop.ts';
import { ManualClock, TestGateway } from './support/test-gateway.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** 10:00 and midnight after it, in Vietnam. */
const TEN = Date.UTC(2026, 9, 14, 3);
const MIDNIGHT = Date.UTC(2026, 9, 14, 17);
const POLICY_ID = 'vn-half-hour-a-shop';
const KID = '2009-05-01';

const folder = mkdtempSync(path.join(tmpdir(), 'playgate-policies-'));
const vietnam = PACKS.find((pack) => (pack as { id: string }).id === 'vn-147-2024') as { budgets: object[] };
const atAgent = { id: 'shop-day', scope: 'agent', period: 'calendar_day', limitMs: 30 * MINUTE_MS, cite: 'a test' };
const budgets = [...vietnam.budgets, { ...atAgent, verified: false }];
writeFileSync(
  path.join(folder, `${POLICY_ID}.json`),
  JSON.stringify({ ...vietnam, id: POLICY_ID, agent: null, budgets }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function open(redisUrl: string | undefined) {
  const clock = new ManualClock(TEN);
  const env = { PLAYGATE_POLICY_DIR: folder };
  const gateway = await TestGateway.start({ clock, env, ...(redisUrl !== undefined && { redisUrl }) });
  const shop = new Shop(gateway, clock);
  const seatOf = async () => {
    const { key } = await shop.agent({ opensAt: '00:00', closesAt: '24:00' });
    return (await shop.seat(key, 'Máy 1')).stationToken;
  };
  return { clock, gateway, shop, seatOf };
}

function describeBudgets(name: string, redisUrl: () => string | undefined): void {
  describe(name, () => {
    test('it binds one person of one provider at one agent and day, over all games there', async () => {
      const { clock, gateway, seatOf, shop } = await open(redisUrl());
      await using _gateway = gateway;
      const [here, there] = [await seatOf(), await seatOf()];
      const [one, two] = [await shop.tenant('test', POLICY_ID), await shop.tenant('test', POLICY_ID)];
      const body = { gameId: 'trang', title: 'Trăng', class: 'G1', rating: '00+', policyId: POLICY_ID } as const;
      await gateway.call('createGame', { token: one.secretKey, body });
      const [atOne, atTwo] = [await shop.guest(one, KID), await shop.guest(two, KID)];
      const first = await shop.play(one, atOne.ageToken, here);
      expect(first.opened).toMatchObject({
        remainingMs: 30 * MINUTE_MS,
        bindingRule: { id: 'shop-day', scope: 'agent' },
      });
      await first.playFor(20 * MINUTE_MS);
      await first.close('quit');
      const second = await shop.play(one, atOne.ageToken, here, 'trang');
      expect(second.opened).toMatchObject({ remainingMs: 10 * MINUTE_MS });
      const last = await second.playFor(15 * MINUTE_MS);
      expect(last).toMatchObject({ verdict: 'end', reason: 'daily_budget_spent' });
      const denied = { verdict: 'denied', reason: 'daily_budget_spent', bindingRule: { id: 'shop-day' } };
      const nextAllowedAt = new Date(MIDNIGHT).toISOString();
      expect(await shop.start(one, atOne.ageToken, here)).toMatchObject({ ...denied, nextAllowedAt });
      // The ledger counts a person of one provider: the other provider's account of the same human is another person.
      expect(await shop.start(two, atTwo.ageToken, here)).toMatchObject({ remainingMs: 30 * MINUTE_MS });
      expect(await shop.start(one, atOne.ageToken, there)).toMatchObject({ remainingMs: 30 * MINUTE_MS });
      clock.set(MIDNIGHT);
      expect(await shop.start(one, atOne.ageToken, here)).toMatchObject({ remainingMs: 30 * MINUTE_MS });
    });

    test('play over midnight is split: each day has its own half hour', async () => {
      const { clock, gateway, seatOf, shop } = await open(redisUrl());
      await using _gateway = gateway;
      const tenant = await shop.tenant('test', POLICY_ID);
      const { ageToken, playerId } = await shop.guest(tenant, KID);
      const stationToken = await seatOf();
      clock.set(MIDNIGHT - 20 * MINUTE_MS);
      const session = await shop.play(tenant, ageToken, stationToken);
      expect(session.opened).toMatchObject({ endsAt: new Date(MIDNIGHT + 30 * MINUTE_MS).toISOString() });
      const last = await session.playFor(HOUR_MS);
      expect([clock.now() - MIDNIGHT, last.verdict]).toEqual([30 * MINUTE_MS, 'end']);
      for (const [date, totalMs] of [
        ['2026-10-14', 20 * MINUTE_MS],
        ['2026-10-15', 30 * MINUTE_MS],
      ] as const) {
        const asked = { token: tenant.secretKey, params: { playerId }, query: { date } };
        expect((await gateway.call('getPlaytime', asked)).body).toMatchObject({ totalMs });
      }
    });
  });
}

describeBudgets('memory', () => undefined);

describe('redis', async () => {
  const server = await RedisServer.start();
  afterAll(() => server[Symbol.asyncDispose]());
  describeBudgets('on it', () => server.url);
});

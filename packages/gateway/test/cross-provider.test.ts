// The policy switch `scope: person`: one human's play over all providers. Off by default; tried off and on, on both stores.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PACKS } from '@playgate/policy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisServer } from './support/redis-server.ts';
import { ManualClock, TestGateway } from './support/test-gateway.ts';

const MINUTE_MS = 60_000;
const TEN = Date.UTC(2026, 9, 14, 3);
const KID = { method: 'attested', birthDate: '2009-05-01', phone: '+84901234567', phoneVerified: true } as const;
const POLICY_ID = 'vn-all-providers';

const folder = mkdtempSync(path.join(tmpdir(), 'playgate-policies-'));
const vietnam = PACKS.find((pack) => (pack as { id: string }).id === 'vn-147-2024') as { budgets: object[] };
const overAll = {
  id: 'all-day',
  scope: 'person',
  period: 'calendar_day',
  limitMs: 90 * MINUTE_MS,
  cite: 'a test',
  verified: false,
};
writeFileSync(
  path.join(folder, `${POLICY_ID}.json`),
  JSON.stringify({ ...vietnam, id: POLICY_ID, budgets: [...vietnam.budgets, overAll] }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One human with an account at two providers, one game each. */
async function twoProviders(policyId: string, redisUrl: string | undefined) {
  const clock = new ManualClock(TEN);
  const env = { PLAYGATE_POLICY_DIR: folder };
  const options = policyId === POLICY_ID ? { env } : {};
  const gateway = await TestGateway.start({ clock, ...options, ...(redisUrl !== undefined && { redisUrl }) });
  const createAccount = async (nationalId: string) => {
    const { secretKey: token } = await gateway.createTenant();
    const game = { title: 'A', class: 'G1', rating: '00+', policyId } as const;
    const { gameId } = (await gateway.call('createGame', { token, body: game })).body;
    const body = { playerRef: 'kid', nationalId, ...KID };
    const { ageToken, playerId } = (await gateway.call('createAgeVerification', { token, body })).body;
    const open = async () => (await gateway.call('openSession', { token, body: { ageToken, gameId } })).body;
    const exported = async () => (await gateway.call('exportPlayer', { token, params: { playerId } })).body.personId;
    return { open, playerId, exported };
  };
  const accounts = [
    await createAccount('079209000001'),
    await createAccount('079209000001'),
    await createAccount('079209000002'),
  ];
  const play = async (account: (typeof accounts)[number], ms: number) => {
    const opened = await account.open();
    if (opened.verdict === 'denied') throw new Error(opened.reason);
    let last = null;
    for (let passedMs = 0; passedMs < ms && last?.verdict !== 'end'; passedMs += 30_000) {
      clock.advance(30_000);
      const body = { seq: 1 + passedMs / 30_000, state: 'active' } as const;
      const params = { sessionId: opened.sessionId };
      last = (await gateway.call('recordHeartbeat', { token: opened.sessionToken, params, body })).body;
    }
    await gateway.call('closeSession', {
      token: opened.sessionToken,
      params: { sessionId: opened.sessionId },
      body: { reason: 'quit' },
    });
    return last;
  };
  return { gateway, accounts, play };
}

function describeSwitch(name: string, redisUrl: () => string | undefined): void {
  describe(name, () => {
    test('off: each provider counts for itself', async () => {
      const { accounts, gateway, play } = await twoProviders('vn-147-2024', redisUrl());
      await using _gateway = gateway;
      await play(accounts[0]!, 60 * MINUTE_MS);
      expect(await accounts[1]!.open()).toMatchObject({ verdict: 'play', remainingMs: 60 * MINUTE_MS });
    });

    test('on: what is played at one provider is gone at the other, and only for this human', async () => {
      const { accounts, gateway, play } = await twoProviders(POLICY_ID, redisUrl());
      await using _gateway = gateway;
      await play(accounts[0]!, 60 * MINUTE_MS);
      expect(await accounts[1]!.open()).toMatchObject({
        verdict: 'play',
        remainingMs: 30 * MINUTE_MS,
        bindingRule: { id: 'all-day', scope: 'person' },
        used: { gameMs: 0, providerMs: 0 },
      });
      const last = await play(accounts[1]!, 60 * MINUTE_MS);
      expect(last).toMatchObject({ verdict: 'end', reason: 'daily_budget_spent', bindingRule: { id: 'all-day' } });
      expect(await accounts[1]!.open()).toMatchObject({ verdict: 'denied', bindingRule: { id: 'all-day' } });
      expect(await accounts[2]!.open()).toMatchObject({ verdict: 'play', remainingMs: 60 * MINUTE_MS });
      expect(accounts[0]!.playerId).not.toBe(accounts[1]!.playerId);
      // Nor do two providers find them by what they are told of the person.
      const [mine, theirs] = [await accounts[0]!.exported(), await accounts[1]!.exported()];
      expect(mine).toMatch(/^per_/);
      expect(mine.slice(4, 7)).not.toBe(theirs.slice(4, 7));
    });
  });
}

describeSwitch('memory store', () => undefined);

describe('a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  describeSwitch('Redis store', () => server.url);

  test('on: a flushed Redis has back what the human played at another provider', async () => {
    await server.flush();
    const { accounts, gateway, play } = await twoProviders(POLICY_ID, server.url);
    await using _gateway = gateway;
    await play(accounts[0]!, 60 * MINUTE_MS);
    const closes = gateway.database.db.selectFrom('events').select('seq').where('kind', '=', 'closed');
    await expect.poll(() => closes.execute()).toHaveLength(1);
    await server.flush();
    expect(await accounts[1]!.open()).toMatchObject({
      verdict: 'play',
      remainingMs: 30 * MINUTE_MS,
      bindingRule: { id: 'all-day', scope: 'person' },
      used: { gameMs: 0, providerMs: 0 },
    });
    expect(await accounts[2]!.open()).toMatchObject({ verdict: 'play', remainingMs: 60 * MINUTE_MS });
  });
});

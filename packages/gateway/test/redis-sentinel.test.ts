// One primary that Sentinels watch over: killed, it is replaced, and the gateway finds its successor by itself.
import { expect, test } from 'vitest';
import { LedgerUnavailableError } from '../src/sessions/session-store.ts';
import { RedisChangeBus } from '../src/store/redis/redis-change-bus.ts';
import { ANSWER_MS_MAX } from './support/answer-bounds.ts';
import { beat, DAY_STARTS_AT, HOUR_MS, newPerson, openRequest, TODAY } from './support/ledger-fixtures.ts';
import { connectLedger } from './support/redis-ledger.ts';
import { RedisSentinels } from './support/redis-sentinels.ts';

const TEN = DAY_STARTS_AT + 10 * HOUR_MS;
const INTERVAL_MS = 30_000;
const SERVES_AGAIN_MS_MAX = 15_000;

test('a killed primary is found again in its replica, and nothing counts twice', async () => {
  await using redis = await RedisSentinels.start();
  const store = await connectLedger(redis.url);
  const bus = await RedisChangeBus.connect(redis.url, () => undefined);
  await store.assertLayout();
  const request = openRequest(store, newPerson());
  const { personId, sessionId } = request.identity;
  await store.open(request);
  await store.recordBeats([beat(sessionId, 1, TEN + INTERVAL_MS)]);
  await redis.replicated();
  await redis.killPrimary();

  const killedAt = performance.now();
  let refused = 0;
  for (;;) {
    const askedAt = performance.now();
    try {
      await store.recordBeats([beat(sessionId, 2, TEN + 2 * INTERVAL_MS)]);
      break;
    } catch (error) {
      expect(error).toBeInstanceOf(LedgerUnavailableError);
      expect(performance.now() - askedAt).toBeLessThan(ANSWER_MS_MAX);
      expect(performance.now() - killedAt).toBeLessThan(SERVES_AGAIN_MS_MAX);
      refused++;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  expect(refused).toBeGreaterThan(0);
  const { provider } = await store.readDay(personId, TODAY.date, TODAY.startsAt);
  expect(provider).toEqual([{ startsAt: TEN, endsAt: TEN + 2 * INTERVAL_MS }]);
  await expect.poll(() => bus.isListening()).toBe(true);
  await expect.poll(() => bus.publish({ kind: 'signing_keys_changed' })).toBe(true);
  await bus.close();
  await store.close();
});

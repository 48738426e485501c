// The shipped client and scripts against a Redis and a network that fail.
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { type BeatRequest, LedgerUnavailableError, type SessionStore } from '../src/sessions/session-store.ts';
import { limitCommands } from '../src/store/redis/limit-commands.ts';
import { COMMAND_TIMEOUT_MS, createRequestClient } from '../src/store/redis/redis-client.ts';
import { ANSWER_MS_MAX } from './support/answer-bounds.ts';
import { FaultProxy } from './support/fault-proxy.ts';
import { holdUpWhenSent } from './support/hold-up-loop.ts';
import { beat, DAY_STARTS_AT, HOUR_MS, newPerson, openRequest, TODAY } from './support/ledger-fixtures.ts';
import { LoadingRedis } from './support/loading-redis.ts';
import { connectLedger } from './support/redis-ledger.ts';
import { RedisServer } from './support/redis-server.ts';

const TEN = DAY_STARTS_AT + 10 * HOUR_MS;
const INTERVAL_MS = 30_000;

/** Each is given up after 400 ms. */
const OPENED_AT_ONCE = 50;

async function openSessions(store: SessionStore, count: number) {
  const persons = Array.from({ length: count }, () => newPerson());
  const requests = persons.map((person) => openRequest(store, person));
  for (let at = 0; at < count; at += OPENED_AT_ONCE) {
    await Promise.all(requests.slice(at, at + OPENED_AT_ONCE).map((request) => store.open(request)));
  }
  return requests.map(({ identity }) => ({ personId: identity.personId, sessionId: identity.sessionId }));
}

async function usedOf(store: SessionStore, personId: string): Promise<number> {
  const { provider } = await store.readDay(personId, TODAY.date, TODAY.startsAt);
  return provider.reduce((sum, { startsAt, endsAt }) => sum + (endsAt - startsAt), 0);
}

/** Sends the same beats until they are answered, as a client does; gives back how many tries it took. */
async function insist(store: SessionStore, beats: readonly BeatRequest[], onRefusal: () => void): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      await store.recordBeats(beats);
      return tries;
    } catch (error) {
      expect(error).toBeInstanceOf(LedgerUnavailableError);
      onRefusal();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

test('a lost reply and a reset connection count exactly once in 1,000 of 1,000', async () => {
  await using server = await RedisServer.start();
  await using proxy = await FaultProxy.start(server.port);
  const store = await connectLedger(proxy.url);
  const sessions = await openSessions(store, 1_000);
  const groups = Array.from({ length: 20 }, (_, group) => sessions.slice(group * 50, (group + 1) * 50));
  for (const group of groups) {
    proxy.mode = 'lose_reply';
    const beats = group.map(({ sessionId }) => beat(sessionId, 1, TEN + INTERVAL_MS));
    const tries = await insist(store, beats, () => {
      proxy.mode = 'pass';
    });
    expect(tries).toBeGreaterThan(1);
  }
  const used = await Promise.all(sessions.map(({ personId }) => usedOf(store, personId)));
  expect(used.filter((usedMs) => usedMs === INTERVAL_MS)).toHaveLength(1_000);
  await store.close();
});

test('a stopped Redis is answered for within 500 ms, and the beats it had swallowed count once', async () => {
  await using server = await RedisServer.start();
  const store = await connectLedger(server.url);
  const [session] = await openSessions(store, 1);
  server.signal('SIGSTOP');
  const startedAt = performance.now();
  await expect(store.recordBeats([beat(session!.sessionId, 1, TEN + INTERVAL_MS)])).rejects.toThrow(
    LedgerUnavailableError,
  );
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(COMMAND_TIMEOUT_MS - 5);
  expect(performance.now() - startedAt).toBeLessThan(ANSWER_MS_MAX);
  server.signal('SIGCONT');
  await insist(store, [beat(session!.sessionId, 1, TEN + INTERVAL_MS)], () => {});
  await insist(store, [beat(session!.sessionId, 2, TEN + 2 * INTERVAL_MS)], () => {});
  expect(await usedOf(store, session!.personId)).toBe(2 * INTERVAL_MS);
  await store.close();
});

test('an answer that came while the event loop was held up counts; one that did not is given up right after', async () => {
  await using server = await RedisServer.start();
  const store = await connectLedger(server.url);
  const [session] = await openSessions(store, 1);
  const answered = store.recordBeats([beat(session!.sessionId, 1, TEN + INTERVAL_MS)]);
  await holdUpWhenSent();
  await expect(answered).resolves.toMatchObject([{ status: 'recorded' }]);

  server.signal('SIGSTOP');
  const refused = store.recordBeats([beat(session!.sessionId, 2, TEN + 2 * INTERVAL_MS)]);
  await holdUpWhenSent();
  const heldUpUntil = performance.now();
  await expect(refused).rejects.toThrow(LedgerUnavailableError);
  expect(performance.now() - heldUpUntil).toBeLessThan(ANSWER_MS_MAX - COMMAND_TIMEOUT_MS);
  server.signal('SIGCONT');
  await store.close();
});

test('a Redis that answers nothing is sent a bounded number of commands; the others are refused at once', async () => {
  await using server = await RedisServer.start();
  await using redis = Object.assign(new Redis(server.url), {
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  });
  limitCommands(redis, { answerMsMax: COMMAND_TIMEOUT_MS, underWayMax: 3 });
  await redis.ping();
  server.signal('SIGSTOP');
  const waiting = Array.from({ length: 3 }, () => redis.incr('sent'));
  await expect(redis.incr('sent')).rejects.toThrow('Too many commands are under way');
  server.signal('SIGCONT');
  expect(await Promise.all(waiting)).toEqual([1, 2, 3]);
  expect(await redis.incr('sent')).toBe(4);
});

test('kill -9 under load and a restart lose at most one interval of a minor, and count nothing twice', async () => {
  await using server = await RedisServer.start();
  const store = await connectLedger(server.url);
  const sessions = await openSessions(store, 200);
  const rounds = 30;
  let refused = 0;
  for (let round = 1; round <= rounds; round++) {
    const killing = round === 15 ? server.kill().then(() => server.run()) : null;
    // A beat that is refused is not sent again: the next one, a whole interval later, has to make up for it.
    await Promise.all(
      sessions.map(({ sessionId }) =>
        store.recordBeats([beat(sessionId, round, TEN + round * INTERVAL_MS)]).catch((error) => {
          expect(error).toBeInstanceOf(LedgerUnavailableError);
          refused++;
        }),
      ),
    );
    await killing;
    if (killing !== null) await insist(store, [beat('ses_000aaaaaaaaaaaaaaaa', 1, TEN)], () => {});
  }
  expect(refused).toBeGreaterThan(0);
  const used = await Promise.all(sessions.map(({ personId }) => usedOf(store, personId)));
  expect(Math.max(...used)).toBeLessThanOrEqual(rounds * INTERVAL_MS);
  expect(Math.min(...used)).toBeGreaterThanOrEqual((rounds - 1) * INTERVAL_MS);
  await store.close();
});

test('a Redis that forgot its scripts is given them again without a wrong count', async () => {
  await using server = await RedisServer.start();
  const store = await connectLedger(server.url);
  const [session] = await openSessions(store, 1);
  for (let seq = 1; seq <= 20; seq++) {
    if (seq % 5 === 0) await server.forgetScripts();
    await store.recordBeats([beat(session!.sessionId, seq, TEN + seq * INTERVAL_MS)]);
  }
  expect(await usedOf(store, session!.personId)).toBe(20 * INTERVAL_MS);
  await store.close();
});

test('a Redis laid out for another number of partitions is refused', async () => {
  await using server = await RedisServer.start();
  const first = await connectLedger(server.url, { partitionCount: 8 });
  await first.assertLayout();
  await first.assertLayout();
  const second = await connectLedger(server.url, { partitionCount: 16 });
  await expect(second.assertLayout()).rejects.toThrow(/8.*16/);
  await Promise.all([first.close(), second.close()]);
});

test('a Redis that has read its files is used at once, however long it said that would take', async () => {
  await using server = await LoadingRedis.start();
  const redis = createRequestClient(server.url);
  const connecting = redis.connect();
  await expect.poll(() => server.told).toBeGreaterThan(0);
  expect(redis.status).not.toBe('ready');
  server.isLoading = false;
  const readAt = performance.now();
  await connecting;
  expect(performance.now() - readAt).toBeLessThan(ANSWER_MS_MAX);
  redis.disconnect();
});

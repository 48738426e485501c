// The same contract on a real cluster of three primaries and three replicas, and what a shard that is lost or moved may cost.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BeatRequest, LedgerUnavailableError, type SessionStore } from '../src/sessions/session-store.ts';
import { partitionOfSession, sessionKeyPrefix } from '../src/store/redis/keys.ts';
import { RedisChangeBus } from '../src/store/redis/redis-change-bus.ts';
import { createWorkerClient } from '../src/store/redis/redis-client.ts';
import { repartition } from '../src/store/redis/repartition.ts';
import { describeSessionStore } from './session-store-conformance.ts';
import { ANSWER_MS_MAX } from './support/answer-bounds.ts';
import { holdUpWhenSent } from './support/hold-up-loop.ts';
import { beat, DAY_STARTS_AT, HOUR_MS, newPerson, openRequest, TODAY } from './support/ledger-fixtures.ts';
import { RedisCluster } from './support/redis-cluster.ts';
import { connectLedger } from './support/redis-ledger.ts';
import { createWorld } from './support/request-samples.ts';
import { ManualClock, TestGateway } from './support/test-gateway.ts';

const TEN = DAY_STARTS_AT + 10 * HOUR_MS;
/** Short, for nobody may reach a limit in as many rounds as fit into a failover. */
const INTERVAL_MS = 1_000;
/** 5 s are promised, and `npm run chaos` holds them; an election that a busy machine loses is held again after two more. */
const SERVES_AGAIN_MS_MAX = 15_000;
const BETWEEN_ROUNDS_MS = 20;
/** The primary refuses writes until its replica has caught up. */
const CHANGES_PLACES_MS_MAX = 10_000;

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await RedisCluster.start();
});
afterAll(() => cluster[Symbol.asyncDispose]());

describe('a real cluster', () => {
  describeSessionStore('RedisSessionStore', () => connectLedger(cluster.url));
});

interface Player {
  readonly personId: string;
  readonly sessionId: string;
  readonly port: number;
  /** The highest number that was acknowledged. */
  seq: number;
}

const keyOf = (sessionId: string): string => sessionKeyPrefix(partitionOfSession(sessionId)!) + sessionId;

const persons = (count: number): string[] => Array.from({ length: count }, () => newPerson());

async function openPlayers(store: SessionStore, personIds: readonly string[]): Promise<Player[]> {
  const requests = personIds.map((personId) => openRequest(store, personId));
  await Promise.all(requests.map((request) => store.open(request)));
  return Promise.all(
    requests.map(async ({ identity: { personId, sessionId } }) => {
      return { personId, sessionId, port: await cluster.portOf(keyOf(sessionId)), seq: 0 };
    }),
  );
}

const nextBeat = ({ seq, sessionId }: Player): BeatRequest => beat(sessionId, seq + 1, TEN + (seq + 1) * INTERVAL_MS);

/** One beat; false: refused as unavailable, within the time that callers are promised. */
async function tryBeat(store: SessionStore, player: Player): Promise<boolean> {
  const startedAt = performance.now();
  try {
    const [reply] = await store.recordBeats([nextBeat(player)]);
    expect(['recorded', 'repeated']).toContain(reply!.status);
    player.seq++;
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(LedgerUnavailableError);
    expect(performance.now() - startedAt).toBeLessThan(ANSWER_MS_MAX);
    return false;
  }
}

async function usedOf(store: SessionStore, { personId }: Player): Promise<number> {
  const { provider } = await store.readDay(personId, TODAY.date, TODAY.startsAt);
  return provider.reduce((sum, { startsAt, endsAt }) => sum + (endsAt - startsAt), 0);
}

/** Whatever was refused is sent again under its number, so the outcome is exact. */
async function expectExact(store: SessionStore, players: readonly Player[]): Promise<void> {
  for (const player of players) {
    while (!(await tryBeat(store, player)));
    expect(await usedOf(store, player), player.sessionId).toBe(player.seq * INTERVAL_MS);
  }
}

test('beats of one turn go to their shards, and scripts that were forgotten are given again', async () => {
  const store = await connectLedger(cluster.url);
  const players = await openPlayers(store, persons(100));
  expect(new Set(players.map(({ port }) => port)).size).toBe(3);
  for (let round = 0; round < 5; round++) {
    if (round % 2 === 1) await cluster.forgetScripts();
    const outcomes = await Promise.all(players.map((player) => tryBeat(store, player)));
    expect(outcomes.every(Boolean)).toBe(true);
  }
  await expectExact(store, players);
  expect((await store.listPersons(TODAY.date)).length).toBeGreaterThanOrEqual(100);
  expect(await store.checkReady(Date.now())).toEqual({ store: 'ok', clock: 'ok' });
  await store.close();
});

test('answers of all shards that came while the event loop was held up count', async () => {
  const store = await connectLedger(cluster.url);
  const players = await openPlayers(store, persons(30));
  const outcomes = store.recordBeats(players.map(nextBeat));
  await holdUpWhenSent();
  expect(new Set((await outcomes).map(({ status }) => status))).toEqual(new Set(['recorded']));
  await store.close();
});

/** Persons whose keys lie in one slot. */
function neighbours(store: SessionStore, count: number): string[] {
  const byPartition = new Map<string, string[]>();
  for (;;) {
    const person = newPerson();
    const partition = partitionOfSession(store.newSessionId(person))!;
    const found = [...(byPartition.get(partition) ?? []), person];
    if (found.length >= count) return found;
    byPartition.set(partition, found);
  }
}

test('an ordered failover and a slot on its way count nothing wrong and refuse nobody else', async () => {
  const store = await connectLedger(cluster.url);
  const moved = await openPlayers(store, neighbours(store, 8));
  const slot = partitionOfSession(moved[0]!.sessionId);
  const everyone = await openPlayers(store, persons(100));
  const others = everyone.filter(({ sessionId }) => partitionOfSession(sessionId) !== slot);
  // The days are not empty when they are on their way.
  await expectExact(store, moved);
  const refused = { moved: 0, others: 0 };
  await cluster.moveSlotOf(keyOf(moved[0]!.sessionId), async () => {
    const outcomes = await Promise.all(others.map((player) => tryBeat(store, player)));
    refused.others += outcomes.filter((isDone) => !isDone).length;
    for (const player of moved) if (!(await tryBeat(store, player))) refused.moved++;
  });
  expect(refused.others).toBe(0);
  expect(refused.moved).toBeGreaterThan(0);
  await expectExact(store, [...moved, ...others]);

  await cluster.failOver(keyOf(moved[0]!.sessionId));
  await expectExact(store, [...moved, ...others]);
  await cluster.settled();
  await store.close();
});

test('forgotten scripts and an ordered failover under load refuse nobody for long, and nobody else', {
  timeout: 60_000,
}, async () => {
  const store = await connectLedger(cluster.url);
  const players = await openPlayers(store, persons(60));
  const { port } = players[0]!;
  const refusals: { readonly port: number; readonly atMs: number }[] = [];
  let isOver = false;
  const playOn = async (player: Player) => {
    while (!isOver) {
      if (!(await tryBeat(store, player))) refusals.push({ port: player.port, atMs: performance.now() });
    }
  };
  const playing = Promise.all(players.map(playOn));
  await cluster.forgetScripts();
  await cluster.failOver(keyOf(players[0]!.sessionId));
  await cluster.settled();
  await cluster.forgetScripts();
  const before = players.map(({ seq }) => seq);
  await expect.poll(() => players.every(({ seq }, index) => seq > before[index]! + 5)).toBe(true);
  isOver = true;
  await playing;
  expect(refusals.filter((refusal) => refusal.port !== port)).toEqual([]);
  const times = refusals.map(({ atMs }) => atMs);
  if (times.length > 0) expect(Math.max(...times) - Math.min(...times)).toBeLessThan(CHANGES_PLACES_MS_MAX);
  await expectExact(store, players);
  await store.close();
});

test('gateways on different nodes confirm what changed, and one that is deaf is missed', async () => {
  const buses = await Promise.all(
    Array.from({ length: 4 }, () => RedisChangeBus.connect(cluster.url, () => undefined)),
  );
  const heard: number[] = [];
  buses.forEach((bus, index) => void bus.subscribe(() => void heard.push(index)));
  expect(await buses[0]!.publish({ kind: 'signing_keys_changed' })).toBe(true);
  expect(heard.sort()).toEqual([0, 1, 2, 3]);
  buses[3]!.subscribe(() => Promise.reject(new Error('not taken in')));
  expect(await buses[0]!.publish({ kind: 'signing_keys_changed' })).toBe(false);
  await Promise.all(buses.map((bus) => bus.close()));
});

test('a gateway on a cluster verifies, plays, limits and keeps as on one Redis', async () => {
  const clock = new ManualClock(TEN);
  await using gateway = await TestGateway.start({ redisUrl: cluster.url, clock });
  const { credentials, ids, tenant } = await createWorld(gateway);
  clock.advance(INTERVAL_MS);
  const params = { sessionId: ids.sessionId };
  const body = { seq: 1, state: 'active' } as const;
  const { body: recorded } = await gateway.call('recordHeartbeat', { token: credentials.session, params, body });
  expect(recorded).toMatchObject({ verdict: 'continue', source: 'live' });
  const { headers } = await gateway.send('GET', '/v1/games', { token: tenant.secretKey });
  expect(headers.get('ratelimit')).toMatch(/;r=\d/);
  expect((await gateway.send('GET', '/readyz')).body).toMatchObject({
    checks: { redis: 'ok', clock: expect.any(String) },
  });
  expect((await gateway.send('GET', '/metrics')).text).toContain('record_heartbeats');
  const moved = () => gateway.database.db.selectFrom('events').select('kind').execute();
  await expect.poll(async () => (await moved()).map(({ kind }) => kind)).toContain('opened');
});

test('days are laid out anew over all nodes', async () => {
  const store = await connectLedger(cluster.url);
  const players = await openPlayers(store, persons(30));
  await Promise.all(players.map((player) => tryBeat(store, player)));
  const client = createWorkerClient(cluster.url);
  await client.connect();
  const outcome = await repartition(client, 100, () => {});
  expect(outcome.moved).toBeGreaterThanOrEqual(20);
  const again = await connectLedger(cluster.url, { partitionCount: 100 });
  for (const player of players) expect(await usedOf(again, player)).toBe(INTERVAL_MS);
  await repartition(client, 64, () => {});
  client.disconnect();
  await Promise.all([store.close(), again.close()]);
});

test('a killed primary is replaced, and the other shards do not notice', async () => {
  const store = await connectLedger(cluster.url);
  const players = await openPlayers(store, persons(150));
  const lost = players[0]!.port;
  const orphans = players.filter(({ port }) => port === lost);
  const others = players.filter(({ port }) => port !== lost);
  // What a replica has not got yet dies with its primary: that is one interval at most, so here it has all.
  await cluster.replicated();
  await cluster.killPrimaryOf(keyOf(players[0]!.sessionId));
  const killedAt = performance.now();
  const everyone = await store.recordBeats(players.map(nextBeat));
  expect(performance.now() - killedAt, 'until a batch over all shards is answered').toBeLessThan(ANSWER_MS_MAX);
  const outcomeOf = (player: Player) => everyone[players.indexOf(player)]!.status;
  expect(new Set(others.map(outcomeOf))).toEqual(new Set(['recorded']));
  expect(new Set(orphans.map(outcomeOf))).toEqual(new Set(['failed']));
  for (const player of others) player.seq++;
  await expect(store.recordBeats(orphans.map(nextBeat))).rejects.toThrow(LedgerUnavailableError);
  const waiting = new Set(orphans);
  while (waiting.size > 0) {
    const [outcomes] = await Promise.all([
      Promise.all(others.map((player) => tryBeat(store, player))),
      Promise.all(
        [...waiting].map(async (player) => {
          if (await tryBeat(store, player)) waiting.delete(player);
        }),
      ),
    ]);
    expect(
      outcomes.filter((isDone) => !isDone),
      'of the other shards',
    ).toEqual([]);
    expect(performance.now() - killedAt, 'until the shard serves again').toBeLessThan(SERVES_AGAIN_MS_MAX);
    // The nodes that vote need the processor too.
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ROUNDS_MS));
  }
  expect(others[0]!.seq).toBeGreaterThan(orphans[0]!.seq);
  await expectExact(store, players);
  await store.close();
});

// Another number of partitions: refused while anybody could still write, done again after being broken off, and nothing that was
// played is lost or counted anew.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CommandError } from '../src/cli/open-stores.ts';
import { repartitionCommand } from '../src/cli/repartition-commands.ts';
import { readConfig } from '../src/config.ts';
import { readLayout } from '../src/store/redis/layout.ts';
import { assertMovable, repartition } from '../src/store/redis/repartition.ts';
import { beat, DAY_STARTS_AT, HOUR_MS, MINUTE_MS, newPerson, openRequest, TODAY } from './support/ledger-fixtures.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { connectLedger } from './support/redis-ledger.ts';
import { RedisServer } from './support/redis-server.ts';
import { CHILD, GAME_ID } from './support/request-samples.ts';
import { writeTestSecrets } from './support/secrets.ts';
import { ManualClock, TestGateway } from './support/test-gateway.ts';

const TEN = DAY_STARTS_AT + 10 * HOUR_MS;
const CHILDREN = 12;
const PLAYED_MINUTES = 4;

let folder: string;
let server: RedisServer;
let redis: Redis;
let postgres: PostgresServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'playgate-repartition-'));
  [server, postgres] = await Promise.all([RedisServer.start(), startPostgres()]);
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server[Symbol.asyncDispose]();
  await postgres.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => server.flush());

async function portsFor(databaseUrl: string, clock: ManualClock) {
  const env = {
    REDIS_URL: server.url,
    DATABASE_URL: databaseUrl,
    PLAYGATE_SECRETS_FILE: await writeTestSecrets(folder),
    PLAYGATE_DATA_DIR: folder,
  };
  const told: string[] = [];
  const tell = (line: string) => void told.push(line);
  return { told, print: tell, note: tell, now: () => clock.now(), readConfig: () => readConfig(env) };
}

/** Children of a sandbox who play some minutes and have not closed. */
async function playSome(gateway: TestGateway, clock: ManualClock) {
  const { secretKey: token } = await gateway.createTenant('test');
  const game = { gameId: GAME_ID, title: 'Star Garden', class: 'G1', rating: '12+' } as const;
  await gateway.call('createGame', { token, body: game });
  const children = await Promise.all(
    Array.from({ length: CHILDREN }, async (_, index) => {
      const body = { ...CHILD, playerRef: `child-${index}`, phone: `+8490000${1000 + index}` };
      const { ageToken, playerId } = (await gateway.call('createAgeVerification', { token, body })).body;
      const { body: opened } = await gateway.call('openSession', {
        token,
        body: { ageToken: ageToken!, gameId: GAME_ID },
      });
      if (opened.verdict !== 'play') throw new Error('no session');
      const { sessionId, sessionToken } = opened;
      return { ageToken: ageToken!, playerId, sessionId, sessionToken };
    }),
  );
  for (let seq = 1; seq <= PLAYED_MINUTES; seq++) {
    clock.advance(MINUTE_MS);
    for (const { sessionId, sessionToken } of children) {
      const body = { seq, state: 'active' } as const;
      await gateway.call('recordHeartbeat', { token: sessionToken, params: { sessionId }, body });
    }
  }
  return { token, children };
}

test('gateways and sessions are in the way; then all play is found again, and old sessions are unknown', {
  timeout: 90_000,
}, async () => {
  const clock = new ManualClock(TEN);
  const databaseUrl = await postgres.createDatabase();
  const ports = await portsFor(databaseUrl, clock);
  const gateway = await TestGateway.start({ redisUrl: server.url, databaseUrl, clock });
  const { children, token } = await playSome(gateway, clock);
  await expect(repartitionCommand(ports, { to: 100, endSessions: true })).rejects.toThrow(/1 gateway ran/);
  await gateway[Symbol.asyncDispose]();

  await expect(repartitionCommand(ports, { to: 100, endSessions: false })).rejects.toThrow(
    `${CHILDREN} sessions can still go on`,
  );
  expect(await readLayout(redis)).toEqual({ partitions: 64 });
  expect(await repartitionCommand(ports, { to: 100, endSessions: true }), ports.told.join('\n')).toBe(0);
  expect(await readLayout(redis)).toEqual({ partitions: 100 });
  expect(ports.told.join('\n')).toMatch(/64 partitions became 100: \d+ days moved, 12 sessions forgotten/);
  expect(ports.told.join('\n')).toMatch(/12 persons, 12 game accounts, 48 minutes, 0 differences/);
  await expect(TestGateway.start({ redisUrl: server.url, databaseUrl, clock })).rejects.toThrow('laid out for 100');

  expect(await repartitionCommand(ports, { to: 64, endSessions: false })).toBe(0);
  await using again = await TestGateway.start({ redisUrl: server.url, databaseUrl, clock });
  for (const { ageToken, playerId, sessionId, sessionToken } of children) {
    const { body: played } = await again.call('getPlaytime', { token, params: { playerId } });
    expect(played.totalMs).toBe(PLAYED_MINUTES * MINUTE_MS);
    const late = { token: sessionToken, body: { seq: 9, state: 'active' } };
    expect((await again.send('POST', `/v1/sessions/${sessionId}/heartbeats`, late)).status).toBe(404);
    const { body: opened } = await again.call('openSession', { token, body: { ageToken, gameId: GAME_ID } });
    expect(opened).toMatchObject({ verdict: 'play', remainingMs: (60 - PLAYED_MINUTES) * MINUTE_MS });
  }
});

async function playOnLedger(partitionCount: number) {
  const store = await connectLedger(server.url, { partitionCount });
  await store.assertLayout();
  const requests = Array.from({ length: 40 }, () => openRequest(store, newPerson()));
  for (const [index, request] of requests.entries()) {
    await store.open(request);
    await store.recordBeats([beat(request.identity.sessionId, 1, TEN + (index + 1) * 1_000)]);
  }
  await store.expireSilent(() => Number.MAX_SAFE_INTEGER);
  for (const partition of store.partitions) {
    const entries = await store.readEntries(partition, 1_000);
    await store.trimEntries(
      partition,
      entries.map(({ entryId }) => entryId),
    );
  }
  const persons = requests.map(({ identity }) => identity.personId);
  const days = await Promise.all(persons.map((person) => store.readDay(person, TODAY.date, TODAY.startsAt)));
  await store.close();
  return { persons, days };
}

async function daysAt(partitionCount: number, persons: readonly string[]) {
  const store = await connectLedger(server.url, { partitionCount });
  const days = await Promise.all(persons.map((person) => store.readDay(person, TODAY.date, TODAY.startsAt)));
  await store.close();
  return days;
}

test('a move that breaks off anywhere is finished by the next, also to another number', async () => {
  const { days, persons } = await playOnLedger(8);
  let steps = 0;
  const breakOff = () => {
    if (++steps % 5 === 0) throw new Error('killed');
  };
  await expect(repartition(redis, 13, breakOff)).rejects.toThrow('killed');
  await expect(repartition(redis, 3, breakOff)).rejects.toThrow('killed');
  await repartition(redis, 13, () => {});
  expect(await daysAt(13, persons)).toEqual(days);
  expect(await redis.keys('pg2:{p*}:*')).toHaveLength(persons.length);
  const lives = await Promise.all((await redis.keys('pg2:{p*}:d:*')).map((key) => redis.pttl(key)));
  expect(Math.min(...lives)).toBeGreaterThan(0);
});

test('entries that wait and keys that are not known stop it before anything has moved', async () => {
  await playOnLedger(8);
  await redis.xadd('pg2:{p003}:ev', '*', 'kind', 'opened');
  await expect(assertMovable(redis)).rejects.toThrow('Events wait');
  await redis.del('pg2:{p003}:ev');
  await redis.set('pg2:{p003}:zz:later', '1');
  await expect(assertMovable(redis)).rejects.toThrow('does not know');
  const clock = new ManualClock(TEN);
  const ports = await portsFor(await postgres.createDatabase(), clock);
  await expect(repartitionCommand(ports, { to: 9, endSessions: true })).rejects.toThrow(CommandError);
  expect(await readLayout(redis)).toEqual({ partitions: 8 });
});

test('no gateway starts while the keys are on their way', async () => {
  await redis.set('pg2:layout', JSON.stringify({ partitions: 8, movingTo: 9 }));
  const store = await connectLedger(server.url, { partitionCount: 8 });
  await expect(store.assertLayout()).rejects.toThrow('end `playgate repartition` first');
  await store.close();
});

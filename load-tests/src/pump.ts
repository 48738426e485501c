// Events per second from the streams of a real Redis into SQL, projections included, on the embedded database and on real
// PostgreSQL: a busy evening of 5,000 players, ten entries a session, over all partitions. Prints one JSON line per figure.
// About a minute: pnpm --filter @playgate/load-tests pump
// EVENTS and ROUNDS say how much; ONLY_DATABASE=postgresql leaves the embedded one out.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import type { PolicyBook } from '../../packages/gateway/src/compliance/read-entry.ts';
import { openRecord } from '../../packages/gateway/src/open-record.ts';
import { partitionName, streamKey } from '../../packages/gateway/src/store/redis/keys.ts';
import { createRequestClient, createWorkerClient } from '../../packages/gateway/src/store/redis/redis-client.ts';
import { RedisSessionStore } from '../../packages/gateway/src/store/redis/redis-session-store.ts';
import { type Database, openDatabase } from '../../packages/gateway/src/store/sql/open-database.ts';
import { median } from './bench/statistics.ts';
import { startPostgres, startRedis } from './servers.ts';

const EVENTS = Number(process.env.EVENTS ?? 60_000);
const PLAYERS = 5_000;
const ENTRIES_PER_SESSION = 10;
const PARTITIONS = 64;
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const TARGET_PER_S = 5_000;
const STARTS_AT = Date.UTC(2026, 9, 14, 3);
const DATE = '2026-10-14';
const CONTEXT = 'vn-147-2024@1|16_17|+84|g|12+|08:00-22:00|';
const POLICIES: PolicyBook = { zoneOf: () => 'Asia/Ho_Chi_Minh', hashOf: () => '0'.repeat(64) };

/** Opened, seven stretches of play with pauses between them, ended, closed. */
function entriesOf(session: number, round: number): readonly (readonly string[])[] {
  const player = session % PLAYERS;
  const at = STARTS_AT + session * 100;
  const common = {
    session: `ses_${round}_${session}`,
    world: `live:prv_${player % 40}`,
    person: `per_${player}`,
    player: `ply_${player}`,
    game: `gam_${session % 3}`,
    agent: player % 2 === 0 ? `agt_${player % 600}` : '',
    station: player % 2 === 0 ? `sta_${player}` : '',
    band: '16_17',
    context: CONTEXT,
  };
  const limits = { used: '1800000,1800000,0,0', limits: '3600000,10800000,-1,-1' };
  const plays = Array.from({ length: ENTRIES_PER_SESSION - 3 }, (_, index) => {
    const from = at + index * 60_000;
    return { kind: 'play', ...common, date: DATE, from: String(from), to: String(from + 30_000), leased: '0' };
  });
  const end = String(at + 420_000);
  return [
    { kind: 'opened', ...common, at: String(at), ...limits },
    ...plays,
    {
      kind: 'ended',
      ...common,
      at: end,
      cause: 'closed',
      limit: '-1',
      ordered: '-1',
      ...limits,
      overrun: '0',
      gaps: '0',
    },
    { kind: 'closed', ...common, at: end, reason: 'quit', clientEnded: '-1', verdictSeq: '-1', overrun: '0' },
  ].map((fields) => Object.entries(fields).flat());
}

async function fill(redis: Redis, round: number): Promise<void> {
  const sessions = EVENTS / ENTRIES_PER_SESSION;
  for (let first = 0; first < sessions; first += 500) {
    const pipeline = redis.pipeline();
    for (let session = first; session < Math.min(first + 500, sessions); session++) {
      const stream = streamKey(partitionName((session % PLAYERS) % PARTITIONS));
      for (const entry of entriesOf(session, round)) pipeline.xadd(stream, '*', ...entry);
    }
    await pipeline.exec();
  }
}

interface Round {
  readonly perSecond: number;
  readonly pumpedPerSecond: number;
  /** Of this process with its threads, so of an embedded database too. */
  readonly cpuUsPerEvent: number;
}

async function measure(database: Database, redis: Redis, store: RedisSessionStore, round: number): Promise<Round> {
  const { followers, pump } = openRecord({
    database,
    store,
    policies: POLICIES,
    followers: [],
    onTrouble: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
  await fill(redis, round);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  let [isPumping, pumpedAt] = [true, startedAt];
  const pumping = pump.drain().finally(() => {
    isPumping = false;
    pumpedAt = performance.now();
  });
  // As in a gateway, the followers go on while the pump does.
  while (isPumping) await followers.run();
  const { moved } = await pumping;
  await followers.run();
  const endedAt = performance.now();
  const { system, user } = process.cpuUsage(cpuBefore);
  if (moved !== EVENTS) throw new Error(`${moved} of ${EVENTS} events moved`);
  return {
    perSecond: Math.round((EVENTS * 1000) / (endedAt - startedAt)),
    pumpedPerSecond: Math.round((EVENTS * 1000) / (pumpedAt - startedAt)),
    cpuUsPerEvent: Math.round((system + user) / EVENTS),
  };
}

async function measureOn(database: Database, redis: Redis, store: RedisSessionStore): Promise<void> {
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(database, redis, store, round));
  const samples = rounds.map(({ perSecond }) => perSecond);
  const value = median(samples);
  console.log(
    JSON.stringify({
      figure: 'pump',
      what: 'events/s, projections included',
      database: database.kind,
      value,
      target: TARGET_PER_S,
      pass: value >= TARGET_PER_S,
      samples,
      pumpedPerSecond: median(rounds.map(({ pumpedPerSecond }) => pumpedPerSecond)),
      cpuUsPerEvent: median(rounds.map(({ cpuUsPerEvent }) => cpuUsPerEvent)),
      load: loadavg()[0]!.toFixed(1),
    }),
  );
}

await using server = await startRedis();
const directory = await mkdtemp(path.join(tmpdir(), 'playgate-pump-'));
const redis = new Redis(server.url);
const [requests, worker] = [createRequestClient, createWorkerClient].map((create) => create(server.url));
await Promise.all([requests!.connect(), worker!.connect()]);
const store = new RedisSessionStore({ requests: requests!, worker: worker!, partitionCount: PARTITIONS });
try {
  if (process.env.ONLY_DATABASE !== 'postgresql') {
    await using embedded = await openDatabase({ dataDir: path.join(directory, 'embedded') });
    await measureOn(embedded, redis, store);
  }
  await using postgres = await startPostgres();
  await using real = await openDatabase({ databaseUrl: postgres.url });
  await measureOn(real, redis, store);
} finally {
  redis.disconnect();
  await store.close();
  await rm(directory, { recursive: true, force: true });
}

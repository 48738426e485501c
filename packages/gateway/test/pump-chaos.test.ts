// Children play through a gateway while everything behind it is killed: the pump, Redis, PostgreSQL, in the end the gateway
// itself. Afterwards the record says what was taken, once and in order, and all three accounts of the day agree.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { dayOf } from '@playgate/policy';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../src/store/sql/open-database.ts';
import type { ChaosPlayer } from './support/chaos-player.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { openChaosPlayers } from './support/open-chaos-players.ts';
import { startPostgres } from './support/postgres-server.ts';
import { freePort, RedisServer } from './support/redis-server.ts';
import { writeTestSecrets } from './support/secrets.ts';

const PLAYERS = 8;
const ADMIN_TOKEN = 'operator-token-of-the-chaos';
const MAIN = path.join(import.meta.dirname, '../src/main.ts');
const WAIT = { timeout: 30_000, interval: 50 };

/** Every player has had so many more beats taken than now. */
async function untilTaken(players: readonly ChaosPlayer[], more: number): Promise<void> {
  const before = players.map(({ taken }) => taken);
  await expect.poll(() => players.every(({ taken }, index) => taken >= before[index]! + more), WAIT).toBe(true);
}

/** Kills, and waits until somebody was refused since. */
async function killAndRefuse(players: readonly ChaosPlayer[], kill: () => Promise<unknown>): Promise<void> {
  const before = players.map(({ refused }) => refused);
  await kill();
  await expect.poll(() => players.some(({ refused }, index) => refused > before[index]!), WAIT).toBe(true);
}

/** What was acknowledged before a kill is in the file. */
async function writeAlways(redis: RedisServer): Promise<void> {
  const client = new Redis(redis.url);
  await client.config('SET', 'appendfsync', 'always');
  client.disconnect();
}

async function runReconcile(env: Readonly<Record<string, string>>, date: string) {
  const words = ['--conditions=@playgate/source', MAIN, 'reconcile', '--date', date, '--json'];
  return promisify(execFile)(process.execPath, words, { env: { PATH: process.env.PATH, ...env } }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

async function assertRecord({ db }: Database, players: readonly ChaosPlayer[]): Promise<void> {
  const rows = await db
    .selectFrom('events')
    .select(['seq', 'kind', 'partition', 'entry_id', 'session_id'])
    .orderBy('seq')
    .execute();
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index));
  const countOf = (sessionId: string, wanted: string) =>
    rows.filter(({ kind, session_id }) => kind === wanted && session_id === sessionId).length;
  for (const { pauses, sessionId } of players) {
    const counts = ['opened', 'play', 'paused', 'resumed', 'gap', 'ended', 'closed'].map((kind) =>
      countOf(sessionId, kind),
    );
    // A run that is long enough to be measured lies before each pause.
    expect(counts, sessionId).toEqual([1, pauses, pauses, pauses - 1, 0, 1, 1]);
  }
  for (const partition of new Set(rows.map((row) => row.partition))) {
    const ids = rows
      .filter((row) => row.partition === partition)
      .map(({ entry_id }) => entry_id.split('-').map(Number));
    const sorted = ids.toSorted(([ms, n], [otherMs, other]) => ms! - otherMs! || n! - other!);
    expect(ids, partition).toEqual(sorted);
  }
}

test('whatever is killed, the record is what was played, once and in order', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'playgate-chaos-'));
  await using redis = await RedisServer.start();
  await writeAlways(redis);
  const postgres = await startPostgres();
  try {
    const env = {
      REDIS_URL: redis.url,
      DATABASE_URL: await postgres.createDatabase(),
      PLAYGATE_ADMIN_TOKEN: ADMIN_TOKEN,
      PLAYGATE_SECRETS_FILE: await writeTestSecrets(folder),
      PLAYGATE_PUBLIC_URL: 'https://playgate.test',
    };
    await using serving = await GatewayProcess.start({ ...env, PORT: String(await freePort()) });
    await using pumping = await GatewayProcess.start(env);
    const players = await openChaosPlayers(serving, ADMIN_TOKEN, PLAYERS);
    const date = dayOf('Asia/Ho_Chi_Minh', Date.now()).date;
    const playing = Promise.all(players.map((player) => player.play()));

    await untilTaken(players, 10);
    await pumping.end('SIGKILL');
    await pumping.run();

    await killAndRefuse(players, () => redis.kill());
    await redis.run();
    await writeAlways(redis);
    await untilTaken(players, 5);

    await postgres.kill();
    await untilTaken(players, 10);
    await pumping.end('SIGKILL');
    await postgres.restart();
    await untilTaken(players, 5);

    await killAndRefuse(players, () => serving.end('SIGKILL'));
    await serving.run();
    await untilTaken(players, 5);
    for (const player of players) player.isOver = true;
    await playing;

    await using database = await openDatabase({ databaseUrl: env.DATABASE_URL });
    const closed = () =>
      database.db.selectFrom('session_records').select('session_id').where('closed_at', 'is not', null).execute();
    await expect.poll(async () => (await closed()).length, WAIT).toBe(PLAYERS);
    await assertRecord(database, players);
    const { code, stderr, stdout } = await runReconcile(env, date);
    expect(code, stdout + stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ date, persons: PLAYERS, liveCompared: PLAYERS, differences: [] });
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true });
  }
});

// A pump of its own process is killed in the middle, again and again: nothing is lost and nothing is there twice.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { readLeaf } from '../src/compliance/compliance-event.ts';
import { partitionName, streamKey } from '../src/store/redis/keys.ts';
import { openDatabase } from '../src/store/sql/open-database.ts';
import { entryOf } from './support/event-log.ts';
import { startPostgres } from './support/postgres-server.ts';
import { RedisServer } from './support/redis-server.ts';

const ENTRIES = 6_000;
const PARTITIONS = 5;
const KILLS = 4;
const PUMP = new URL('./support/pump-process.ts', import.meta.url).pathname;

const startPump = (...urls: readonly string[]): ChildProcess =>
  spawn(process.execPath, ['--conditions=@playgate/source', PUMP, ...urls], { stdio: ['ignore', 'pipe', 'inherit'] });

async function untilItMoved(child: ChildProcess): Promise<void> {
  for await (const chunk of child.stdout!) if (/^[1-9]/m.test(String(chunk))) return;
}

async function fill(redis: Redis): Promise<void> {
  const pipeline = redis.pipeline();
  for (let index = 0; index < ENTRIES; index++) {
    const { fields } = entryOf('paused', {
      person: `per_${index % 50}`,
      session: `ses_${index}`,
      at: String(1_792_000_000_000 + index),
    });
    pipeline.xadd(streamKey(partitionName(index % PARTITIONS)), '*', ...Object.entries(fields).flat());
  }
  await pipeline.exec();
}

test('kill -9 of the pump loses nothing, doubles nothing and keeps the order', async () => {
  await using server = await RedisServer.start();
  const postgres = await startPostgres();
  const redis = new Redis(server.url);
  try {
    const databaseUrl = await postgres.createDatabase();
    await using database = await openDatabase({ databaseUrl });
    await fill(redis);
    const steady = startPump(server.url, databaseUrl);
    const ended = once(steady, 'exit');
    for (let kill = 0; kill < KILLS; kill++) {
      const child = startPump(server.url, databaseUrl);
      const exited = once(child, 'exit');
      await Promise.race([untilItMoved(child), new Promise((resolve) => setTimeout(resolve, 1_500))]);
      await fill(redis);
      child.kill('SIGKILL');
      await exited;
    }
    const waiting = async () => {
      const lengths = await Promise.all(
        Array.from({ length: PARTITIONS }, (_, index) => redis.xlen(streamKey(partitionName(index)))),
      );
      return lengths.reduce((total, length) => total + length, 0);
    };
    await expect.poll(waiting).toBe(0);
    steady.kill('SIGKILL');
    await ended;
    const rows = await database.db
      .selectFrom('events')
      .select(['seq', 'leaf', 'partition', 'entry_id'])
      .orderBy('seq')
      .execute();
    expect(rows).toHaveLength(ENTRIES * (KILLS + 1));
    expect(rows.every(({ seq }, index) => seq === index)).toBe(true);
    expect(rows.every(({ leaf, seq }) => readLeaf(leaf).seq === seq)).toBe(true);
    for (let index = 0; index < PARTITIONS; index++) {
      const inOrder = rows.filter(({ partition }) => partition === partitionName(index));
      const ids = inOrder.map(({ entry_id }) => entry_id.split('-').map(Number) as [number, number]);
      const sorted = [...ids].sort(([ms, n], [otherMs, other]) => ms - otherMs || n - other);
      expect(ids).toEqual(sorted);
    }
  } finally {
    redis.disconnect();
    await postgres.stop();
  }
});

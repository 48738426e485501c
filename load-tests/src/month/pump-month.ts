// Pumps the month in processes that are killed in the middle, without warning, until one comes to the end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Redis } from 'ioredis';
import { partitionName, streamKey } from '../../../packages/gateway/src/store/redis/keys.ts';
import type { Cast, CastSize } from './cast.ts';
import { entriesIn } from './delivery.ts';
import { partitionsOf } from './make-household.ts';

const CHILD = path.join(import.meta.dirname, 'pump-child.ts');
/** Shares of the month after which the pump is killed. */
const KILLED_AT = [0.3, 0.6];

export interface PumpOptions {
  readonly size: CastSize;
  readonly databaseUrl: string;
  /** Where what was trimmed is kept between two pumps. */
  readonly directory: string;
  readonly redisUrl?: string;
}

/** Tells how many kills it took. */
export async function pumpMonth({ databaseUrl, directory, redisUrl, size }: PumpOptions): Promise<number> {
  const words = [JSON.stringify(size), databaseUrl, directory, ...(redisUrl === undefined ? [] : [redisUrl])];
  const start = () =>
    spawn(process.execPath, ['--conditions=@playgate/source', CHILD, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  let [moved, kills] = [0, 0];
  for (const share of KILLED_AT) {
    const child = start();
    const exited = once(child, 'exit');
    moved += await watch(child, size.events * share - moved);
    if (child.kill('SIGKILL')) kills += 1;
    await exited;
  }
  const last = start();
  const exited = once(last, 'exit');
  await watch(last, Number.POSITIVE_INFINITY);
  const [code] = (await exited) as [number | null];
  if (code !== 0) throw new Error(`the pump ended with ${code}`);
  return kills;
}

/** Until it has moved so many, or has ended. */
async function watch(child: ChildProcess, countMax: number): Promise<number> {
  let [moved, rest] = [0, ''];
  for await (const chunk of child.stdout!) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) moved += Number(line);
    if (moved >= countMax) break;
  }
  return moved;
}

const ENTRIES_PER_PIPELINE = 1_000;

/** Puts the month into the streams of a Redis. */
export async function fillStreams(redisUrl: string, cast: Cast): Promise<number> {
  const redis = new Redis(redisUrl);
  let count = 0;
  for (const [index, partition] of partitionsOf(cast).entries()) {
    const entries = entriesIn(cast, partition);
    const stream = streamKey(partitionName(index));
    for (let at = 0; at < entries.length; at += ENTRIES_PER_PIPELINE) {
      const pipeline = redis.pipeline();
      for (const { entryId, fields } of entries.slice(at, at + ENTRIES_PER_PIPELINE)) {
        pipeline.xadd(stream, entryId, ...Object.entries(fields).flat());
      }
      await pipeline.exec();
    }
    count += entries.length;
  }
  redis.disconnect();
  return count;
}

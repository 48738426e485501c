// What a session and a minor's day take of Redis, index entries and tables of keys included: by how much its memory grows with many
// of them, which one key's own size does not tell.
import type { Redis } from 'ioredis';
import type { World } from '../bench/world.ts';

/** Keys of tables of 2^n places: half full to full, as such tables are. */
const MINORS = 24_000;
/** A day of a minor with two pauses, in one game. */
const STRETCHES = 3;
const KEYS_AT_ONCE = 1_000;

export interface RedisBytes {
  readonly redisBytesPerLiveSession: number;
  readonly redisBytesPerEndedSession: number;
  readonly redisBytesPerMinorDay: number;
}

export async function measureRedis({ redis, seed }: World): Promise<RedisBytes> {
  const empty = await usedBytes(redis);
  await seed.open(MINORS);
  const open = await usedBytes(redis);
  await forgetKeys(redis, 'pg2:{*}:*');
  const before = await usedBytes(redis);
  await seed.playAndLeave(MINORS);
  const left = await usedBytes(redis);
  await forgetKeys(redis, 'pg2:{*}:d:*');
  const withoutDays = await usedBytes(redis);
  await forgetKeys(redis, 'pg2:{*}:*');
  await seed.playStretches(MINORS / STRETCHES, STRETCHES);
  const played = await usedBytes(redis);
  await forgetKeys(redis, 'pg2:{*}:d:*');
  const playedWithoutDays = await usedBytes(redis);
  const each = (bytes: number, count = MINORS) => Math.round(bytes / count);
  return {
    redisBytesPerLiveSession: each(open - empty),
    redisBytesPerEndedSession: each(left - before - (left - withoutDays)),
    redisBytesPerMinorDay: each(played - playedWithoutDays, MINORS / STRETCHES),
  };
}

async function usedBytes(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
}

async function forgetKeys(redis: Redis, match: string): Promise<void> {
  for await (const keys of redis.scanStream({ match, count: KEYS_AT_ONCE })) {
    if ((keys as string[]).length > 0) await redis.del(keys as string[]);
  }
}

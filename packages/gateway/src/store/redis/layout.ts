// Into how many partitions a Redis is laid out: written once, checked at every start, changed only by `playgate repartition`.
import { layoutKey } from './keys.ts';
import type { RedisClient } from './redis-client.ts';

export interface Layout {
  readonly partitions: number;
  /** While keys are on their way to another number; then no gateway starts. */
  readonly movingTo?: number;
}

/** Null: nobody has used this Redis yet. */
export async function readLayout(redis: RedisClient): Promise<Layout | null> {
  const text = await redis.get(layoutKey);
  return text === null ? null : (JSON.parse(text) as Layout);
}

export async function writeLayout(redis: RedisClient, { movingTo, partitions }: Layout): Promise<void> {
  await redis.set(layoutKey, JSON.stringify({ partitions, movingTo }));
}

/** Marks a new Redis. Throws an Error for the operator where another number, or a move that was not finished, is found. */
export async function assertLayout(redis: RedisClient, partitions: number): Promise<void> {
  await redis.set(layoutKey, JSON.stringify({ partitions }), 'NX');
  const found = await readLayout(redis);
  if (found?.movingTo !== undefined) {
    throw new Error(
      `this Redis is being laid out for ${found.movingTo} partitions: end \`playgate repartition\` first`,
    );
  }
  if (found?.partitions === partitions) return;
  throw new Error(
    `this Redis is laid out for ${found?.partitions} partitions, but PLAYGATE_PARTITIONS is ${partitions}: ` +
      'set it to that, or see `playgate repartition`',
  );
}

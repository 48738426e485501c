// Moves the days of all persons to where another number of partitions puts them. Nobody else may use the books meanwhile.
//
// Sessions cannot move: their ids carry their partition, and clients hold the ids. So they have to be over, and what is left of
// them is forgotten; whoever comes back with such an id is told that it is unknown, and opens a new one. Epochs go too: a day that
// was lost before must not look whole because its new partition has lost nothing.
// Each step can be done again, so a move that was broken off is simply begun anew, to whatever number.
import { partitionName, partitionOfPerson, personOfDayKey } from './keys.ts';
import type { RedisClient } from './redis-client.ts';
import { scanKeys } from './scan-keys.ts';

const BOOKS = 'pg2:{p*}:*';
const BOOK_KEY = /^pg2:\{p\d{3}\}:(?<kind>[a-z]+)(?::|$)/;
const DAY = 'd';
const STREAM = 'ev';
/** Sessions, those of a person and of an agent, what the closer looks at, and marks. */
const FORGOTTEN: ReadonlySet<string> = new Set(['s', 'o', 'a', 'leases', 'worlds', 'epoch', 'ready', STREAM]);
const KEYS_AT_ONCE_MAX = 100;

export interface Repartitioned {
  /** Days whose partition changed. */
  readonly moved: number;
  readonly forgottenSessions: number;
}

/** Something that has to be seen to before anything is moved. */
export class RepartitionRefusedError extends Error {
  override readonly name = 'RepartitionRefusedError';
}

/** Throws a RepartitionRefusedError where entries wait, or keys are found that this version does not know. */
export async function assertMovable(redis: RedisClient): Promise<void> {
  await eachKey(redis, async (key, kind) => {
    if (kind !== DAY && !FORGOTTEN.has(kind)) {
      throw new RepartitionRefusedError(`The key ${key} is of a kind that this version does not know.`);
    }
    if (kind === STREAM && (await redis.xlen(key)) > 0) {
      throw new RepartitionRefusedError(`Events wait in ${key}: the database has to take them first.`);
    }
  });
}

/** Sessions that heartbeats are asked of and that have not ended. */
export async function countStanding(redis: RedisClient): Promise<number> {
  let standing = 0;
  await eachKey(redis, async (key, kind) => {
    if (kind !== 'leases') return;
    const ofWorld = await redis.zcard(key);
    standing += ofWorld;
  });
  return standing;
}

/** `assertMovable` first. `onMoved`: with the number of days so far. */
export async function repartition(
  redis: RedisClient,
  partitions: number,
  onMoved: (moved: number) => void,
): Promise<Repartitioned> {
  let [moved, forgottenSessions] = [0, 0];
  await eachKey(redis, async (key, kind) => {
    if (kind !== DAY) return;
    if (await moveDay(redis, key, placeOf(key, partitions))) onMoved(++moved);
  });
  await eachKey(redis, async (key, kind) => {
    if (kind === DAY) return;
    await redis.unlink(key);
    if (kind === 's') forgottenSessions++;
  });
  await eachKey(redis, async (key, kind) => {
    if (kind !== DAY || placeOf(key, partitions) !== key) throw new Error(`${key} was left where it was`);
  });
  return { moved, forgottenSessions };
}

function placeOf(key: string, partitions: number): string {
  const name = partitionName(partitionOfPerson(personOfDayKey(key), partitions));
  return key.replace(/\{p\d{3}\}/, `{${name}}`);
}

/** The copy is there before the original goes, so that being killed between the two costs nothing. */
async function moveDay(redis: RedisClient, from: string, to: string): Promise<boolean> {
  if (from === to) return false;
  const [content, ttlMs] = await Promise.all([redis.dumpBuffer(from), redis.pttl(from)]);
  // It ended meanwhile.
  if (content === null) return false;
  await redis.restore(to, Math.max(ttlMs, 0), content, 'REPLACE');
  await redis.unlink(from);
  return true;
}

async function eachKey(redis: RedisClient, take: (key: string, kind: string) => Promise<void>): Promise<void> {
  for await (const found of scanKeys(redis, BOOKS)) {
    for (let at = 0; at < found.length; at += KEYS_AT_ONCE_MAX) {
      const some = found.slice(at, at + KEYS_AT_ONCE_MAX);
      await Promise.all(some.map((key) => take(key, BOOK_KEY.exec(key)?.groups?.kind ?? '')));
    }
  }
}

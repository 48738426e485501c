import { Redis } from 'ioredis';
import { BEAT_SCRIPT, beatCall } from './beat-call.ts';

/** Status and used ms of the game. */
export type RecordBeat = (
  key: string,
  world: string,
  seq: number,
) => Promise<readonly [status: string, usedMs: number]>;

const USED_GAME = 9;

/** One EVALSHA per beat; the client writes those of one turn of the event loop at once. */
export function openScript(url: string): RecordBeat {
  const redis = new Redis(url, {
    enableAutoPipelining: true,
    scripts: { recordBeat: { lua: BEAT_SCRIPT, numberOfKeys: 1 } },
  }) as Redis & { recordBeat(...args: readonly (string | number)[]): Promise<readonly (string | number)[]> };
  return async (key, world, seq) => {
    const reply = await redis.recordBeat(...beatCall(key, world, seq, Date.now()));
    return [String(reply[0]), Number(reply[USED_GAME])];
  };
}

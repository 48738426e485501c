import { Redis } from 'ioredis';
import { BEAT_SCRIPT, beatCall, RECORDED_BYTE } from './beat-call.ts';

/** Status and used ms of the game. */
export type RecordBeat = (
  key: string,
  world: string,
  seq: number,
) => Promise<readonly [status: string, usedMs: number]>;

/** One EVALSHA per beat; the client writes those of one turn of the event loop at once. */
export function openScript(url: string): RecordBeat {
  const redis = new Redis(url, {
    enableAutoPipelining: true,
    scripts: { recordBeat: { lua: BEAT_SCRIPT, numberOfKeys: 1 } },
  }) as Redis & { recordBeatBuffer(...args: readonly (string | number)[]): Promise<readonly [Buffer]> };
  return async (key, world, seq) => {
    const [reply] = await redis.recordBeatBuffer(...beatCall(key, world, seq, Date.now()));
    if (String.fromCharCode(reply[0]!) !== RECORDED_BYTE) return ['not recorded', 0];
    return ['recorded', reply.readUInt32BE(1)];
  };
}

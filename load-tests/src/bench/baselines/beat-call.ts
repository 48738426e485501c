// The arguments of the gateway's own script for one beat, made by the gateway's own code, so that a baseline cannot fall behind it.

import { KEEP_AFTER_DAY_MS } from '../../../../packages/gateway/src/sessions/session-store.ts';
import { parseWorldName } from '../../../../packages/gateway/src/sessions/stream-entry.ts';
import { beatText } from '../../../../packages/gateway/src/store/redis/script-arguments.ts';
import { recordHeartbeats } from '../../../../packages/gateway/src/store/redis/scripts.generated.ts';
import { INTERVALS_PER_ACCOUNT_MAX } from '../../../../packages/policy/src/index.ts';

export const BEAT_SCRIPT = recordHeartbeats;
/** First byte of the answer to a beat that counted; behind it the used ms of the game, 4 bytes, big endian. */
export const RECORDED_BYTE = 'r';

/** Key and arguments of one beat. `world` is `<mode>:<provider id>`. */
export function beatCall(key: string, world: string, seq: number, now: number) {
  const beat = {
    sessionId: '',
    world: parseWorldName(world),
    seq,
    kind: 'active',
    now,
    pace: 1,
    renewal: null,
    close: null,
  } as const;
  return [key, KEEP_AFTER_DAY_MS, INTERVALS_PER_ACCOUNT_MAX, beatText(beat)] as const;
}

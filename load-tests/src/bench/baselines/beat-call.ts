// The arguments of the gateway's own script for one beat, made by the gateway's own code, so that a baseline cannot fall behind it.

import { KEEP_AFTER_DAY_MS } from '../../../../packages/gateway/src/sessions/session-store.ts';
import { beatArguments } from '../../../../packages/gateway/src/store/redis/script-arguments.ts';
import { recordHeartbeats } from '../../../../packages/gateway/src/store/redis/scripts.generated.ts';
import { INTERVALS_PER_ACCOUNT_MAX } from '../../../../packages/policy/src/index.ts';

/** As scripts/record_heartbeats.lua has it: owner, seq, kind, now; what follows is the same for every plain beat. */
const CHANGING = 4;
const REST = beatArguments({
  sessionId: '',
  world: { mode: 'test', providerId: '' },
  seq: 0,
  kind: 'active',
  now: 0,
  renewal: null,
  close: null,
}).slice(CHANGING);

export const BEAT_SCRIPT = recordHeartbeats;

/** Key and arguments of one beat. `world` is `<mode>:<provider id>`. */
export function beatCall(key: string, world: string, seq: number | string, now: number | string) {
  return [key, KEEP_AFTER_DAY_MS, INTERVALS_PER_ACCOUNT_MAX, world, seq, 'active', now, ...REST] as const;
}

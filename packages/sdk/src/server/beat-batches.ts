// Which beats go into one request: receipts differ in length, and a body has a limit.
import { BATCH_BEATS_MAX, BODY_BYTES_MAX } from '@playgate/contract/wire';

/** Of a beat with the longest id and number, without its receipt. */
const BEAT_BYTES_MAX = 160;
/** What stands around the beats. */
const AROUND_BYTES_MAX = 64;

export interface Receipted {
  /** ASCII; null: none yet. */
  readonly receipt: string | null;
}

/** In the same order, each batch within what one request may hold. */
export function* batchesOf<Session extends Receipted>(sessions: readonly Session[]): Generator<readonly Session[]> {
  let from = 0;
  let bytes = AROUND_BYTES_MAX;
  for (const [at, { receipt }] of sessions.entries()) {
    const beatBytes = BEAT_BYTES_MAX + (receipt?.length ?? 0);
    if (at - from === BATCH_BEATS_MAX || bytes + beatBytes > BODY_BYTES_MAX) {
      yield sessions.slice(from, at);
      from = at;
      bytes = AROUND_BYTES_MAX;
    }
    bytes += beatBytes;
  }
  if (from < sessions.length) yield sessions.slice(from);
}

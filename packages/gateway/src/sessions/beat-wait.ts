// How long a request with heartbeats may last: about 1.5 s, whatever is slow. A beat is on its way to the books by then or refused,
// and the call that takes it there is given up after 400 ms. What is done in between, as asking for a new plan, has the same time.
import type { BeatRequest } from './session-store.ts';

/** From the arrival of a request to when its last call of the books begins. Ends are exempt: they wait as long as it takes. */
export const BEAT_WAIT_MS_MAX = 1_000;
/**
 * The same for its first call, which leaves some time for a second with a new plan: at midnight every beat needs one. Where more
 * comes than can be done, the first in line are answered shortly before this: longer lines would make answers later, not more.
 */
export const FIRST_WAIT_MS_MAX = 800;

/** What is left of it. */
export function beatWaitLeftMs({ sinceMs }: Pick<BeatRequest, 'sinceMs'>): number {
  return sinceMs === undefined ? BEAT_WAIT_MS_MAX : BEAT_WAIT_MS_MAX - (performance.now() - sinceMs);
}

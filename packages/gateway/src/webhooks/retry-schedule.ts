// When a webhook is tried again, and when nobody waits any longer.
import type { Instant } from '@playgate/policy';

export const RETRY_FIRST_MS = 5_000;
/** 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, then every ... */
const RETRY_FACTOR = 4;
export const RETRY_MS_MAX = 6 * 3_600_000;
/** Share of a delay that is random, so that what failed together does not come back together. */
const JITTER = 0.1;
/** A day: what a provider has not taken by then it asks for itself. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;
/** An endpoint that took nothing for so long is disabled: a long weekend. */
export const DISABLE_AFTER_MS = 3 * 24 * 3_600_000;
/** Deliveries are listed for so long after they were made; longer than they are tried. */
export const DELIVERY_KEPT_MS = 7 * 24 * 3_600_000;
/** Both secrets sign for so long after one was replaced. */
export const SECRET_OVERLAP_MS = 24 * 3_600_000;

/** @param attempts made so far, 1 or more @param random 0 to 1. Null: given up. */
export function nextAttemptAt(attempts: number, createdAt: Instant, now: Instant, random: number): Instant | null {
  const delayMs = Math.min(RETRY_MS_MAX, RETRY_FIRST_MS * RETRY_FACTOR ** (attempts - 1));
  const at = now + Math.round(delayMs * (1 + JITTER * random));
  return at > createdAt + GIVE_UP_AFTER_MS ? null : at;
}

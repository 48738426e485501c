// How long to wait: pace of heartbeats and delay of retries, spread so that clients do not move in step.

/** First retry comes after about this long. */
export const BACKOFF_FIRST_MS = 1_000;
/** Well below any sensible lease, so that a gateway that is back is noticed while the session still may go on. */
export const BACKOFF_MS_MAX = 10_000;
/** A longer Retry-After is cut: no session outlives a lease of more than this without contact. */
export const RETRY_AFTER_MS_MAX = 60_000;
/** Share of a pace or of a Retry-After that is random. */
const JITTER = 0.1;

/** @param failures consecutive failures, 1 or more @param random 0 to 1 */
export function retryDelayMs(failures: number, retryAfterMs: number | null, random: number): number {
  if (retryAfterMs !== null) {
    return Math.round(Math.min(retryAfterMs, RETRY_AFTER_MS_MAX) * (1 + JITTER * random));
  }
  const ceiling = Math.min(BACKOFF_MS_MAX, BACKOFF_FIRST_MS * 2 ** (failures - 1));
  return Math.round(ceiling * (0.5 + 0.5 * random));
}

/** Never later than the gateway asked, so that no lease is missed. */
export function pacedDelayMs(nextHeartbeatMs: number, random: number): number {
  return Math.round(nextHeartbeatMs * (1 - JITTER * random));
}

/** The first beat after a start is spread over the whole interval: players who start in one second must not beat in one. */
export function firstDelayMs(nextHeartbeatMs: number, random: number): number {
  return Math.round(nextHeartbeatMs * (JITTER + (1 - JITTER) * random));
}

import type { Instant } from '@playgate/policy';

/** The only source of time. Read once per request, at the edge, and passed down. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => Date.now() };

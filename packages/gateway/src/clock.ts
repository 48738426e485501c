import type { Instant } from '@playgate/policy';

/** A source of time. Read once per request, at the edge, and passed down. */
export interface Clock {
  now(): Instant;
}

/** The machine's time of day, which goes back when the machine is set back: for what is agreed on with the world outside. */
export const systemClock: Clock = { now: () => Date.now() };

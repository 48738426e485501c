import { Fault } from '../fault.ts';
import type { Spent } from './rate-limiter.ts';

const MS_PER_S = 1000;

/** Whole seconds until the window ends, at least 1. */
export function secondsUntilReset({ resetMs }: Spent): number {
  return Math.max(1, Math.ceil(resetMs / MS_PER_S));
}

/** What a caller beyond a quota is told. */
export function tooMany(spent: Spent): Fault {
  return new Fault('rate_limited', 'Wait for as long as Retry-After says.', [], {
    retryAfterS: secondsUntilReset(spent),
  });
}

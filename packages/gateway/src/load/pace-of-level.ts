import type { Pace } from '@playgate/policy';
import type { LoadLevel } from './load-level.ts';

/** How sessions go on under a load. From the first level on: heartbeats are most of the work, and fewer of them cost nobody a minute. */
export const PACE_OF_LEVEL: Readonly<Record<LoadLevel, Pace>> = { 0: 1, 1: 2, 2: 4, 3: 4 };

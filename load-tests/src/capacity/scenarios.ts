// The demands that docs/capacity.md speaks of, what they run on and what that costs. Prices are assumptions to be replaced by the
// reader's own: list prices of virtual machines differ by a factor of three.
import type { Demand, Headroom, Prices } from './model.ts';

const HABITS = {
  heartbeatMs: 30_000,
  sessionsPerMinorDay: 3,
  entriesPerSession: 5,
  /** As the first market's evidence is kept at least: 400 days. */
  retentionDays: 400,
} as const;

/** A third of those who play on a day play in its busiest second. */
export const SCENARIOS: Readonly<Record<string, Demand>> = {
  'one studio': { ...HABITS, minorsPerDay: 30_000, concurrentMinors: 10_000 },
  'a large provider': { ...HABITS, minorsPerDay: 600_000, concurrentMinors: 200_000 },
  'a country': { ...HABITS, minorsPerDay: 3_000_000, concurrentMinors: 1_000_000 },
  'the largest market': { ...HABITS, minorsPerDay: 15_000_000, concurrentMinors: 5_000_000 },
};

export const HEADROOM: Headroom = {
  redisBusy: 0.5,
  gatewayBusy: 0.6,
  writerBusy: 0.5,
  redisMemory: 0.5,
  replicas: 1,
  sqlCopies: 2,
};

/** US dollars a month. */
export const PRICES: Prices = { core: 25, gibOfMemory: 3, gibOfDisk: 0.1 };

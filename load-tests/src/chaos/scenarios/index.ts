import type { Scenario } from '../scenario.ts';
import { clockStep } from './clock-step.ts';
import { CLUSTER_SCENARIOS } from './cluster-faults.ts';
import { CROWD_SCENARIOS } from './crowds.ts';
import { FULL_SCENARIOS } from './full-stores.ts';
import { GATEWAY_SCENARIOS } from './gateway-faults.ts';
import { REDIS_SCENARIOS } from './redis-faults.ts';

/** In the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  ...REDIS_SCENARIOS,
  ...FULL_SCENARIOS,
  ...GATEWAY_SCENARIOS,
  ...CLUSTER_SCENARIOS,
  clockStep,
  ...CROWD_SCENARIOS,
];

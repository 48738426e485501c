import type { Scenario } from '../scenario.ts';
import { CLOCK_SCENARIOS } from './clocks.ts';
import { CLUSTER_SCENARIOS } from './cluster-faults.ts';
import { FULL_SCENARIOS } from './full-stores.ts';
import { GATEWAY_SCENARIOS } from './gateway-faults.ts';
import { network } from './network.ts';
import { overload } from './overload.ts';
import { REDIS_SCENARIOS } from './redis-faults.ts';
import { SQL_SCENARIOS } from './sql-faults.ts';
import { startsTogether } from './starts-together.ts';
import { twoDevices } from './two-devices.ts';

/** In the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  network,
  ...REDIS_SCENARIOS,
  ...FULL_SCENARIOS,
  ...GATEWAY_SCENARIOS,
  ...SQL_SCENARIOS,
  ...CLUSTER_SCENARIOS,
  ...CLOCK_SCENARIOS,
  twoDevices,
  startsTogether,
  overload,
];

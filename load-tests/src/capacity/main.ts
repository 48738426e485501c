// Prints what each scenario needs, as a table or as one JSON line each (--json).
import { CONSTANTS } from './constants.ts';
import { type Plan, planCapacity } from './model.ts';
import { HEADROOM, PRICES, SCENARIOS } from './scenarios.ts';

const round = (value: number): number => Number(value.toPrecision(3));

const ROWS: readonly (readonly [label: string, of: (plan: Plan) => number])[] = [
  ['heartbeats/s', (plan) => plan.heartbeatsPerSecond],
  ['gateway processes', (plan) => plan.gateways],
  ['Redis primaries', (plan) => plan.redisShards],
  ['Redis memory, GiB, replicas included', (plan) => plan.redisMemoryGib],
  ['append-only file, MiB/s', (plan) => plan.aofMibPerSecond],
  ['events a day, million', (plan) => plan.eventsPerDay / 1_000_000],
  ['events/s in the busiest hour', (plan) => plan.eventsPerSecondAtPeak],
  ['SQL writers', (plan) => plan.sqlWriters],
  ['SQL, GiB a day', (plan) => plan.sqlGibPerDay],
  ['SQL kept, TiB', (plan) => plan.sqlGibKept / 1_024],
  ['USD a month', (plan) => plan.costPerMonth],
  ['USD a month per million daily minors', (plan) => plan.costPerMillion],
];

const plans = Object.entries(SCENARIOS).map(([name, demand]) => {
  return [name, planCapacity(demand, CONSTANTS, HEADROOM, PRICES)] as const;
});
if (process.argv.includes('--json')) {
  for (const [scenario, plan] of plans) process.stdout.write(`${JSON.stringify({ scenario, ...plan })}\n`);
} else {
  const lines = [
    ['', ...plans.map(([name]) => name)],
    ['---', ...plans.map(() => '---:')],
    ...ROWS.map(([label, of]) => [label, ...plans.map(([, plan]) => round(of(plan)).toLocaleString('en-US'))]),
  ];
  process.stdout.write(`${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`);
}

// The tables of docs/capacity.md.
import { CONSTANTS, MEASURED } from './constants.ts';
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

export const PLANS: readonly (readonly [scenario: string, plan: Plan])[] = Object.entries(SCENARIOS).map(
  ([name, demand]) => [name, planCapacity(demand, CONSTANTS, HEADROOM, PRICES)],
);

/** As `alignment` of markdown has it: one for each column. */
function tableOf(alignment: readonly ('---' | '---:')[], rows: readonly (readonly string[])[]): readonly string[] {
  const [head, ...body] = rows;
  const widths = head!.map((_, column) => Math.max(...[alignment, ...rows].map((row) => row[column]!.length)));
  const line = (cells: readonly string[], fill: (cell: string, column: number) => string) =>
    `| ${cells.map(fill).join(' | ')} |`;
  const pad = (cell: string, column: number) =>
    alignment[column] === '---' ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  const rule = (cell: string, column: number) =>
    cell === '---' ? '-'.repeat(widths[column]!) : `${'-'.repeat(widths[column]! - 1)}:`;
  return [line(head!, pad), line(alignment, rule), ...body.map((cells) => line(cells, pad))];
}

export const constantsTable = (): readonly string[] =>
  tableOf(
    ['---', '---:', '---'],
    [
      ['constant', 'value', 'how it was measured'],
      ...Object.values(MEASURED).map(({ how, unit, value, what }) => [
        what,
        `${value.toLocaleString('en-US')} ${unit}`,
        how,
      ]),
    ],
  );

export const plansTable = (): readonly string[] =>
  tableOf(
    ['---', ...PLANS.map(() => '---:' as const)],
    [
      ['', ...PLANS.map(([name]) => name)],
      ...ROWS.map(([label, of]) => [label, ...PLANS.map(([, plan]) => round(of(plan)).toLocaleString('en-US'))]),
    ],
  );

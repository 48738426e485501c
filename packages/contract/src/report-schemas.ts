// The published JSON Schemas of what reports give: one per format, made from the schemas of the wire, so that neither can drift.
import { REFUSAL_REASONS } from '@playgate/policy';
import * as z from 'zod';
import { accessLogPage } from './schemas/access-log.ts';
import { dailyReport, dailyReportLine } from './schemas/report-daily.ts';
import { periodicReport } from './schemas/report-periodic.ts';
import { sortKeys } from './sort-keys.ts';
import { ASSURANCES, MODES, REPORT_DIMENSIONS } from './vocabulary.ts';

const DIMENSION_KEYS = {
  provider: 'providerId',
  game: 'gameId',
  agent: 'agentId',
  province: 'province',
  day: 'day',
} as const satisfies Record<(typeof REPORT_DIMENSIONS)[number], string>;

/** The key of a dimension in a row. */
export const dimensionKey = (dimension: (typeof REPORT_DIMENSIONS)[number]) => DIMENSION_KEYS[dimension];

const QUANTILES = ['p50', 'p95', 'max'] as const;
const dotted = (name: string, parts: readonly string[]) => parts.map((part) => `${name}.${part}`);

/** Columns of the CSV after the dimensions, in order: the figures by their path in a row of JSON. */
export const DAILY_FIGURE_COLUMNS: readonly string[] = [
  'players',
  'minors',
  'sessions',
  'playMs',
  'limitReached',
  ...dotted('deniedByReason', REFUSAL_REASONS),
  'overrunMs',
  ...dotted('timeToEnforceMs', QUANTILES),
  ...dotted('limitToOrderMs', QUANTILES),
  ...dotted('orderToEndMs', QUANTILES),
  'unacknowledgedEnds',
  'fallbackDecisions',
  'fallbackShare',
  'gaps',
  ...dotted('assurance', ASSURANCES),
  'agentHourBreaches',
  'correctionsMs',
];

/** Columns of every CSV of a report that say what it covers, by their path in the head of the JSON. They end each line. */
export const REPORT_COVERAGE_COLUMNS = [
  'mode',
  'zone',
  'scope.providerIds',
  'scope.provinces',
  'filters.providerId',
  'filters.gameId',
  'filters.agentId',
  'filters.province',
] as const;
export type ReportCoverageColumn = (typeof REPORT_COVERAGE_COLUMNS)[number];

const text = z.string();
const numeric = z.string().regex(/^(?:-?\d+(?:\.\d+)?)?$/);
const flag = z.enum(['true', 'false']);
/** Lists have `; ` between; without a text it is not narrowed, `[]` lets nothing through. */
const coverage = {
  ...(Object.fromEntries(REPORT_COVERAGE_COLUMNS.map((name) => [name, text])) as Record<
    ReportCoverageColumn,
    typeof text
  >),
  mode: z.enum(MODES),
};

/** One record of the CSV as a parser gives it, by the names of the first line; an empty text is none. */
const dailyCsvRecord = z.strictObject({
  row: z.enum(['group', 'totals']),
  ...Object.fromEntries(REPORT_DIMENSIONS.map((dimension) => [DIMENSION_KEYS[dimension], text.optional()])),
  suppressed: flag,
  ...Object.fromEntries(DAILY_FIGURE_COLUMNS.map((name) => [name, numeric])),
  from: z.iso.date(),
  to: z.iso.date(),
  closed: flag,
  revision: numeric,
  ...coverage,
});

/** Columns of the form stand between `row` and `suppressed`. */
const periodicCsvRecord = z
  .object({
    row: z.enum(['group', 'totals']),
    suppressed: flag,
    form: text,
    period: text,
    from: z.iso.date(),
    to: z.iso.date(),
    closed: flag,
    revision: numeric,
    ...coverage,
  })
  .catchall(text);

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'daily-report.v1.json': dailyReport,
  'daily-report-line.v1.json': dailyReportLine,
  'daily-report-csv.v1.json': dailyCsvRecord,
  'periodic-report.v1.json': periodicReport,
  'periodic-report-csv.v1.json': periodicCsvRecord,
  'access-log.v1.json': accessLogPage,
};

export const REPORT_SCHEMA_NAMES = Object.keys(SCHEMAS);

/** JSON Schema (draft 2020-12) of one format, keys sorted; undefined: there is none of this name. Unknown fields are allowed. */
export function reportSchema(name: string): Readonly<Record<string, unknown>> | undefined {
  const schema = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
  if (schema === undefined) return undefined;
  const document = z.toJSONSchema(schema, { io: 'output', metadata: z.registry(), unrepresentable: 'any' });
  return sortKeys(loosen({ ...document, $id: `/schemas/${name}` })) as Readonly<Record<string, unknown>>;
}

/** The committed file, byte for byte. */
export const renderReportSchema = (name: string): string => `${JSON.stringify(reportSchema(name), null, 2)}\n`;

/** A later version may say more: clients ignore fields they do not know, and so does the schema. */
function loosen(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(loosen);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, item]) => key !== 'additionalProperties' || item !== false);
  return Object.fromEntries(entries.map(([key, item]) => [key, loosen(item)]));
}

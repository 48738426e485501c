// A periodic form, filled in from the cells of its window. Columns are data; this file knows units and names, no form.
import { type ColumnUnit, limits, type periodicReport } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type * as z from 'zod';
import {
  keyFields,
  makeReport,
  type Report,
  type ReportPorts,
  type ReportRequest,
  type ReportRow,
} from './daily-report.ts';
import { figureAt } from './figures.ts';
import { type FormDocument, type FormPeriod, publicForm, TEXT_SOURCES } from './report-form.ts';
import type { ReportNames } from './report-source.ts';

export type PeriodicReport = z.output<typeof periodicReport>;
type PeriodicRow = PeriodicReport['rows'][number];

export interface PeriodicRequest extends Pick<ReportRequest, 'audience' | 'zone' | 'filters'> {
  readonly form: FormDocument;
  /** As it was asked for: `2026-H2`. */
  readonly period: string;
  readonly window: FormPeriod;
  readonly now: Instant;
}

/** Throws as `makeReport` does. */
export async function makePeriodicReport(ports: ReportPorts, request: PeriodicRequest): Promise<PeriodicReport> {
  const { form, period, window, ...rest } = request;
  const { from, to } = window;
  const report = await makeReport(ports, { ...rest, from, to, groupBy: form.groupBy });
  const names = await ports.source.readNames(idsOf(report, 'providerId'), idsOf(report, 'agentId'));
  const rowOf = ({ figures, suppressed }: Omit<ReportRow, 'key'>, texts: Texts): PeriodicRow => ({
    suppressed,
    cells: Object.fromEntries(
      form.columns.map(({ id, source, unit }) => [
        id,
        Object.hasOwn(TEXT_SOURCES, source) ? (texts[source] ?? null) : inUnit(figureAt(figures, source), unit),
      ]),
    ),
  });
  return {
    report: 'periodic',
    form: publicForm(form),
    period,
    due: [...window.due],
    ...report.head,
    rows: report.rows.map((row) => rowOf(row, textsOf(report, row, names))),
    totals: rowOf(report.totals, {}),
  };
}

type Texts = Readonly<Record<string, string | null>>;

function idsOf({ groupBy, rows }: Report, field: 'providerId' | 'agentId'): readonly string[] {
  const ids = rows.map(({ key }) => keyFields(groupBy, key)[field]);
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

function textsOf({ groupBy }: Report, { key }: ReportRow, names: ReportNames): Texts {
  const fields = keyFields(groupBy, key);
  const agent = fields.agentId ? names.agents.get(fields.agentId) : undefined;
  return {
    ...fields,
    providerName: (fields.providerId && names.providers.get(fields.providerId)) || null,
    agentName: agent?.name ?? null,
    licenceNo: agent?.licenceNo ?? null,
  };
}

const MS_PER_UNIT = { minutes: 60_000, seconds: 1_000 } as const;
/** Digits of a percentage after the point. */
const PERCENT_UNIT = 100;

/** Whole minutes, rounded half up; seconds with three digits, percent with two. */
export function inUnit(value: number | null, unit: ColumnUnit): number | null {
  if (value === null) return null;
  if (unit === 'minutes') return Math.round(value / MS_PER_UNIT.minutes);
  if (unit === 'seconds') return value / MS_PER_UNIT.seconds;
  if (unit === 'percent') return Math.round(value * 100 * PERCENT_UNIT) / PERCENT_UNIT;
  return value;
}

/** Figures of fewer persons are shown as this where there is room for a text. */
export const WITHHELD_MARK = `< ${limits.REPORT_CELL_PEOPLE_MIN}`;

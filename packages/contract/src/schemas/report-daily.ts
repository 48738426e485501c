// The daily report in its formats. A row has one key per dimension asked for, and no other.
import * as z from 'zod';
import {
  ID_LENGTH_MAX,
  PROVINCE_LENGTH_MAX,
  REPORT_CURSOR_LENGTH_MAX,
  REPORT_PAGE_ROWS_MAX,
  SCOPE_PROVIDERS_MAX,
  SCOPE_PROVINCES_MAX,
  ZONE_LENGTH_MAX,
} from '../limits.ts';
import { MODES, REPORT_DIMENSIONS } from '../vocabulary.ts';
import { reportFigures } from './report-figures.ts';
import { calendarDate, durationMs, instant } from './time.ts';

const id = z.string().max(ID_LENGTH_MAX);
const province = z.string().max(PROVINCE_LENGTH_MAX);

const dimensions = {
  providerId: id.optional(),
  gameId: id.optional(),
  agentId: id.nullable().optional().meta({ description: 'Null: played at no agent.' }),
  province: province.nullable().optional().meta({ description: 'Of the agent; null: played at no agent.' }),
  day: calendarDate.optional(),
};

const suppressed = z.boolean().meta({ description: 'True: the figures are withheld, and null.' });

const row = z.object({ ...dimensions, suppressed, ...reportFigures.shape }).meta({ id: 'ReportRow' });
const totals = z.object({ suppressed, ...reportFigures.shape }).meta({ id: 'ReportTotals' });

/** What and whom figures are about, and whether they can still change. */
export const reportHead = {
  from: calendarDate,
  to: calendarDate,
  zone: z
    .string()
    .max(ZONE_LENGTH_MAX)
    .meta({ description: 'Of the calendar days.', examples: ['Asia/Ho_Chi_Minh'] }),
  mode: z.enum(MODES),
  scope: z
    .object({
      providerIds: z.array(id).max(SCOPE_PROVIDERS_MAX).nullable(),
      provinces: z.array(province).max(SCOPE_PROVINCES_MAX).nullable(),
    })
    .meta({ id: 'ReportScope', description: 'What the caller may see; null: not narrowed.' }),
  filters: z
    .object({
      providerId: id.nullable(),
      gameId: id.nullable(),
      agentId: id.nullable(),
      province: province.nullable(),
    })
    .meta({ id: 'ReportFilters' }),
  closed: z.boolean().meta({
    description: 'True: every day asked for is closed, and the same query gives these bytes in this revision.',
  }),
  closesAt: instant.nullable().meta({
    description: 'When the last day closes: its end and `graceMs`. Null: test worlds seen from outside never do.',
  }),
  revision: z.int().min(1).nullable().meta({
    description: '1 as the days closed, one more for each entry that came for them later. Null: they are not closed.',
  }),
  entries: z.int().min(0).nullable().meta({
    description:
      'The figures follow from so many entries of the evidence, from the first on. Null: the days are not closed.',
  }),
  graceMs: durationMs,
  cellPeopleMin: z.int().min(0).nullable().meta({
    description: 'Figures of fewer persons are withheld; null: nothing is, the caller has a named scope.',
  }),
} as const;

export const dailyReport = z
  .object({
    report: z.literal('daily'),
    ...reportHead,
    groupBy: z.array(z.enum(REPORT_DIMENSIONS)).min(1).max(REPORT_DIMENSIONS.length),
    rows: z.array(row).max(REPORT_PAGE_ROWS_MAX),
    rowCount: z.int().min(0).meta({ description: 'Of all pages.' }),
    totals: totals.meta({ description: 'Over all rows of all pages; a person in several rows counts once.' }),
    nextCursor: z.string().max(REPORT_CURSOR_LENGTH_MAX).nullable(),
  })
  .meta({ id: 'DailyReport' });

/** A line of the JSON lines: the head first, then the rows, the totals last. */
export const dailyReportLine = z.union([
  z.object({ line: z.literal('head'), ...dailyReport.omit({ rows: true, totals: true, nextCursor: true }).shape }),
  z.object({ line: z.literal('row'), ...row.shape }),
  z.object({ line: z.literal('totals'), ...totals.shape }),
]);

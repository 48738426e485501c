// Periodic forms and what they give: columns as data, rows by column id.
import * as z from 'zod';
import {
  CITE_LENGTH_MAX,
  NAME_LENGTH_MAX,
  REPORT_COLUMNS_MAX,
  REPORT_FORMS_MAX,
  REPORT_ROWS_MAX,
  WORD_LENGTH_MAX,
} from '../limits.ts';
import { COLUMN_UNITS, PERIOD_KINDS, REPORT_DIMENSIONS } from '../vocabulary.ts';
import { reportHead } from './report-daily.ts';
import { formId, period } from './report-query.ts';
import { localizedText } from './text.ts';
import { calendarDate } from './time.ts';

const cite = z.string().max(CITE_LENGTH_MAX);
const verified = z.boolean().meta({ description: 'False: nobody has checked it against the text of the law.' });
const columnId = z.string().max(WORD_LENGTH_MAX);

const column = z
  .object({ id: columnId, label: localizedText, unit: z.enum(COLUMN_UNITS), source: z.string().max(NAME_LENGTH_MAX) })
  .meta({ id: 'FormColumn', description: '`source` is the figure of the daily report, or what tells the row.' });

export const reportForm = z
  .object({
    id: formId,
    version: z.int().min(1),
    title: localizedText,
    periodKind: z.enum(PERIOD_KINDS),
    cite,
    verified,
    note: localizedText,
    groupBy: z.array(z.enum(REPORT_DIMENSIONS)).min(1).max(REPORT_DIMENSIONS.length),
    columns: z.array(column).min(1).max(REPORT_COLUMNS_MAX),
  })
  .meta({ id: 'ReportForm' });

export const reportForms = z.object({ forms: z.array(reportForm).max(REPORT_FORMS_MAX) });

const cells = z.record(columnId, z.union([z.string().max(NAME_LENGTH_MAX), z.number(), z.null()]));
const row = z.object({ suppressed: z.boolean(), cells }).meta({ id: 'PeriodicRow' });

export const periodicReport = z
  .object({
    report: z.literal('periodic'),
    form: reportForm,
    period,
    due: z.array(z.object({ on: calendarDate, label: localizedText })).max(REPORT_COLUMNS_MAX),
    ...reportHead,
    rows: z.array(row).max(REPORT_ROWS_MAX),
    totals: row,
  })
  .meta({ id: 'PeriodicReport' });

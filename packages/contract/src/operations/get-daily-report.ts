import * as z from 'zod';
import { REPORT_PAGE_ROWS_DEFAULT, REPORT_PAGE_ROWS_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { dailyReport } from '../schemas/report-daily.ts';
import { groupBy, reportCursor, reportFilters } from '../schemas/report-query.ts';
import { calendarDate } from '../schemas/time.ts';
import { DAILY_REPORT_FORMATS } from '../vocabulary.ts';

export const getDailyReport = defineOperation({
  operationId: 'getDailyReport',
  method: 'GET',
  path: '/v1/reports/daily',
  tag: 'Reports',
  summary: 'Read figures of play and enforcement by day',
  description:
    'Days are those of the policy’s zone. A closed day gives the same bytes each time. JSON is canonical (RFC 8785) and comes ' +
    'in pages; CSV and JSON lines hold every row. The signature is over the bytes of the body.',
  auth: ['regulator', 'secret'],
  browser: false,
  idempotent: false,
  purpose: true,
  query: z.strictObject({
    from: calendarDate.meta({ description: 'First day.' }),
    to: calendarDate.meta({ description: 'Last day, itself counted.' }),
    groupBy: groupBy.optional(),
    format: z.enum(DAILY_REPORT_FORMATS).optional().meta({ description: '`json` if left out.' }),
    ...reportFilters,
    cursor: reportCursor.optional(),
    limit: z
      .string()
      .max(4)
      .regex(/^[1-9]\d*$/, 'must be a whole number')
      .refine((text) => Number(text) <= REPORT_PAGE_ROWS_MAX, `must be at most ${REPORT_PAGE_ROWS_MAX}`)
      .optional()
      .meta({ description: `Rows on a page of JSON; ${REPORT_PAGE_ROWS_DEFAULT} if left out.` }),
  }),
  responses: {
    200: {
      description: 'The report, or a page of it.',
      schema: dailyReport,
      otherMediaTypes: ['text/csv', 'application/x-ndjson'],
      isSigned: true,
    },
  },
  errors: ['unprocessable'],
});

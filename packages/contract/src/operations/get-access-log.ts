import * as z from 'zod';
import { ACCESS_LOG_DAYS_DEFAULT } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { accessLogPage } from '../schemas/access-log.ts';
import { reportCursor } from '../schemas/report-query.ts';
import { calendarDate } from '../schemas/time.ts';

export const getAccessLog = defineOperation({
  operationId: 'getAccessLog',
  method: 'GET',
  path: '/v1/reports/access-log',
  tag: 'Reports',
  summary: 'Read which regulator asked for what, and why',
  description: 'A regulator sees its own calls, this one too; the operator sees all. Oldest first, by real time.',
  auth: ['regulator', 'operator'],
  browser: false,
  idempotent: false,
  purpose: true,
  query: z.strictObject({
    from: calendarDate
      .optional()
      .meta({ description: `First day; ${ACCESS_LOG_DAYS_DEFAULT} days up to \`to\` if left out.` }),
    to: calendarDate.optional().meta({ description: 'Last day, itself counted; today if left out.' }),
    cursor: reportCursor.optional(),
  }),
  responses: { 200: { description: 'One page.', schema: accessLogPage, isSigned: true } },
});

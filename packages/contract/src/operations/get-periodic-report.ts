import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { periodicReport } from '../schemas/report-periodic.ts';
import { formId, period, reportFilters } from '../schemas/report-query.ts';
import { PERIODIC_REPORT_FORMATS } from '../vocabulary.ts';

export const getPeriodicReport = defineOperation({
  operationId: 'getPeriodicReport',
  method: 'GET',
  path: '/v1/reports/periodic',
  tag: 'Reports',
  summary: 'Fill in a periodic form',
  description:
    'Forms are data: `GET /v1/reports/forms` lists them with their columns, where each figure comes from and when they are due.',
  auth: ['regulator', 'secret'],
  browser: false,
  idempotent: false,
  purpose: true,
  query: z.strictObject({
    form: formId,
    period,
    format: z.enum(PERIODIC_REPORT_FORMATS).optional().meta({ description: '`json` if left out.' }),
    ...reportFilters,
  }),
  responses: {
    200: {
      description: 'The form, filled in.',
      schema: periodicReport,
      otherMediaTypes: ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
      isSigned: true,
    },
  },
  errors: ['unprocessable'],
});

import { defineOperation } from '../operation.ts';
import { reportForms } from '../schemas/report-periodic.ts';

export const listReportForms = defineOperation({
  operationId: 'listReportForms',
  method: 'GET',
  path: '/v1/reports/forms',
  tag: 'Reports',
  summary: 'List the periodic forms',
  auth: ['regulator', 'secret'],
  browser: false,
  idempotent: false,
  purpose: true,
  responses: { 200: { description: 'All of them.', schema: reportForms } },
});

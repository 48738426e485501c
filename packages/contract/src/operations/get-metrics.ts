import * as z from 'zod';
import { defineOperation } from '../operation.ts';

export const getMetrics = defineOperation({
  operationId: 'getMetrics',
  method: 'GET',
  path: '/metrics',
  tag: 'Public',
  summary: 'Read the metrics',
  auth: ['none'],
  browser: false,
  idempotent: false,
  responses: {
    200: { description: 'Prometheus text format.', schema: z.string(), mediaType: 'text/plain' },
  },
});

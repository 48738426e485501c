import * as z from 'zod';
import { defineOperation } from '../operation.ts';

export const getDocs = defineOperation({
  operationId: 'getDocs',
  method: 'GET',
  path: '/docs',
  tag: 'Public',
  summary: 'Read the reference in a browser',
  auth: ['none'],
  browser: false,
  idempotent: false,
  responses: {
    200: { description: 'A page.', schema: z.string(), mediaType: 'text/html' },
  },
});

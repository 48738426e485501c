import * as z from 'zod';
import { defineOperation } from '../operation.ts';

export const getHealth = defineOperation({
  operationId: 'getHealth',
  method: 'GET',
  path: '/healthz',
  tag: 'Public',
  summary: 'Tell whether the process lives',
  auth: ['none'],
  browser: false,
  idempotent: false,
  responses: {
    200: { description: 'It lives.', schema: z.object({ status: z.literal('ok') }) },
  },
});

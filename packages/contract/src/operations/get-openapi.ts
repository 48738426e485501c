import * as z from 'zod';
import { defineOperation } from '../operation.ts';

export const getOpenapi = defineOperation({
  operationId: 'getOpenapi',
  method: 'GET',
  path: '/openapi.json',
  tag: 'Public',
  summary: 'Read this document',
  auth: ['none'],
  browser: false,
  idempotent: false,
  responses: {
    200: { description: 'OpenAPI 3.1.', schema: z.object({ openapi: z.string() }).meta({ id: 'OpenapiDocument' }) },
  },
});

import * as z from 'zod';
import { NAME_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';

export const getReportSchema = defineOperation({
  operationId: 'getReportSchema',
  method: 'GET',
  path: '/schemas/{schemaName}',
  tag: 'Public',
  summary: 'Read the JSON Schema of a report format',
  auth: ['none'],
  browser: false,
  idempotent: false,
  params: z.strictObject({
    schemaName: z
      .string()
      .max(NAME_LENGTH_MAX)
      .regex(/^[a-z0-9.-]+$/, 'must be the name of a schema')
      .meta({ description: 'With its ending.', examples: ['daily-report.v1.json'] }),
  }),
  responses: {
    200: {
      description: 'JSON Schema, draft 2020-12.',
      schema: z.looseObject({ $id: z.string().max(NAME_LENGTH_MAX) }),
      mediaType: 'application/schema+json',
    },
  },
});

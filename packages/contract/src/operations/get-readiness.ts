import * as z from 'zod';
import { NAME_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';

const check = z.string().max(NAME_LENGTH_MAX).meta({ description: '`ok`, or what is wrong.' });

const readiness = z
  .object({
    checks: z.object({ redis: check, database: check, clock: check }),
    store: z.enum(['redis', 'memory']).optional().meta({ description: 'Where the books of the day are kept.' }),
  })
  .meta({ id: 'Readiness' });

export const getReadiness = defineOperation({
  operationId: 'getReadiness',
  method: 'GET',
  path: '/readyz',
  tag: 'Public',
  summary: 'Tell whether the gateway can serve',
  auth: ['none'],
  browser: false,
  idempotent: false,
  responses: {
    200: { description: 'Everything it needs answers.', schema: readiness },
    503: { description: 'A check failed; send traffic elsewhere.', schema: readiness },
  },
});

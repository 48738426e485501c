import * as z from 'zod';
import { NAME_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { replyIds } from '../schemas/ids.ts';
import { printable } from '../schemas/text.ts';

export const createProvider = defineOperation({
  operationId: 'createProvider',
  method: 'POST',
  path: '/v1/admin/providers',
  tag: 'Operator',
  summary: 'Register a provider',
  auth: ['operator'],
  browser: false,
  idempotent: true,
  body: z.strictObject({ name: printable(NAME_LENGTH_MAX) }),
  responses: {
    201: { description: 'Registered.', schema: z.object({ providerId: replyIds.providerId }) },
  },
});

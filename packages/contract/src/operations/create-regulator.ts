import * as z from 'zod';
import {
  API_KEY_LENGTH_MAX,
  NAME_LENGTH_MAX,
  PROVINCE_LENGTH_MAX,
  SCOPE_PROVIDERS_MAX,
  SCOPE_PROVINCES_MAX,
} from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { replyIds, requestIds } from '../schemas/ids.ts';
import { printable } from '../schemas/text.ts';

const scope = z
  .strictObject({
    provinces: z.array(printable(PROVINCE_LENGTH_MAX)).max(SCOPE_PROVINCES_MAX).optional(),
    providerIds: z.array(requestIds.providerId).max(SCOPE_PROVIDERS_MAX).optional(),
  })
  .meta({ description: 'What the regulator may see; a list left out does not narrow it.' });

export const createRegulator = defineOperation({
  operationId: 'createRegulator',
  method: 'POST',
  path: '/v1/admin/regulators',
  tag: 'Operator',
  summary: 'Register a regulator',
  description: 'Only the hash of the key is kept.',
  auth: ['operator'],
  browser: false,
  idempotent: true,
  shownOnce: 'key',
  body: z.strictObject({ name: printable(NAME_LENGTH_MAX), scope: scope.optional() }),
  responses: {
    201: {
      description: 'Registered.',
      schema: z.object({
        regulatorId: replyIds.regulatorId,
        keyId: replyIds.keyId,
        key: z.string().max(API_KEY_LENGTH_MAX),
      }),
    },
  },
});

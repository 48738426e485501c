import * as z from 'zod';
import { API_KEY_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { replyIds, requestIds } from '../schemas/ids.ts';
import { KEY_KINDS, MODES } from '../vocabulary.ts';

export const issueKey = defineOperation({
  operationId: 'issueKey',
  method: 'POST',
  path: '/v1/admin/providers/{providerId}/keys',
  tag: 'Operator',
  summary: 'Issue a key to a provider',
  description: 'Only the hash of the key is kept.',
  auth: ['operator'],
  browser: false,
  idempotent: true,
  shownOnce: 'key',
  params: z.strictObject({ providerId: requestIds.providerId }),
  body: z.strictObject({ kind: z.enum(KEY_KINDS), mode: z.enum(MODES) }),
  responses: {
    201: {
      description: 'Issued.',
      schema: z.object({ keyId: replyIds.keyId, key: z.string().max(API_KEY_LENGTH_MAX) }),
    },
  },
});

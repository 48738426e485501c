import * as z from 'zod';
import { API_KEY_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { replyIds, requestIds } from '../schemas/ids.ts';

export const issueRegulatorKey = defineOperation({
  operationId: 'issueRegulatorKey',
  method: 'POST',
  path: '/v1/admin/regulators/{regulatorId}/keys',
  tag: 'Operator',
  summary: 'Issue another key to a regulator',
  description: 'Those it has go on until they are revoked. Only the hash of the key is kept.',
  auth: ['operator'],
  browser: false,
  idempotent: true,
  shownOnce: 'key',
  params: z.strictObject({ regulatorId: requestIds.regulatorId }),
  responses: {
    201: {
      description: 'Issued.',
      schema: z.object({ keyId: replyIds.keyId, key: z.string().max(API_KEY_LENGTH_MAX) }),
    },
  },
});

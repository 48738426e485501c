import * as z from 'zod';
import { API_KEY_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { replyIds, requestIds } from '../schemas/ids.ts';

export const issueAgentKey = defineOperation({
  operationId: 'issueAgentKey',
  method: 'POST',
  path: '/v1/admin/agents/{agentId}/keys',
  tag: 'Operator',
  summary: 'Issue another key to an agent',
  description: 'Those it has go on until they are revoked. Only the hash of the key is kept.',
  auth: ['operator'],
  browser: false,
  idempotent: true,
  shownOnce: 'key',
  params: z.strictObject({ agentId: requestIds.agentId }),
  responses: {
    201: {
      description: 'Issued.',
      schema: z.object({ keyId: replyIds.keyId, key: z.string().max(API_KEY_LENGTH_MAX) }),
    },
  },
});

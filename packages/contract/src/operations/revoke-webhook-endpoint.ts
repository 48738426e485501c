import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { requestIds } from '../schemas/ids.ts';

export const revokeWebhookEndpoint = defineOperation({
  operationId: 'revokeWebhookEndpoint',
  method: 'DELETE',
  path: '/v1/webhook-endpoints/{endpointId}',
  tag: 'Webhooks',
  summary: 'Delete an endpoint',
  description: 'What waits to be sent to it is dropped.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ endpointId: requestIds.endpointId }),
  responses: { 204: { description: 'Deleted.', schema: null } },
});

import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { replyIds, requestIds } from '../schemas/ids.ts';
import { webhookAttempt } from '../schemas/webhook.ts';

export const createWebhookTest = defineOperation({
  operationId: 'createWebhookTest',
  method: 'POST',
  path: '/v1/webhook-endpoints/{endpointId}/tests',
  tag: 'Webhooks',
  summary: 'Send a test event',
  description: 'Sent once, while the caller waits. An endpoint that was disabled and takes it is in use again.',
  auth: ['secret'],
  browser: false,
  idempotent: true,
  params: z.strictObject({ endpointId: requestIds.endpointId }),
  responses: {
    201: {
      description: 'What came of it.',
      schema: z.object({ eventId: replyIds.eventId, delivered: z.boolean(), ...webhookAttempt }),
    },
  },
});

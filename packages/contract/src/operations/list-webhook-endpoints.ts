import * as z from 'zod';
import { WEBHOOK_ENDPOINTS_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { webhookEndpoint } from '../schemas/webhook.ts';

export const listWebhookEndpoints = defineOperation({
  operationId: 'listWebhookEndpoints',
  method: 'GET',
  path: '/v1/webhook-endpoints',
  tag: 'Webhooks',
  summary: 'List the endpoints of the world',
  description:
    'One that has failed for days is disabled and says so here; a test event that it takes puts it back in use.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  responses: {
    200: {
      description: 'All of them, oldest first.',
      schema: z.object({ endpoints: z.array(webhookEndpoint).max(WEBHOOK_ENDPOINTS_MAX) }),
    },
  },
});

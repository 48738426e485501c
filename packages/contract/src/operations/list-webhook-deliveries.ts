import * as z from 'zod';
import { WEBHOOK_DELIVERIES_LISTED_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { requestIds } from '../schemas/ids.ts';
import { webhookDelivery } from '../schemas/webhook.ts';

export const listWebhookDeliveries = defineOperation({
  operationId: 'listWebhookDeliveries',
  method: 'GET',
  path: '/v1/webhook-endpoints/{endpointId}/deliveries',
  tag: 'Webhooks',
  summary: 'List what was sent to an endpoint lately',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ endpointId: requestIds.endpointId }),
  responses: {
    200: {
      description: `The newest ${WEBHOOK_DELIVERIES_LISTED_MAX}, newest first.`,
      schema: z.object({ deliveries: z.array(webhookDelivery).max(WEBHOOK_DELIVERIES_LISTED_MAX) }),
    },
  },
});

import * as z from 'zod';
import { WEBHOOK_ENDPOINTS_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { replyIds } from '../schemas/ids.ts';
import { instant } from '../schemas/time.ts';
import { endpointUrl, webhookEventTypes, webhookSecret } from '../schemas/webhook.ts';
import { WEBHOOK_EVENT_TYPES } from '../vocabulary.ts';

export const createWebhookEndpoint = defineOperation({
  operationId: 'createWebhookEndpoint',
  method: 'POST',
  path: '/v1/webhook-endpoints',
  tag: 'Webhooks',
  summary: 'Have events sent to an address',
  description:
    'Events of this world are posted there from now on, signed as Standard Webhooks. https to a public address; a test world ' +
    `may also name this machine (http on loopback). A world has at most ${WEBHOOK_ENDPOINTS_MAX}.`,
  auth: ['secret'],
  browser: false,
  idempotent: true,
  shownOnce: 'secret',
  body: z.strictObject({ endpointUrl, eventTypes: webhookEventTypes.default([...WEBHOOK_EVENT_TYPES]) }),
  responses: {
    201: {
      description: 'The endpoint and its secret.',
      schema: z.object({
        endpointId: replyIds.endpointId,
        endpointUrl,
        eventTypes: webhookEventTypes,
        secret: webhookSecret,
        createdAt: instant,
      }),
    },
  },
  errors: ['unprocessable', 'conflict'],
});

import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { replyIds, requestIds } from '../schemas/ids.ts';
import { instant } from '../schemas/time.ts';
import { webhookSecret } from '../schemas/webhook.ts';

export const issueWebhookSecret = defineOperation({
  operationId: 'issueWebhookSecret',
  method: 'POST',
  path: '/v1/webhook-endpoints/{endpointId}/secrets',
  tag: 'Webhooks',
  summary: 'Replace the secret of an endpoint',
  description:
    'Until `previousSecretUntilAt` events are signed with both, so that a receiver can change over in its own time.',
  auth: ['secret'],
  browser: false,
  idempotent: true,
  shownOnce: 'secret',
  params: z.strictObject({ endpointId: requestIds.endpointId }),
  responses: {
    201: {
      description: 'The new secret.',
      schema: z.object({ endpointId: replyIds.endpointId, secret: webhookSecret, previousSecretUntilAt: instant }),
    },
  },
});

import { formatInstant, type Instant } from '@playgate/policy';
import type { WebhookDelivery, WebhookEndpoint } from '../../webhooks/webhook-endpoints.ts';
import type { WebhookService } from '../../webhooks/webhook-service.ts';
import type { HandlersOf } from '../handler.ts';

export interface WebhookPorts {
  readonly webhooks: Pick<
    WebhookService,
    'create' | 'list' | 'listDeliveries' | 'remove' | 'replaceSecret' | 'sendTest'
  >;
}

type WebhookOperation =
  | 'createWebhookEndpoint'
  | 'createWebhookTest'
  | 'issueWebhookSecret'
  | 'listWebhookDeliveries'
  | 'listWebhookEndpoints'
  | 'revokeWebhookEndpoint';

export function webhookRoutes({ webhooks }: WebhookPorts): HandlersOf<WebhookOperation> {
  return {
    createWebhookEndpoint: async ({ body }, { principal }) => {
      const { endpointUrl: url, eventTypes } = body;
      const { endpoint, secret } = await webhooks.create(principal.world, { url, eventTypes });
      const { createdAt, endpointId, endpointUrl } = describeEndpoint(endpoint);
      return { status: 201, body: { endpointId, endpointUrl, eventTypes: endpoint.eventTypes, secret, createdAt } };
    },
    listWebhookEndpoints: async (_input, { principal }) => ({
      status: 200,
      body: { endpoints: (await webhooks.list(principal.world)).map(describeEndpoint) },
    }),
    revokeWebhookEndpoint: async ({ params }, { principal }) => {
      await webhooks.remove(principal.world, params.endpointId);
      return { status: 204, body: null };
    },
    issueWebhookSecret: async ({ params }, { principal }) => {
      const { endpointId } = params;
      const { previousUntilAt, secret } = await webhooks.replaceSecret(principal.world, endpointId);
      return { status: 201, body: { endpointId, secret, previousSecretUntilAt: formatInstant(previousUntilAt) } };
    },
    createWebhookTest: async ({ params }, { principal, now }) => {
      const { eventId, fault, statusCode } = await webhooks.sendTest(principal.world, params.endpointId, now);
      return { status: 201, body: { eventId, delivered: fault === null, statusCode, fault } };
    },
    listWebhookDeliveries: async ({ params }, { principal }) => {
      const deliveries = await webhooks.listDeliveries(principal.world, params.endpointId);
      return { status: 200, body: { deliveries: deliveries.map(describeDelivery) } };
    },
  };
}

const instantOrNull = (at: Instant | null) => (at === null ? null : formatInstant(at));

function describeEndpoint(endpoint: WebhookEndpoint) {
  const { createdAt, disabledAt, disabledReason, endpointId, eventTypes, failingSinceAt, url } = endpoint;
  return {
    endpointId,
    endpointUrl: url,
    eventTypes,
    createdAt: formatInstant(createdAt),
    failingSinceAt: instantOrNull(failingSinceAt),
    disabledAt: instantOrNull(disabledAt),
    disabledReason,
  };
}

function describeDelivery({ createdAt, deliveredAt, nextAttemptAt, ...delivery }: WebhookDelivery) {
  return {
    ...delivery,
    createdAt: formatInstant(createdAt),
    nextAttemptAt: instantOrNull(nextAttemptAt),
    deliveredAt: instantOrNull(deliveredAt),
  };
}

// Tells what came of each attempt to send a webhook, and how long after its event. It changes nothing.
import type { DeliveryOutcome, WebhookOutbox } from '../webhooks/webhook-endpoints.ts';
import type { GatewayMetrics } from './metrics.ts';

export function measureOutbox(outbox: WebhookOutbox, metrics: Pick<GatewayMetrics, 'webhookAttempted'>): WebhookOutbox {
  const createdAt = new WeakMap<object, number>();
  return {
    claim: async (request) => {
      const claimed = await outbox.claim(request);
      for (const delivery of claimed) createdAt.set(delivery, delivery.createdAt);
      return claimed;
    },
    settle: async (delivery, outcome) => {
      await outbox.settle(delivery, outcome);
      const since = createdAt.get(delivery);
      if (since !== undefined) metrics.webhookAttempted(nameOf(outcome), Math.max(0, outcome.at - since));
    },
    disable: (...args) => outbox.disable(...args),
    failingSince: (endpointId) => outbox.failingSince(endpointId),
    sweep: (createdBefore) => outbox.sweep(createdBefore),
  };
}

function nameOf(outcome: DeliveryOutcome): string {
  if (outcome.kind === 'delivered') return 'delivered';
  return outcome.nextAttemptAt === null ? 'given_up' : 'failed';
}

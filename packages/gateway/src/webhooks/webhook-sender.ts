// Empties the outbox: claims what is due, sends it, settles it. At least once, in no promised order. A slow endpoint holds up
// only itself: it has its share of what is on the way, and no more of it is claimed until some of that is settled.
import type { Instant } from '@playgate/policy';
import { type AttemptResult, postWebhook } from './post-webhook.ts';
import { DELIVERY_KEPT_MS, DISABLE_AFTER_MS, nextAttemptAt } from './retry-schedule.ts';
import type { ClaimedDelivery, DeliveryOutcome, WebhookOutbox } from './webhook-endpoints.ts';

/** On the way at once, of one process. */
const SENDING_MAX = 64;
const SENDING_PER_ENDPOINT_MAX = 8;
/** Longer than an attempt takes: after that the process that claimed it is taken for dead. */
export const CLAIM_MS = 60_000;
/** What a receiver answers that wants nothing more. */
const GONE = 410;

export interface WebhookSenderPorts {
  readonly outbox: WebhookOutbox;
  /** Real time. */
  readonly realNow: () => Instant;
  readonly random: () => number;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export class WebhookSender {
  readonly #ports: WebhookSenderPorts;
  readonly #sending = new Map<string, number>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #end = new AbortController();

  constructor(ports: WebhookSenderPorts) {
    this.#ports = ports;
  }

  /** Sends what is due and has room; resolves once it is on the way. */
  async run(): Promise<void> {
    const room = SENDING_MAX - this.#underWay.size;
    if (room <= 0 || this.#end.signal.aborted) return;
    const now = this.#ports.realNow();
    const busyEndpointIds = [...this.#sending]
      .filter(([, count]) => count >= SENDING_PER_ENDPOINT_MAX)
      .map(([id]) => id);
    const claimed = await this.#ports.outbox.claim({
      now,
      claimedUntilAt: now + CLAIM_MS,
      countMax: room,
      perEndpointMax: SENDING_PER_ENDPOINT_MAX,
      busyEndpointIds,
    });
    for (const delivery of claimed) this.#start(delivery);
  }

  /** Resolves when nothing is on the way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** What is on the way is cut off, and sent again by whoever runs next. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.settled();
  }

  async sweep(): Promise<void> {
    await this.#ports.outbox.sweep(this.#ports.realNow() - DELIVERY_KEPT_MS);
  }

  #start(delivery: ClaimedDelivery): void {
    const { endpointId } = delivery.target;
    this.#sending.set(endpointId, (this.#sending.get(endpointId) ?? 0) + 1);
    const work = this.#send(delivery)
      .catch((error: unknown) => this.#ports.onTrouble('what came of a webhook was not kept; it is sent again', error))
      .finally(() => {
        this.#underWay.delete(work);
        const left = (this.#sending.get(endpointId) ?? 1) - 1;
        if (left === 0) this.#sending.delete(endpointId);
        else this.#sending.set(endpointId, left);
      });
    this.#underWay.add(work);
  }

  async #send(delivery: ClaimedDelivery): Promise<void> {
    const { outbox, realNow } = this.#ports;
    const { signal } = this.#end;
    const { target } = delivery;
    const result = await postWebhook(target, delivery, { now: realNow(), signal });
    if (signal.aborted && result.fault !== null) return;
    const outcome = this.#judge(delivery, result);
    await outbox.settle(delivery, outcome);
    if (outcome.kind === 'delivered') return;
    if (result.statusCode === GONE) return outbox.disable(target.endpointId, 'gone', outcome.at);
    const sinceAt = await outbox.failingSince(target.endpointId);
    if (sinceAt !== null && outcome.at - sinceAt >= DISABLE_AFTER_MS) {
      await outbox.disable(target.endpointId, 'failing', outcome.at);
    }
  }

  #judge({ attempts, createdAt }: ClaimedDelivery, { fault, statusCode }: AttemptResult): DeliveryOutcome {
    const at = this.#ports.realNow();
    if (fault === null && statusCode !== null) return { kind: 'delivered', statusCode, at };
    const nextAt = nextAttemptAt(attempts, createdAt, at, this.#ports.random());
    return { kind: 'failed', statusCode, fault: fault ?? 'unreachable', at, nextAttemptAt: nextAt };
  }
}

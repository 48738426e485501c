// The ports of webhooks: who wants to be told what, and what waits to be sent. Adapters live in store/sql.
import type { WebhookDeliveryState, WebhookDisabledReason, WebhookEventType, WebhookFault } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { World } from '../directory/world.ts';

export interface WebhookEndpoint {
  readonly endpointId: string;
  readonly world: World;
  readonly url: string;
  readonly eventTypes: readonly WebhookEventType[];
  readonly createdAt: Instant;
  readonly failingSinceAt: Instant | null;
  readonly disabledAt: Instant | null;
  readonly disabledReason: WebhookDisabledReason | null;
}

export interface NewEndpoint extends Pick<WebhookEndpoint, 'url' | 'eventTypes'> {
  readonly secret: string;
}

export interface WebhookDelivery {
  readonly eventId: string;
  readonly type: WebhookEventType;
  readonly state: WebhookDeliveryState;
  readonly attempts: number;
  readonly createdAt: Instant;
  readonly nextAttemptAt: Instant | null;
  readonly deliveredAt: Instant | null;
  readonly statusCode: number | null;
  readonly fault: WebhookFault | null;
}

/** An address and what it is signed with; a second secret while a receiver changes over. */
export interface WebhookTarget {
  readonly endpointId: string;
  readonly world: World;
  readonly url: string;
  readonly secrets: readonly string[];
}

/** All instants are real time. */
export interface WebhookEndpoints {
  /** Null: the world has as many as it may. */
  create(world: World, endpoint: NewEndpoint, now: Instant): Promise<WebhookEndpoint | null>;
  list(world: World): Promise<readonly WebhookEndpoint[]>;
  /** False: there is none. */
  remove(world: World, endpointId: string): Promise<boolean>;
  /** The secret before it goes on until `previousUntilAt`. False: there is none. */
  replaceSecret(world: World, endpointId: string, secret: string, previousUntilAt: Instant): Promise<boolean>;
  /** Null: there is none. */
  findTarget(world: World, endpointId: string, now: Instant): Promise<WebhookTarget | null>;
  /** Null: there is none. */
  listDeliveries(world: World, endpointId: string): Promise<readonly WebhookDelivery[] | null>;
  /** Back in use, as if it had never failed. */
  noteTaken(endpointId: string): Promise<void>;
}

/** A delivery that was taken from the outbox and is not taken again before its claim ends. */
export interface ClaimedDelivery {
  readonly target: WebhookTarget;
  readonly eventId: string;
  readonly payload: string;
  /** This one counted. */
  readonly attempts: number;
  readonly createdAt: Instant;
}

export type DeliveryOutcome =
  | { readonly kind: 'delivered'; readonly statusCode: number; readonly at: Instant }
  | {
      readonly kind: 'failed';
      readonly statusCode: number | null;
      readonly fault: WebhookFault;
      readonly at: Instant;
      /** Null: given up. */
      readonly nextAttemptAt: Instant | null;
    };

export interface WebhookOutbox {
  /** What is due, each counted as an attempt; none of the endpoints that are busy, and a few of each. */
  claim(request: {
    readonly now: Instant;
    readonly claimedUntilAt: Instant;
    readonly countMax: number;
    readonly perEndpointMax: number;
    readonly busyEndpointIds: readonly string[];
  }): Promise<readonly ClaimedDelivery[]>;
  settle(delivery: Pick<ClaimedDelivery, 'eventId' | 'target'>, outcome: DeliveryOutcome): Promise<void>;
  /** Nothing is sent there any more; what waits is given up. */
  disable(endpointId: string, reason: WebhookDisabledReason, now: Instant): Promise<void>;
  /** First failure since the last success; null: none. */
  failingSince(endpointId: string): Promise<Instant | null>;
  /** Forgets deliveries made before. Returns how many. */
  sweep(createdBefore: Instant): Promise<number>;
}

// What it takes to tell providers of what happens: endpoints, the outbox and its follower, the sender.
import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { Players } from './directory/directory.ts';
import type { World } from './directory/world.ts';
import type { Schema } from './store/sql/schema.ts';
import type { Secrets } from './store/sql/secrets.ts';
import { SqlStatusMarks } from './store/sql/sql-status-marks.ts';
import { SqlWebhookEndpoints } from './store/sql/sql-webhook-endpoints.ts';
import { SqlWebhookFollower } from './store/sql/sql-webhook-follower.ts';
import { SqlWebhookOutbox } from './store/sql/sql-webhook-outbox.ts';
import { StatusTeller } from './webhooks/status-teller.ts';
import type { WebhookOutbox } from './webhooks/webhook-endpoints.ts';
import { WebhookSender } from './webhooks/webhook-sender.ts';
import { WebhookService } from './webhooks/webhook-service.ts';

/** How soon a webhook leaves after its event is on record. */
export const SEND_WEBHOOKS_EVERY_MS = 500;
export const SWEEP_WEBHOOKS_EVERY_MS = 60_000;

export interface OpenWebhooksOptions {
  readonly db: Kysely<Schema>;
  readonly secrets: Secrets;
  readonly players: Pick<Players, 'findProfile'>;
  readonly nowOf: (world: World) => Instant;
  readonly realNow: () => Instant;
  readonly onTrouble: (what: string, error: unknown) => void;
  /** Stands before the outbox. */
  readonly watchOutbox: (outbox: WebhookOutbox) => WebhookOutbox;
}

export function openWebhooks({ db, nowOf, onTrouble, players, realNow, secrets, watchOutbox }: OpenWebhooksOptions) {
  return {
    webhooks: new WebhookService({ endpoints: new SqlWebhookEndpoints(db, secrets), realNow }),
    webhookFollower: new SqlWebhookFollower(realNow),
    statusTeller: new StatusTeller({ marks: new SqlStatusMarks(db), players, nowOf, realNow }),
    webhookSender: new WebhookSender({
      outbox: watchOutbox(new SqlWebhookOutbox(db, secrets)),
      realNow,
      random: Math.random,
      onTrouble,
    }),
  };
}

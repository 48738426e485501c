import { limits } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { Kysely, Selectable } from 'kysely';
import { newId } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import type {
  NewEndpoint,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpoints,
  WebhookTarget,
} from '../../webhooks/webhook-endpoints.ts';
import type { Schema, WebhookDeliveryRow } from './schema.ts';
import { SealedBox } from './sealed-box.ts';
import type { Secrets } from './secrets.ts';

type Row = Selectable<Schema['webhook_endpoints']>;

export class SqlWebhookEndpoints implements WebhookEndpoints {
  readonly #db: Kysely<Schema>;
  readonly #box: SealedBox;

  constructor(db: Kysely<Schema>, secrets: Secrets) {
    this.#db = db;
    this.#box = new SealedBox(secrets, 'webhook-secret');
  }

  create(world: World, { eventTypes, secret, url }: NewEndpoint, now: Instant): Promise<WebhookEndpoint | null> {
    return this.#db.transaction().execute(async (db) => {
      // Two at once must not both be the last one that fits.
      await db
        .selectFrom('providers')
        .select('provider_id')
        .where('provider_id', '=', world.providerId)
        .forUpdate()
        .execute();
      const known = await ofWorld(db, world).select('endpoint_id').execute();
      if (known.length >= limits.WEBHOOK_ENDPOINTS_MAX) return null;
      const { next_seq } = await db.selectFrom('log_head').select('next_seq').executeTakeFirstOrThrow();
      const endpointId = newId('endpoint');
      const row = await db
        .insertInto('webhook_endpoints')
        .values({
          endpoint_id: endpointId,
          provider_id: world.providerId,
          mode: world.mode,
          url,
          event_types: JSON.stringify(eventTypes),
          secret: this.#box.seal(secret, endpointId),
          previous_secret: null,
          previous_until_at: null,
          from_seq: next_seq,
          created_at: now,
          failing_since_at: null,
          disabled_at: null,
          disabled_reason: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return endpointOf(row);
    });
  }

  async list(world: World): Promise<readonly WebhookEndpoint[]> {
    const rows = await ofWorld(this.#db, world).selectAll().orderBy('created_at').orderBy('endpoint_id').execute();
    return rows.map(endpointOf);
  }

  async remove({ mode, providerId }: World, endpointId: string): Promise<boolean> {
    const row = await this.#db
      .deleteFrom('webhook_endpoints')
      .where('endpoint_id', '=', endpointId)
      .where('provider_id', '=', providerId)
      .where('mode', '=', mode)
      .returning('endpoint_id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async replaceSecret(
    { mode, providerId }: World,
    endpointId: string,
    secret: string,
    previousUntilAt: Instant,
  ): Promise<boolean> {
    const row = await this.#db
      .updateTable('webhook_endpoints')
      .set(({ ref }) => ({
        previous_secret: ref('secret'),
        previous_until_at: previousUntilAt,
        secret: this.#box.seal(secret, endpointId),
      }))
      .where('endpoint_id', '=', endpointId)
      .where('provider_id', '=', providerId)
      .where('mode', '=', mode)
      .returning('endpoint_id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async findTarget(world: World, endpointId: string, now: Instant): Promise<WebhookTarget | null> {
    const row = await ofWorld(this.#db, world).selectAll().where('endpoint_id', '=', endpointId).executeTakeFirst();
    return row === undefined ? null : targetOf(row, this.#box, now);
  }

  async listDeliveries(world: World, endpointId: string): Promise<readonly WebhookDelivery[] | null> {
    const known = await ofWorld(this.#db, world)
      .select('endpoint_id')
      .where('endpoint_id', '=', endpointId)
      .executeTakeFirst();
    if (known === undefined) return null;
    const rows = await this.#db
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where('endpoint_id', '=', endpointId)
      .orderBy('created_at', 'desc')
      .orderBy('event_id')
      .limit(limits.WEBHOOK_DELIVERIES_LISTED_MAX)
      .execute();
    return rows.map(deliveryOf);
  }

  async noteTaken(endpointId: string): Promise<void> {
    await this.#db
      .updateTable('webhook_endpoints')
      .set({ failing_since_at: null, disabled_at: null, disabled_reason: null })
      .where('endpoint_id', '=', endpointId)
      .execute();
  }
}

function ofWorld(db: Kysely<Schema>, { mode, providerId }: World) {
  return db.selectFrom('webhook_endpoints').where('provider_id', '=', providerId).where('mode', '=', mode);
}

type SecretColumns = Pick<
  Row,
  'endpoint_id' | 'provider_id' | 'mode' | 'url' | 'secret' | 'previous_secret' | 'previous_until_at'
>;

export function targetOf(row: SecretColumns, box: SealedBox, now: Instant): WebhookTarget {
  const previous = row.previous_until_at !== null && row.previous_until_at > now ? row.previous_secret : null;
  const sealed = previous === null ? [row.secret] : [row.secret, previous];
  return {
    endpointId: row.endpoint_id,
    world: { providerId: row.provider_id, mode: row.mode },
    url: row.url,
    secrets: sealed.map((blob) => box.open(blob, row.endpoint_id)),
  };
}

function endpointOf(row: Row): WebhookEndpoint {
  return {
    endpointId: row.endpoint_id,
    world: { providerId: row.provider_id, mode: row.mode },
    url: row.url,
    eventTypes: row.event_types,
    createdAt: row.created_at,
    failingSinceAt: row.failing_since_at,
    disabledAt: row.disabled_at,
    disabledReason: row.disabled_reason,
  };
}

function deliveryOf(row: WebhookDeliveryRow): WebhookDelivery {
  return {
    eventId: row.event_id,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    nextAttemptAt: row.next_attempt_at,
    deliveredAt: row.delivered_at,
    statusCode: row.status_code,
    fault: row.fault,
  };
}

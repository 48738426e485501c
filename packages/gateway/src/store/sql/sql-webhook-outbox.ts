import type { WebhookDisabledReason } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { ClaimedDelivery, DeliveryOutcome, WebhookOutbox } from '../../webhooks/webhook-endpoints.ts';
import type { Schema } from './schema.ts';
import { SealedBox } from './sealed-box.ts';
import type { Secrets } from './secrets.ts';
import { targetOf } from './sql-webhook-endpoints.ts';

/** Of one sweep; the next takes the rest. */
const SWEEP_ROWS_MAX = 1_000;

type ClaimedRow = Selectable<Schema['webhook_endpoints']> & {
  readonly event_id: string;
  readonly payload: string;
  readonly attempts: number;
  readonly made_at: number;
};

export class SqlWebhookOutbox implements WebhookOutbox {
  readonly #db: Kysely<Schema>;
  readonly #box: SealedBox;

  constructor(db: Kysely<Schema>, secrets: Secrets) {
    this.#db = db;
    this.#box = new SealedBox(secrets, 'webhook-secret');
  }

  async claim(request: Parameters<WebhookOutbox['claim']>[0]): Promise<readonly ClaimedDelivery[]> {
    const { busyEndpointIds, claimedUntilAt, countMax, now, perEndpointMax } = request;
    const { rows } = await sql<ClaimedRow>`
      with due as (
        select delivery.endpoint_id, delivery.event_id
        from webhook_endpoints as endpoint
        cross join lateral (
          select endpoint_id, event_id from webhook_deliveries
          where endpoint_id = endpoint.endpoint_id and state = 'pending' and next_attempt_at <= ${now}
          order by next_attempt_at limit ${perEndpointMax} for update skip locked
        ) as delivery
        where endpoint.disabled_at is null
          and not ${JSON.stringify(busyEndpointIds)}::text::jsonb ? endpoint.endpoint_id
        limit ${countMax}
      )
      update webhook_deliveries as delivery
      set attempts = delivery.attempts + 1, next_attempt_at = ${claimedUntilAt}::bigint
      from due join webhook_endpoints as endpoint on endpoint.endpoint_id = due.endpoint_id
      where delivery.endpoint_id = due.endpoint_id and delivery.event_id = due.event_id
      returning endpoint.*, delivery.event_id, delivery.payload, delivery.attempts, delivery.created_at as made_at`.execute(
      this.#db,
    );
    return rows.map((row) => ({
      target: targetOf(row, this.#box, now),
      eventId: row.event_id,
      payload: row.payload,
      attempts: row.attempts,
      createdAt: row.made_at,
    }));
  }

  async settle(
    { eventId, target }: Pick<ClaimedDelivery, 'eventId' | 'target'>,
    outcome: DeliveryOutcome,
  ): Promise<void> {
    const { endpointId } = target;
    const isDelivered = outcome.kind === 'delivered';
    const nextAttemptAt = isDelivered ? null : outcome.nextAttemptAt;
    const state = isDelivered ? 'delivered' : nextAttemptAt === null ? 'failed' : 'pending';
    await this.#db
      .updateTable('webhook_deliveries')
      .set({
        state,
        status_code: outcome.statusCode,
        fault: isDelivered ? null : outcome.fault,
        next_attempt_at: nextAttemptAt,
        delivered_at: isDelivered ? outcome.at : null,
      })
      .where('endpoint_id', '=', endpointId)
      .where('event_id', '=', eventId)
      .execute();
    const failing = isDelivered
      ? sql`update webhook_endpoints set failing_since_at = null
          where endpoint_id = ${endpointId} and failing_since_at is not null`
      : sql`update webhook_endpoints set failing_since_at = ${outcome.at}::bigint
          where endpoint_id = ${endpointId} and failing_since_at is null`;
    await failing.execute(this.#db);
  }

  async disable(endpointId: string, reason: WebhookDisabledReason, now: Instant): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await db
        .updateTable('webhook_endpoints')
        .set({ disabled_at: now, disabled_reason: reason })
        .where('endpoint_id', '=', endpointId)
        .where('disabled_at', 'is', null)
        .execute();
      await db
        .updateTable('webhook_deliveries')
        .set({ state: 'failed', next_attempt_at: null })
        .where('endpoint_id', '=', endpointId)
        .where('state', '=', 'pending')
        .execute();
    });
  }

  async failingSince(endpointId: string): Promise<Instant | null> {
    const row = await this.#db
      .selectFrom('webhook_endpoints')
      .select('failing_since_at')
      .where('endpoint_id', '=', endpointId)
      .executeTakeFirst();
    return row?.failing_since_at ?? null;
  }

  async sweep(createdBefore: Instant): Promise<number> {
    const rows = await this.#db
      .deleteFrom('webhook_deliveries')
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple('endpoint_id', 'event_id'),
          'in',
          selectFrom('webhook_deliveries')
            .select(['endpoint_id', 'event_id'])
            .where('created_at', '<', createdBefore)
            .limit(SWEEP_ROWS_MAX)
            .$asTuple('endpoint_id', 'event_id'),
        ),
      )
      .returning('event_id')
      .execute();
    return rows.length;
  }
}

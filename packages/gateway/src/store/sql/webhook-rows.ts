// Webhooks into the outbox: one row per event and endpoint that wants it, in the caller's transaction.
import type { WebhookEvent, WebhookEventType } from '@playgate/contract';
import { canonicalJson, type Instant } from '@playgate/policy';
import { type Kysely, sql } from 'kysely';
import { newId } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import type { Schema } from './schema.ts';

export interface OutgoingWebhook {
  readonly world: World;
  readonly playerId: string;
  /** Of the log; null: of something that is not in it. */
  readonly seq: number | null;
  readonly event: WebhookEvent;
}

export async function enqueueWebhooks(
  db: Kysely<Schema>,
  webhooks: readonly OutgoingWebhook[],
  now: Instant,
): Promise<void> {
  if (webhooks.length === 0) return;
  const rows = webhooks.map(({ event, playerId, seq, world }) => ({
    event_id: newId('event'),
    provider_id: world.providerId,
    mode: world.mode,
    type: event.type satisfies WebhookEventType | 'test',
    player_id: playerId,
    payload: canonicalJson(event),
    seq,
  }));
  await sql`
    insert into webhook_deliveries
      (endpoint_id, event_id, type, player_id, payload, state, attempts, created_at, next_attempt_at)
    select endpoint.endpoint_id, outgoing.event_id, outgoing.type, outgoing.player_id, outgoing.payload, 'pending', 0,
      ${now}::bigint, ${now}::bigint
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as outgoing (event_id text, provider_id text, mode text, type text, player_id text, payload text, seq bigint)
    join webhook_endpoints as endpoint
      on endpoint.provider_id = outgoing.provider_id and endpoint.mode = outgoing.mode
      and endpoint.disabled_at is null and endpoint.event_types ? outgoing.type
      and (outgoing.seq is null or outgoing.seq >= endpoint.from_seq)`.execute(db);
}

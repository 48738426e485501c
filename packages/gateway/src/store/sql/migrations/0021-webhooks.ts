import { type Kysely, sql } from 'kysely';

/** Endpoints of providers, what waits to be sent to them, and whose standing they have to be told of. Instants are real time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table webhook_endpoints (
      endpoint_id text primary key,
      provider_id text not null references providers,
      mode text not null,
      url text not null,
      event_types jsonb not null,
      secret bytea not null,
      previous_secret bytea,
      previous_until_at bigint,
      from_seq bigint not null,
      created_at bigint not null,
      failing_since_at bigint,
      disabled_at bigint,
      disabled_reason text
    )`.execute(db);
  await sql`create index webhook_endpoints_by_world on webhook_endpoints (provider_id, mode)`.execute(db);
  await sql`
    create table webhook_deliveries (
      endpoint_id text not null references webhook_endpoints on delete cascade,
      event_id text not null,
      type text not null,
      player_id text,
      payload text not null,
      state text not null,
      attempts integer not null,
      created_at bigint not null,
      next_attempt_at bigint,
      delivered_at bigint,
      status_code integer,
      fault text,
      primary key (endpoint_id, event_id)
    )`.execute(db);
  await sql`
    create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at)
    where state = 'pending'`.execute(db);
  await sql`create index webhook_deliveries_by_age on webhook_deliveries (created_at)`.execute(db);
  await sql`create index webhook_deliveries_by_player on webhook_deliveries (player_id)`.execute(db);
  await sql`create sequence status_mark_no`.execute(db);
  await sql`
    create table status_marks (
      player_id text primary key,
      mark_no bigint not null default nextval('status_mark_no')
    )`.execute(db);
  await sql`
    create table told_status (
      player_id text primary key,
      age_band text,
      has_guardian boolean not null
    )`.execute(db);
}

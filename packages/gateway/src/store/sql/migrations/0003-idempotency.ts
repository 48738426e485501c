import { type Kysely, sql } from 'kysely';

/** Outcomes of POSTs for replay; `response` is encrypted, null while the first execution runs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table idempotency_keys (
      scope_key_id text not null,
      key_hash text not null,
      body_hash text not null,
      response bytea,
      started_at bigint not null,
      primary key (scope_key_id, key_hash)
    )`.execute(db);
  await sql`create index idempotency_keys_by_start on idempotency_keys (started_at)`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/** `ids`: of an outcome that shows a credential, what is told of it once `response` is cleared; null for every other. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table idempotency_keys add column ids text`.execute(db);
  await sql`
    create index idempotency_keys_with_credential on idempotency_keys (started_at)
    where ids is not null and response is not null`.execute(db);
}

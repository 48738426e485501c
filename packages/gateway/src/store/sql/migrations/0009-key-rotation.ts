import { type Kysely, sql } from 'kysely';

/** A signing key is published before it signs; what is held about a player is read by person. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table signing_keys add column signs_from_at bigint`.execute(db);
  await sql`update signing_keys set signs_from_at = created_at`.execute(db);
  await sql`alter table signing_keys alter column signs_from_at set not null`.execute(db);
  await sql`create index events_by_person on events (person_id, partition, entry_id)`.execute(db);
}

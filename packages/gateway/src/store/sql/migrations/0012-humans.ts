import { type Kysely, sql } from 'kysely';

/** The human behind persons of several providers: a keyed hash, kept only where a policy limits play over all of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table persons add column human_id text`.execute(db);
}

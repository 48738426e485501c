import { type Kysely, sql } from 'kysely';

/** How each call of a regulator ended: an HTTP status, null while it is answered and of calls from before it was kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table access_log add column status integer`.execute(db);
}

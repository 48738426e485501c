import { type Kysely, sql } from 'kysely';

/** What was known of a session's overrun when the day of its end closed for reports; and ends that nobody confirmed, by time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table session_records add column overrun_at_close_ms bigint not null default 0`.execute(db);
  await sql`update session_records set overrun_at_close_ms = overrun_ms`.execute(db);
  await sql`
    create index session_records_unconfirmed on session_records (ordered_at)
    where acknowledged_at is null and ordered_at is not null and mode = 'live'`.execute(db);
}

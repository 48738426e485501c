import { type Kysely, sql } from 'kysely';

/** How far the log was when a day closed for reports, and what came for it afterwards. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table day_closings (
      mode text not null,
      provider_id text not null,
      zone text not null,
      date text not null,
      next_seq bigint not null,
      primary key (mode, provider_id, zone, date)
    )`.execute(db);
  await sql`
    create table late_entries (
      seq bigint not null,
      date text not null,
      mode text not null,
      provider_id text not null,
      primary key (seq, date)
    )`.execute(db);
  await sql`create index late_entries_by_day on late_entries (mode, date)`.execute(db);
}

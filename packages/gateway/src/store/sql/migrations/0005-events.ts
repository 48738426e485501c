import { type Kysely, sql } from 'kysely';

/** What the live ledger did, each entry once; play by person and day is read often. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table events (
      partition text not null,
      entry_id text not null,
      kind text not null,
      world text not null,
      person_id text not null,
      play_date text,
      fields jsonb not null,
      primary key (partition, entry_id)
    )`.execute(db);
  await sql`create index events_play on events (person_id, play_date) where play_date is not null`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/** Players found to be another person, whose day is still to be counted there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table person_merges (
      merge_id text primary key,
      provider_id text not null references providers,
      mode text not null check (mode in ('test', 'live')),
      player_id text not null references players,
      person_id text not null references persons,
      previous_person_id text not null references persons,
      requested_at bigint not null,
      finished_at bigint
    )`.execute(db);
  await sql`create index person_merges_pending on person_merges (requested_at) where finished_at is null`.execute(db);
}

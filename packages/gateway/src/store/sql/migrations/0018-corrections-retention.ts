import { type Kysely, sql } from 'kysely';

/**
 * Corrections and grants, the persons each counts for, and what keeps data from being deleted. Times of corrections are those of
 * their world; of holds and waiting erasures real time. The texts of a correction and its salt go with an erasure.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createCorrections(db);
  await sql`
    create table legal_holds (
      hold_id text primary key,
      scope text not null check (scope in ('all', 'provider', 'player')),
      subject_id text,
      reason text not null,
      author text not null,
      placed_at bigint not null,
      released_at bigint,
      released_by text
    )`.execute(db);
  await sql`
    create table waiting_erasures (
      player_id text primary key references players,
      requested_at bigint not null
    )`.execute(db);
}

async function createCorrections(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table corrections (
      correction_id text primary key,
      correction_no bigint generated always as identity unique,
      provider_id text not null,
      mode text not null,
      player_id text not null references players,
      kind text not null check (kind in ('correction', 'grant')),
      date text not null,
      game_id text,
      delta_ms bigint not null,
      bonus_ms bigint not null,
      mends_error boolean not null,
      author_role text not null,
      author_id text,
      reason text,
      reason_salt bytea,
      undoes text unique references corrections,
      made_at bigint not null
    )`.execute(db);
  await sql`create index corrections_by_player on corrections (player_id)`.execute(db);
  await sql`
    create table correction_persons (
      person_id text not null,
      date text not null,
      correction_id text not null references corrections,
      primary key (person_id, date, correction_id)
    )`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/**
 * Players, the persons behind them, and every verification. Personal data is only in `identity` and `claim`
 * (AES-256-GCM) and in the `_hash` columns (HMAC-SHA-256 with the pepper).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table persons (
      person_id text primary key,
      provider_id text not null references providers,
      mode text not null check (mode in ('test', 'live')),
      national_id_hash text,
      created_at bigint not null,
      unique (provider_id, mode, national_id_hash)
    )`.execute(db);
  await sql`
    create table players (
      player_id text primary key,
      provider_id text not null references providers,
      mode text not null check (mode in ('test', 'live')),
      person_id text not null references persons,
      player_ref_hash text,
      identity bytea,
      assurance text,
      created_at bigint not null,
      updated_at bigint not null,
      erased_at bigint,
      unique (provider_id, mode, player_ref_hash)
    )`.execute(db);
  await sql`create index players_by_person on players (person_id)`.execute(db);
  await sql`
    create table verifications (
      verification_id text primary key,
      provider_id text not null references providers,
      mode text not null check (mode in ('test', 'live')),
      player_id text not null references players,
      person_id text not null references persons,
      previous_person_id text references persons,
      method text not null,
      outcome text not null,
      reason text,
      age_band text,
      assurance text not null,
      contradicts_previous boolean not null,
      claim bytea,
      created_at bigint not null
    )`.execute(db);
  await sql`create index verifications_by_player on verifications (player_id, created_at)`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/**
 * Guardians of a world, the children they registered, the rules they set and the links that open for them. Who a guardian is
 * is only in `identity` and `relationship` (AES-256-GCM) and in `phone_hash` (HMAC-SHA-256 with the pepper). What belongs to a
 * child is filed under one of its players and holds for every account of the same person. `guardian_rules` only grows.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table guardians (
      guardian_id text primary key,
      provider_id text not null references providers,
      mode text not null check (mode in ('test', 'live')),
      phone_hash text,
      identity bytea,
      created_at bigint not null,
      updated_at bigint not null,
      unique (provider_id, mode, phone_hash)
    )`.execute(db);
  await sql`
    create table guardianships (
      guardianship_no bigint generated always as identity primary key,
      player_id text not null references players,
      guardian_id text not null references guardians,
      relationship bytea,
      consented_at bigint not null,
      consent_text_version text,
      source text not null check (source in ('provider', 'verification')),
      registered_at bigint not null,
      ended_at bigint,
      end_cause text check (end_cause in ('revoked', 'replaced')),
      check ((ended_at is null) = (end_cause is null))
    )`.execute(db);
  await sql`create index guardianships_by_player on guardianships (player_id)`.execute(db);
  await sql`create index guardianships_by_guardian on guardianships (guardian_id)`.execute(db);
  await sql`
    create table guardian_rules (
      revision_no bigint generated always as identity primary key,
      player_id text not null references players,
      version integer not null,
      rules jsonb not null,
      author text not null check (author in ('provider', 'guardian')),
      guardian_id text references guardians,
      set_at bigint not null
    )`.execute(db);
  await sql`create index guardian_rules_by_player on guardian_rules (player_id, revision_no)`.execute(db);
  await sql`
    create table guardian_links (
      link_id text primary key,
      provider_id text not null references providers,
      mode text not null check (mode in ('test', 'live')),
      player_id text not null references players,
      guardian_id text not null references guardians,
      created_at bigint not null,
      expires_at bigint not null,
      revoked_at bigint
    )`.execute(db);
  await sql`create index guardian_links_by_player on guardian_links (player_id)`.execute(db);
}

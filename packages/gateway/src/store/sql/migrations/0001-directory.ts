import { type Kysely, sql } from 'kysely';

/** Who is known: tenants, keys, agents with stations, regulators, games, sandbox clocks. Instants are ms since 1970 UTC. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table providers (
      provider_id text primary key,
      name text not null,
      created_at bigint not null
    )`.execute(db);
  await sql`
    create table agents (
      agent_id text primary key,
      name text not null,
      licence_no text not null,
      province text not null,
      opens_at text not null,
      closes_at text not null,
      created_at bigint not null
    )`.execute(db);
  await sql`
    create table stations (
      station_id text primary key,
      agent_id text not null references agents,
      label text not null,
      token_hash text not null unique,
      created_at bigint not null
    )`.execute(db);
  await sql`create index stations_by_agent on stations (agent_id)`.execute(db);
  await sql`
    create table regulators (
      regulator_id text primary key,
      name text not null,
      scope jsonb not null,
      created_at bigint not null
    )`.execute(db);
  await sql`
    create table api_keys (
      key_id text primary key,
      key_hash text not null unique,
      hint text not null,
      kind text not null check (kind in ('secret', 'publishable', 'agent', 'regulator')),
      provider_id text references providers,
      mode text check (mode in ('test', 'live')),
      agent_id text references agents,
      regulator_id text references regulators,
      created_at bigint not null,
      revoked_at bigint,
      check (
        case kind
          when 'agent' then agent_id is not null and provider_id is null and regulator_id is null
          when 'regulator' then regulator_id is not null and provider_id is null and agent_id is null
          else provider_id is not null and mode is not null and agent_id is null and regulator_id is null
        end
      )
    )`.execute(db);
  await sql`
    create table games (
      provider_id text not null references providers,
      mode text not null check (mode in ('test', 'live')),
      game_id text not null,
      title text not null,
      class text not null,
      rating text not null,
      policy_id text not null,
      created_at bigint not null,
      primary key (provider_id, mode, game_id)
    )`.execute(db);
  await sql`
    create table sandbox_clocks (
      provider_id text primary key references providers,
      frozen_at bigint not null
    )`.execute(db);
}

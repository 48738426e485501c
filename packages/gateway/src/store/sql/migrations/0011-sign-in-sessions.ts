import { type Kysely, sql } from 'kysely';

/**
 * People who signed in. `session_hash` and `state_hash` are the SHA-256 of 256 random bits each. `issuer` and `subject` say
 * who it is in the words of the identity provider; nothing else is kept of a person. Instants are real time.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sign_in_sessions (
      sign_in_id text primary key,
      session_hash text not null unique,
      state_hash text not null unique,
      issuer text not null,
      subject text not null,
      role text not null check (role in ('operator', 'provider', 'agent', 'regulator')),
      provider_id text references providers,
      mode text check (mode in ('test', 'live')),
      agent_id text references agents,
      regulator_id text references regulators,
      created_at bigint not null,
      used_at bigint not null,
      ends_at bigint not null,
      revoked_at bigint,
      check ((provider_id is not null) = (role = 'provider')),
      check ((mode is not null) = (role = 'provider')),
      check ((agent_id is not null) = (role = 'agent')),
      check ((regulator_id is not null) = (role = 'regulator'))
    )`.execute(db);
  await sql`create index sign_in_sessions_by_end on sign_in_sessions (ends_at)`.execute(db);
}

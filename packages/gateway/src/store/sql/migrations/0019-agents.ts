import { type Kysely, sql } from 'kysely';

/** Seats whose token was taken away, and what staff said when they ended a session. Instants are real time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table stations add column revoked_at bigint`.execute(db);
  await sql`
    create table agent_ends (
      session_id text primary key,
      agent_id text not null references agents,
      player_id text not null,
      note text not null,
      key_id text not null,
      at bigint not null
    )`.execute(db);
  await sql`create index agent_ends_by_player on agent_ends (player_id)`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/**
 * Verifications that were begun and wait for their player, and those that came to nothing; one that gave a claim moves to
 * `verifications`. `content` (AES-256-GCM) holds the playerRef and what the method needs, until it is over.
 * `handle_hash` is the SHA-256 of 238 random bits. `expires_at` is real time, the other instants are time of the world.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table pending_verifications (
      verification_id text primary key,
      provider_id text not null references providers,
      mode text not null check (mode in ('test', 'live')),
      player_id text not null references players,
      method text not null,
      handle_hash text unique,
      status text not null check (status in ('pending', 'completing', 'failed')),
      reason text,
      content bytea,
      expires_at bigint not null,
      standing_until_at bigint,
      created_at bigint not null
    )`.execute(db);
  await sql`create index pending_verifications_by_player on pending_verifications (player_id)`.execute(db);
  await sql`create index pending_verifications_by_expiry on pending_verifications (expires_at)`.execute(db);
}

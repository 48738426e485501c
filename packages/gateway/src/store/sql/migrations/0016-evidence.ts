import { type Kysely, sql } from 'kysely';

/**
 * The evidence tree over the leaves of `events`. A tile holds 1-256 hashes of 32 bytes and only grows; `size` is the number
 * of leaves in them. Checkpoints are kept as they were given out, for the tree must never contradict one. Keys are in
 * `signing_keys`, each with the note in which the key before it names it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table evidence_tree (
      only_row boolean primary key default true check (only_row),
      size bigint not null
    )`.execute(db);
  await sql`insert into evidence_tree (size) values (0)`.execute(db);
  await sql`
    create table evidence_tiles (
      level integer not null,
      tile_index bigint not null,
      hashes bytea not null,
      primary key (level, tile_index)
    )`.execute(db);
  await sql`alter table evidence_tiles alter column hashes set storage external`.execute(db);
  await sql`
    create table evidence_checkpoints (
      checkpoint_no bigint generated always as identity primary key,
      size bigint not null,
      root text not null,
      note text not null,
      signed_at bigint not null
    )`.execute(db);
  await sql`
    create table evidence_endorsements (
      key_id text primary key references signing_keys,
      note text not null
    )`.execute(db);
}

// What erasure does to the record: the events and what was made of them stay, and everything that leads from them to the player
// goes, the salt of its commitment first. The person goes with its last account, and so do persons it was taken for before.
import { type Kysely, sql } from 'kysely';
import type { ErasedPlayer } from './erase-player.ts';
import type { Schema } from './schema.ts';

export async function forgetEvents(db: Kysely<Schema>, player: ErasedPlayer): Promise<void> {
  await waitForWriters(db);
  const persons = await findForgotten(db, player);
  const { playerId } = player;
  await db
    .deleteFrom('event_subjects')
    .where('subject_id', 'in', [playerId, ...persons])
    .execute();
  await db.deleteFrom('unreadable_entries').where('player_id', '=', playerId).execute();
  await db.updateTable('events').set({ player_id: null }).where('player_id', '=', playerId).execute();
  await db.updateTable('denials').set({ player_id: null }).where('player_id', '=', playerId).execute();
  await forgetSessionRecords(db, playerId);
  for (const personId of persons) {
    await db.deleteFrom('unreadable_entries').where('person_id', '=', personId).execute();
    await db.updateTable('events').set({ person_id: null }).where('person_id', '=', personId).execute();
    await db.updateTable('session_records').set({ person_id: null }).where('person_id', '=', personId).execute();
    await db.updateTable('day_summaries').set({ person_id: null }).where('person_id', '=', personId).execute();
  }
}

/** An append or a projection under way would write an id that it has read before; it is over once its row can be had. */
async function waitForWriters(db: Kysely<Schema>): Promise<void> {
  await db.selectFrom('log_head').select('next_seq').forUpdate().execute();
  await db.selectFrom('follower_cursors').select('name').orderBy('name').forUpdate().execute();
}

function forgetSessionRecords(db: Kysely<Schema>, playerId: string) {
  return db.updateTable('session_records').set({ player_id: null }).where('player_id', '=', playerId).execute();
}

/** The persons the player is or was taken for that have no account left. */
async function findForgotten(
  db: Kysely<Schema>,
  { isLast, personId, playerId }: ErasedPlayer,
): Promise<readonly string[]> {
  const { rows } = await sql<{ person_id: string }>`
    select previous_person_id as person_id from person_merges
    where player_id = ${playerId} and not exists (
      select 1 from players where players.person_id = previous_person_id and erased_at is null)
    union
    select previous_person_id from verifications
    where player_id = ${playerId} and previous_person_id is not null and not exists (
      select 1 from players where players.person_id = previous_person_id and erased_at is null)`.execute(db);
  return [...new Set([...rows.map(({ person_id }) => person_id), ...(isLast ? [personId] : [])])];
}

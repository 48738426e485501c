// Erasure and export know every table that holds anything of a player or a person.
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openTestDatabase } from './support/databases.ts';

/** What erasure does to each; a new table with one of the columns belongs here, in erase-player.ts and in sql-player-records.ts. */
const TABLES = {
  agent_ends: 'deleted',
  correction_persons: 'deleted with the last account',
  corrections: 'stays, reason and its salt forgotten',
  day_summaries: 'stays, ids forgotten',
  denials: 'stays, ids forgotten',
  events: 'stays, ids and commitments forgotten',
  guardian_links: 'revoked',
  guardian_rules: 'stays, pseudonymous',
  guardians: 'forgotten with the last child',
  guardianships: 'ended and unsealed with the last account',
  pending_verifications: 'deleted',
  person_marks: 'forgotten with the last account',
  person_merges: 'stays, pseudonymous',
  persons: 'national id forgotten with the last account',
  players: 'identity and playerRef forgotten',
  session_records: 'stays, ids forgotten',
  status_marks: 'deleted',
  told_status: 'deleted',
  unreadable_entries: 'deleted',
  verifications: 'claim forgotten',
  waiting_erasures: 'deleted',
  webhook_deliveries: 'deleted',
} as const;

it('every table that names a player, person or guardian is known to erasure', async () => {
  await using database = await openTestDatabase();
  const { rows } = await sql<{ name: string }>`
    select distinct table_name as name from information_schema.columns
    where table_schema = 'public' and table_name !~ '^events_\\d+$' and column_name in ('player_id', 'person_id', 'guardian_id') order by 1`.execute(
    database.db,
  );
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(TABLES).sort());
});

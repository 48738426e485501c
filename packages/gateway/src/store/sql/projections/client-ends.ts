// A client that closes by itself, maybe minutes later because the gateway was away, says when play ended. It is believed between
// the last play that counts and its close, so that no end lies before counted play.
import { type Kysely, sql } from 'kysely';
import { instantOf, type LoggedEvent } from '../../../compliance/compliance-event.ts';
import type { Schema, SessionRecordRow } from '../schema.ts';

interface ClientEnd {
  readonly row: SessionRecordRow;
  readonly clientEndedAt: number;
}

/** Puts them into the rows. `ended_date` stays the day of the event, by which reports and their verifiers count. */
export async function believeClientEnds(
  events: readonly LoggedEvent[],
  rows: ReadonlyMap<string, SessionRecordRow>,
  db: Kysely<Schema>,
): Promise<void> {
  const ends = events.flatMap((logged) => clientEndOf(logged, rows));
  if (ends.length === 0) return;
  const playedUntil = await readPlayedUntil(ends, db);
  for (const { clientEndedAt, row } of ends) {
    const fromAt = Math.max(row.opened_at, playedUntil.get(row.session_id) ?? row.opened_at);
    row.ended_at = Math.min(Math.max(clientEndedAt, fromAt), row.ended_at!);
  }
}

/** A person who was erased has no play to hold it against: the end stays that of the event. */
function clientEndOf({ event }: LoggedEvent, rows: ReadonlyMap<string, SessionRecordRow>): readonly ClientEnd[] {
  if (event.kind !== 'closed' || event.data.clientEndedAt === null) return [];
  const row = rows.get(event.session!);
  if (row === undefined || row.end_cause !== 'closed' || row.person_id === null) return [];
  return [{ row, clientEndedAt: instantOf(event.data.clientEndedAt) }];
}

/** By the index of persons and days. */
async function readPlayedUntil(ends: readonly ClientEnd[], db: Kysely<Schema>): Promise<ReadonlyMap<string, number>> {
  const rows = ends.map(({ row }) => row);
  const of = (values: readonly (string | null)[]) => [...new Set(values.filter((value) => value !== null))];
  const found = await db
    .selectFrom('events')
    .select(['session_id', sql<number>`max(to_at)`.as('until')])
    .where('kind', '=', 'play')
    .where('person_id', 'in', of(rows.map(({ person_id }) => person_id)))
    .where('play_date', 'in', of(rows.flatMap(({ ended_date, opened_date }) => [opened_date, ended_date])))
    .where('session_id', 'in', of(rows.map(({ session_id }) => session_id)))
    .groupBy('session_id')
    .execute();
  return new Map(found.map(({ session_id, until }) => [session_id!, Number(until)]));
}

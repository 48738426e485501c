// Entries -> rows of `events`, within one transaction: each entry once, numbered without a gap.
// Whoever appends holds the row of `log_head` from before it looks what is there until it commits. So numbers follow one another
// in the order of commits, an entry cannot be kept twice, and an erasure, which takes the same row, never meets half an append.
import { sql, type Transaction } from 'kysely';
import { type ComplianceEvent, instantOf, leafOf } from '../../compliance/compliance-event.ts';
import { ID } from '../../compliance/entry-fields.ts';
import { hashOfFields, type ReadEntry } from '../../compliance/read-entry.ts';
import type { StreamEntry } from '../../sessions/session-store.ts';
import { type EventFacts, lookUpFacts } from './event-facts.ts';
import { keyOf, type PlacedEntry } from './placed-entry.ts';
import type { Schema } from './schema.ts';

/** What was appended. */
export interface Appended {
  readonly count: number;
  readonly unreadable: number;
}

const NOTHING: Appended = { count: 0, unreadable: 0 };
const FINGERPRINT_LENGTH = 12;

/** The months of the entries have to be there. */
export async function appendEvents(db: Transaction<Schema>, placed: readonly PlacedEntry[]): Promise<Appended> {
  if (placed.length === 0) return NOTHING;
  const { next_seq } = await db.selectFrom('log_head').select('next_seq').forUpdate().executeTakeFirstOrThrow();
  const facts = await lookUpFacts(db, placed);
  const fresh = await withoutKept(db, placed, facts);
  if (fresh.length === 0) return NOTHING;
  const rows = fresh.map((entry, index) => eventRow(entry, entry.read.toEvent(next_seq + index, facts), facts));
  await insertRows(db, rows);
  const unreadable = rows.filter(({ kind }) => kind === 'unreadable').length;
  if (unreadable > 0) await keepUnreadable(db, fresh, next_seq);
  return { count: rows.length, unreadable };
}

/**
 * Leaves out what the log holds already. An id that it holds for something else is from a Redis that lost its data and gave
 * the id again: the entry is kept under an id of its own, made of what it says.
 */
async function withoutKept(
  db: Transaction<Schema>,
  placed: readonly PlacedEntry[],
  facts: EventFacts,
): Promise<readonly PlacedEntry[]> {
  if (facts.kept.size === 0) return placed;
  const fresh = placed.filter((entry) => !facts.kept.has(keyOf(entry)));
  const renamed = placed
    .filter((entry) => isAnother(facts.kept.get(keyOf(entry)), entry))
    .map((entry) => ({ ...entry, entryId: `${entry.entryId}~${fingerprintOf(entry.read.entry)}` }));
  if (renamed.length === 0) return fresh;
  const { kept } = await lookUpFacts(db, renamed);
  return [...fresh, ...renamed.filter((entry) => !kept.has(keyOf(entry)))];
}

function isAnother(kept: string | undefined, { read }: PlacedEntry): boolean {
  return kept !== undefined && kept !== contentOf(read);
}

/** What two entries of one id are told apart by, as `lookUpFacts` spells it of a row. */
function contentOf(read: ReadEntry): string {
  const event = read.toEvent(0, PLAIN);
  const is = event.kind === 'unreadable' ? event.data.fieldsHash : (event.session ?? '');
  return `${event.kind} ${instantOf(event.at)} ${is}`;
}

const PLAIN = { refOf: () => '', provinceOf: () => null };

const fingerprintOf = ({ fields }: StreamEntry): string => hashOfFields(fields).slice(0, FINGERPRINT_LENGTH);

type EventRow = Schema['events'];

function eventRow(
  { entryId, month, partition, read }: PlacedEntry,
  event: ComplianceEvent,
  facts: EventFacts,
): EventRow {
  const base = { month, partition, entry_id: entryId, seq: event.seq, at: instantOf(event.at), kind: event.kind };
  if (event.kind === 'unreadable' || read.subject === null) {
    return {
      ...NO_SUBJECT,
      ...base,
      mode: event.mode ?? null,
      provider_id: event.provider ?? null,
      leaf: leafOf(event),
    };
  }
  const { personId, playerId } = read.subject;
  const played = 'from' in event.data ? event.data : null;
  return {
    ...base,
    mode: event.mode,
    provider_id: event.provider,
    person_ref: event.person,
    player_ref: event.player,
    person_id: facts.isErased('person', personId) ? null : personId,
    player_id: facts.isErased('player', playerId) ? null : playerId,
    session_id: event.session ?? null,
    game_id: event.game ?? null,
    agent_id: event.agent ?? null,
    station_id: event.station ?? null,
    band: event.band ?? null,
    play_date: COUNTED_TO_A_DAY.has(event.kind) ? event.date : null,
    from_at: played === null ? null : instantOf(played.from),
    to_at: played === null ? null : instantOf(played.to),
    leaf: leafOf(event),
  };
}

const COUNTED_TO_A_DAY: ReadonlySet<string> = new Set(['play', 'merged', 'corrected']);

const NO_SUBJECT = {
  person_ref: null,
  player_ref: null,
  person_id: null,
  player_id: null,
  session_id: null,
  game_id: null,
  agent_id: null,
  station_id: null,
  band: null,
  play_date: null,
  from_at: null,
  to_at: null,
};

/** One statement for any number of rows, which also moves the head. */
async function insertRows(db: Transaction<Schema>, rows: readonly EventRow[]): Promise<void> {
  const next = rows.at(-1)!.seq + 1;
  await sql`
    with appended as (
      insert into events (
        month, partition, entry_id, seq, at, kind, mode, provider_id, person_ref, player_ref, person_id, player_id,
        session_id, game_id, agent_id, station_id, band, play_date, from_at, to_at, leaf
      )
      select
        month, partition, entry_id, seq, at, kind, mode, provider_id, person_ref, player_ref, person_id, player_id,
        session_id, game_id, agent_id, station_id, band, play_date, from_at, to_at, leaf
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as row (
        month integer, partition text, entry_id text, seq bigint, at bigint, kind text, mode text, provider_id text,
        person_ref text, player_ref text, person_id text, player_id text, session_id text, game_id text, agent_id text,
        station_id text, band text, play_date text, from_at bigint, to_at bigint, leaf text
      )
    )
    update log_head set next_seq = ${next}`.execute(db);
}

async function keepUnreadable(
  db: Transaction<Schema>,
  entries: readonly PlacedEntry[],
  firstSeq: number,
): Promise<void> {
  const rows = entries.flatMap(({ entryId, partition, read }, index) =>
    read.subject !== null
      ? []
      : [
          {
            seq: firstSeq + index,
            partition,
            entry_id: entryId,
            person_id: idOrNull(read.entry.fields.person),
            player_id: idOrNull(read.entry.fields.player),
            fields: JSON.stringify(read.entry.fields),
          },
        ],
  );
  await db.insertInto('unreadable_entries').values(rows).execute();
}

const idOrNull = (text: string | undefined): string | null => (text !== undefined && ID.test(text) ? text : null);

// Events -> those that came for a day that had closed for reports. A day counts as closed for an event by the place of the two in
// the log, so that making the projections again finds the same.
import { dayOf } from '@playgate/policy';
import { sql, type Transaction } from 'kysely';
import { instantOf, type LoggedEvent, type SubjectEvent } from '../../../compliance/compliance-event.ts';
import { REPORT_GRACE_MS } from '../../../compliance/reports/report-days.ts';
import type { Schema } from '../schema.ts';

type ZoneOf = (policyId: string | null) => string;

interface Touch {
  readonly seq: number;
  readonly date: string;
  readonly mode: string;
  readonly provider_id: string;
  /** Whose clock closes its days. */
  readonly book: string;
}

export async function projectLateEntries(
  events: readonly LoggedEvent[],
  db: Transaction<Schema>,
  zoneOf: ZoneOf,
): Promise<void> {
  const touches = events.flatMap(({ event }) => (event.kind === 'unreadable' ? [] : touchesOf(event, zoneOf)));
  const byDay = new Map(touches.map((touch) => [`${touch.mode} ${touch.book} ${touch.date}`, touch]));
  if (byDay.size === 0) return;
  const closed = await sql<Pick<Touch, 'mode' | 'book' | 'date'>>`
    select distinct wanted.mode, wanted.book, wanted.date from ${recordset([...byDay.values()])}
    join day_closings on day_closings.mode = wanted.mode and day_closings.provider_id = wanted.book and day_closings.date >= wanted.date`.execute(
    db,
  );
  if (closed.rows.length === 0) return;
  const days = new Set(closed.rows.map(({ book, date, mode }) => `${mode} ${book} ${date}`));
  const late = touches.filter(({ book, date, mode }) => days.has(`${mode} ${book} ${date}`));
  await sql`
    insert into late_entries (seq, date, mode, provider_id)
    select distinct wanted.seq, wanted.date, wanted.mode, wanted.provider_id from ${recordset(late)}
    where exists (
      select 1 from day_closings
      where day_closings.mode = wanted.mode and day_closings.provider_id = wanted.book
        and day_closings.date >= wanted.date and day_closings.next_seq <= wanted.seq
    )
    on conflict do nothing`.execute(db);
}

const recordset = (touches: readonly Touch[]) => sql`
  jsonb_to_recordset(${JSON.stringify(touches)}::text::jsonb)
    as wanted (seq bigint, date text, mode text, provider_id text, book text)`;

function touchesOf(event: SubjectEvent, zoneOf: ZoneOf): readonly Touch[] {
  const { mode, provider, seq } = event;
  const of = { seq, mode, provider_id: provider, book: mode === 'live' ? '' : provider };
  return datesOf(event, zoneOf).map((date) => ({ ...of, date }));
}

/** Days whose figures it can change. */
function datesOf(event: SubjectEvent, zoneOf: ZoneOf): readonly string[] {
  const dateAt = (at: number) => dayOf(zoneOf(event.policy?.id ?? null), at).date;
  switch (event.kind) {
    // It counts on the day it is made.
    case 'corrected':
      return [dateAt(instantOf(event.at))];
    // They tell of an end, which counts by the day before as long as that is within its grace.
    case 'closed':
    case 'overrun':
      return [event.date, dateAt(instantOf(event.at) - REPORT_GRACE_MS - 1)];
    default:
      return [event.date];
  }
}

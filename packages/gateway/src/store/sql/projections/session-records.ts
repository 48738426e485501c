// Events -> one row per session. The rows of a batch are read, told what happened, and written back, in three statements.
import { dayOfDate, type Instant } from '@playgate/policy';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { type EventOf, instantOf, type LoggedEvent, type SubjectEvent } from '../../../compliance/compliance-event.ts';
import type { EnforcementWatch } from '../../../compliance/enforcement.ts';
import { isWithinHours } from '../../../compliance/opening-hours.ts';
import { REPORT_GRACE_MS } from '../../../compliance/reports/report-days.ts';
import type { Schema, SessionRecordRow } from '../schema.ts';
import { believeClientEnds } from './client-ends.ts';

type Row = SessionRecordRow;
type ZoneOf = (policyId: string | null) => string;

export interface SessionPorts {
  readonly zoneOf: ZoneOf;
  readonly enforcement: EnforcementWatch;
}

export async function projectSessions(
  events: readonly LoggedEvent[],
  db: Transaction<Schema>,
  { enforcement, zoneOf }: SessionPorts,
) {
  const ofSessions = events.filter(({ event }) => event.kind !== 'unreadable' && event.session !== undefined);
  if (ofSessions.length === 0) return;
  const rows = await readRows(db, new Set(ofSessions.map(({ event }) => (event as SubjectEvent).session!)));
  for (const logged of ofSessions) {
    const event = logged.event as SubjectEvent;
    if (!Object.hasOwn(FOLDS, event.kind)) continue;
    const row = rows.get(event.session!) ?? newRow(event, logged);
    rows.set(event.session!, row);
    const before: Told = {
      overrun_ms: row.overrun_ms,
      ordered_at: row.ordered_at,
      acknowledged_at: row.acknowledged_at,
    };
    fold(row, event, zoneOf);
    if (event.mode === 'live') tellEnforcement(enforcement, before, row, instantOf(event.at));
  }
  await believeClientEnds(events, rows, db);
  if (rows.size > 0) await writeRows(db, [...rows.values()]);
}

async function readRows(db: Kysely<Schema>, sessionIds: ReadonlySet<string>): Promise<Map<string, Row>> {
  const rows: Selectable<Schema['session_records']>[] = await db
    .selectFrom('session_records')
    .selectAll()
    .where(
      sql<boolean>`session_id in (select jsonb_array_elements_text(${JSON.stringify([...sessionIds])}::text::jsonb))`,
    )
    .execute();
  return new Map(rows.map((row) => [row.session_id, row]));
}

/** From whatever of the session came first: where Redis lost its start, the record begins with what is known. */
function newRow(event: SubjectEvent, { personId, playerId }: LoggedEvent): Row {
  return {
    session_id: event.session!,
    mode: event.mode,
    provider_id: event.provider,
    person_ref: event.person,
    player_ref: event.player,
    person_id: personId,
    player_id: playerId,
    game_id: event.game ?? '',
    agent_id: event.agent ?? null,
    station_id: event.station ?? null,
    province: event.province ?? null,
    band: event.band ?? null,
    assurance: event.assurance ?? null,
    protocol: event.protocol ?? null,
    source: event.source,
    policy_id: event.policy?.id ?? null,
    policy_version: event.policy?.version ?? null,
    opened_at: 'from' in event.data ? instantOf(event.data.from) : instantOf(event.at),
    opened_date: event.date,
    ended_at: null,
    ended_date: null,
    end_cause: null,
    end_reason: null,
    limit_at: null,
    ordered_at: null,
    acknowledged_at: null,
    closed_at: null,
    close_reason: null,
    overrun_ms: 0,
    overrun_at_close_ms: 0,
    gaps: 0,
    warned_at: null,
    outside_hours: false,
  };
}

const FOLDS = {
  opened: (row: Row, event: EventOf<'opened'>) => {
    row.opened_at = instantOf(event.at);
    row.opened_date = event.date;
  },
  play: (row: Row, event: EventOf<'play'>, zoneOf: ZoneOf) => {
    if (row.source === 'live') row.source = event.source;
    noteHours(row, event, instantOf(event.data.from), zoneOf);
  },
  gap: (row: Row) => {
    row.gaps += 1;
  },
  warned: (row: Row, event: EventOf<'warned'>) => {
    row.warned_at ??= instantOf(event.at);
  },
  ended: (row: Row, event: EventOf<'ended'>, zoneOf: ZoneOf) => {
    const { cause, gaps, limitAt, orderedAt, overrunMs, reason } = event.data;
    row.ended_at = instantOf(event.at);
    row.ended_date = event.date;
    row.end_cause = cause;
    row.end_reason = reason ?? null;
    row.limit_at = orNull(limitAt);
    row.ordered_at = orNull(orderedAt);
    noteOverrun(row, event, zoneOf, overrunMs);
    row.gaps = Math.max(row.gaps, gaps);
    noteHours(row, { ...event, date: row.opened_date }, row.opened_at, zoneOf);
  },
  overrun: (row: Row, event: EventOf<'overrun'>, zoneOf: ZoneOf) =>
    noteOverrun(row, event, zoneOf, event.data.overrunMs),
  closed: (row: Row, event: EventOf<'closed'>, zoneOf: ZoneOf) => {
    const { clientEndedAt, overrunMs, reason, verdictSeq } = event.data;
    row.closed_at = instantOf(event.at);
    row.close_reason = reason;
    noteOverrun(row, event, zoneOf, overrunMs);
    if (verdictSeq !== null) row.acknowledged_at = acknowledgedAt(row, row.closed_at, orNull(clientEndedAt));
  },
};

function fold(row: Row, event: SubjectEvent, zoneOf: ZoneOf): void {
  switch (event.kind) {
    case 'opened':
      FOLDS.opened(row, event);
      break;
    case 'play':
      FOLDS.play(row, event, zoneOf);
      break;
    case 'gap':
      FOLDS.gap(row);
      break;
    case 'warned':
      FOLDS.warned(row, event);
      break;
    case 'ended':
      FOLDS.ended(row, event, zoneOf);
      break;
    case 'overrun':
      FOLDS.overrun(row, event, zoneOf);
      break;
    case 'closed':
      FOLDS.closed(row, event, zoneOf);
      break;
  }
}

/** What was known of the enforcement before an event. */
type Told = Pick<Row, 'acknowledged_at' | 'ordered_at' | 'overrun_ms'>;

function tellEnforcement(watch: EnforcementWatch, before: Told, row: Row, at: Instant): void {
  const { acknowledged_at, limit_at, ordered_at, overrun_ms } = row;
  if (overrun_ms > before.overrun_ms) watch.overran(overrun_ms - before.overrun_ms, at);
  if (ordered_at === null) return;
  if (before.ordered_at === null && limit_at !== null) {
    watch.spanned('limit_to_order', Math.max(0, ordered_at - limit_at), at);
  }
  if (before.acknowledged_at === null && acknowledged_at !== null) {
    watch.spanned('order_to_end', Math.max(0, acknowledged_at - ordered_at), at);
  }
}

/** A client's clock is believed only between the order and the moment it reported. */
function acknowledgedAt(row: Row, closedAt: number, clientEndedAt: number | null): number {
  const fromAt = row.ordered_at ?? row.limit_at ?? row.opened_at;
  return Math.min(Math.max(clientEndedAt ?? closedAt, fromAt), closedAt);
}

/** What is told once the day of the end has closed changes no report any more. */
function noteOverrun(row: Row, { at, policy }: SubjectEvent, zoneOf: ZoneOf, overrunMs: number): void {
  row.overrun_ms = Math.max(row.overrun_ms, overrunMs);
  if (row.ended_date === null) return;
  const closesAt = dayOfDate(zoneOf(policy?.id ?? null), row.ended_date).endsAt + REPORT_GRACE_MS;
  if (instantOf(at) <= closesAt) row.overrun_at_close_ms = Math.max(row.overrun_at_close_ms, overrunMs);
}

function noteHours(row: Row, { at, date, hours, policy }: SubjectEvent, fromAt: number, zoneOf: ZoneOf): void {
  if (hours === undefined || row.outside_hours) return;
  row.outside_hours = !isWithinHours(zoneOf(policy?.id ?? null), date, hours, fromAt, instantOf(at));
}

const orNull = (text: string | null): number | null => (text === null ? null : instantOf(text));

const KEY = new Set(['session_id']);

async function writeRows(db: Transaction<Schema>, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0]!);
  const list = sql.join(columns.map((name) => sql.ref(name)));
  const changes = columns
    .filter((name) => !KEY.has(name))
    .map((name) => sql`${sql.ref(name)} = excluded.${sql.ref(name)}`);
  await sql`
    insert into session_records (${list})
    select ${list} from json_populate_recordset(null::session_records, ${JSON.stringify(rows)}::text::json)
    on conflict (session_id) do update set ${sql.join(changes)}`.execute(db);
}

// A record made up of sessions, plays and refusals, written into the projections, and counted anew in plain TypeScript.
import { ASSURANCES, type Mode, type ReportDimension } from '@playgate/contract';
import { AGE_BANDS, REFUSAL_REASONS } from '@playgate/policy';
import fc from 'fast-check';
import type { CellKey, ReportCell, ReportQuery } from '../../src/compliance/reports/report-source.ts';
import type { Database } from '../../src/store/sql/open-database.ts';
import type { DaySummaryRow, DenialRow, SessionRecordRow } from '../../src/store/sql/schema.ts';

type Summary = Omit<DaySummaryRow, 'intervals'>;

export interface Facts {
  readonly sessions: readonly SessionRecordRow[];
  readonly summaries: readonly Summary[];
  readonly denials: readonly DenialRow[];
}

export const DATES = ['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02'] as const;
const AGENTS = [
  { agent_id: 'agt_hn', province: 'Hà Nội' },
  { agent_id: 'agt_hue', province: 'Huế' },
  { agent_id: null, province: null },
] as const;
const MINUTE_MS = 60_000;
/** 00:00 in Vietnam of the first date. */
export const STARTS_AT = Date.parse('2026-10-29T17:00:00.000Z');

const at = fc.integer({ min: 0, max: 4 * 1440 - 1 }).map((minute) => STARTS_AT + minute * MINUTE_MS);
export const dateOf = (instant: number): string =>
  DATES[Math.min(DATES.length - 1, Math.floor((instant - STARTS_AT) / 86_400_000))]!;
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });

const COMMON = fc.record({
  mode: fc.constantFrom<Mode>('live', 'live', 'test'),
  provider_id: fc.constantFrom('prv_a', 'prv_b'),
  person: fc.integer({ min: 0, max: 12 }),
  game_id: fc.constantFrom('star', 'moon', 'sun'),
  place: fc.constantFrom(...AGENTS),
  band: fc.constantFrom(...AGE_BANDS),
  assurance: fc.constantFrom(...ASSURANCES),
  source: fc.constantFrom<'live' | 'lease' | 'fallback'>('live', 'live', 'lease', 'fallback'),
});
type Common = typeof COMMON extends fc.Arbitrary<infer Value> ? Value : never;

export function arbitraryFacts(): fc.Arbitrary<Facts> {
  const subject = ({ band, game_id, mode, person, place, provider_id }: Common) => {
    const ref = `${provider_id}_${mode}_${person}`;
    return { mode, provider_id, person_ref: ref, player_ref: `${ref}_p`, game_id, band, ...place };
  };
  const end = fc.record({
    ended_at: at,
    cause: fc.constantFrom('game', 'provider', 'stop', 'silence', 'closed', 'order'),
    limit_at: maybe(at),
    ordered_at: maybe(at),
    acknowledged_at: maybe(at),
    closeAfterMs: maybe(fc.integer({ min: 0, max: 12 * 60 * MINUTE_MS })),
  });
  const session = fc
    .record({
      of: COMMON,
      opened_at: at,
      end: maybe(end),
      overrun_ms: fc.integer({ min: 0, max: 600_000 }),
      gaps: fc.nat(4),
      outside_hours: fc.boolean(),
    })
    .map(({ end, gaps, of, opened_at, outside_hours, overrun_ms }): Omit<SessionRecordRow, 'session_id'> => {
      const closed_at = end?.closeAfterMs == null ? null : end.ended_at + end.closeAfterMs;
      return {
        ...subject(of),
        station_id: null,
        person_id: null,
        player_id: null,
        assurance: of.assurance,
        protocol: 'client',
        source: of.source,
        policy_id: 'vn-147-2024',
        policy_version: 1,
        opened_at,
        opened_date: dateOf(opened_at),
        ended_at: end?.ended_at ?? null,
        ended_date: end === null ? null : dateOf(end.ended_at),
        end_cause: end?.cause ?? null,
        end_reason: null,
        limit_at: end?.limit_at ?? null,
        ordered_at: end?.ordered_at ?? null,
        acknowledged_at: closed_at === null ? null : (end?.acknowledged_at ?? null),
        closed_at,
        close_reason: null,
        overrun_ms,
        overrun_at_close_ms: Math.min(overrun_ms, 300_000),
        gaps,
        warned_at: null,
        outside_hours,
      };
    });
  const summary = fc
    .record({
      of: COMMON,
      date: fc.constantFrom(...DATES),
      play_ms: fc.nat(3_600_000),
      isOther: fc.nat(9),
      isMerge: fc.nat(9),
    })
    .map(({ date, isMerge, isOther, of, play_ms }): Summary => {
      const { agent_id, game_id, ...rest } = subject(of);
      return {
        ...rest,
        date,
        agent_id: agent_id ?? '',
        game_id: isMerge === 0 ? '' : game_id,
        person_id: null,
        play_ms,
        leased_ms: 0,
        corrected_ms: 0,
        superseded_by: isOther === 0 ? 'someone' : null,
      };
    });
  const denial = fc.record({ of: COMMON, at, reason: fc.constantFrom(...REFUSAL_REASONS) }).map(
    ({ at: when, of, reason }): Omit<DenialRow, 'seq'> => ({
      ...subject(of),
      station_id: null,
      player_id: null,
      assurance: of.assurance,
      protocol: 'client',
      source: of.source,
      reason,
      at: when,
      date: dateOf(when),
    }),
  );
  return fc
    .record({
      sessions: fc.array(session, { maxLength: 60 }),
      summaries: fc.uniqueArray(summary, { maxLength: 60, selector: summaryKey }),
      denials: fc.array(denial, { maxLength: 40 }),
    })
    .map(({ denials, sessions, summaries }) => ({
      sessions: sessions.map((row, index) => ({ ...row, session_id: `ses_${index}` })),
      summaries,
      denials: denials.map((row, index) => ({ ...row, seq: index })),
    }));
}

const summaryKey = (row: Summary) =>
  [row.mode, row.provider_id, row.date, row.person_ref, row.game_id, row.agent_id].join('|');

export async function writeFacts({ db }: Database, { denials, sessions, summaries }: Facts): Promise<void> {
  if (sessions.length > 0)
    await db
      .insertInto('session_records')
      .values([...sessions])
      .execute();
  const rows = summaries.map((row) => ({ ...row, intervals: '[]' }));
  if (rows.length > 0) await db.insertInto('day_summaries').values(rows).execute();
  if (denials.length > 0)
    await db
      .insertInto('denials')
      .values([...denials])
      .execute();
}

export async function clearFacts({ db }: Database): Promise<void> {
  for (const table of ['session_records', 'day_summaries', 'denials'] as const) await db.deleteFrom(table).execute();
}

/** Every cell by its key as JSON, the totals under `totals`. */
export function recount(facts: Facts, query: ReportQuery): ReadonlyMap<string, ReportCell> {
  const closesAt = new Map(query.days.map((day) => [day.date, day.closesAt]));
  const isIn = (row: Place, date: string | null) =>
    date !== null &&
    closesAt.has(date) &&
    row.mode === query.mode &&
    (query.providerIds?.includes(row.provider_id) ?? true) &&
    (query.provinces === null || (row.province !== null && query.provinces.includes(row.province))) &&
    (query.gameId === null || row.game_id === query.gameId) &&
    (query.agentId === null || row.agent_id === query.agentId);
  const groups = new Map<string, Group>();
  const add = (row: Place, date: string, change: (group: Group) => void) => {
    for (const name of [JSON.stringify(keyOf(query.groupBy, row, date)), 'totals']) {
      if (!groups.has(name)) groups.set(name, newGroup());
      change(groups.get(name)!);
    }
  };
  groups.set('totals', newGroup());
  for (const row of facts.sessions) {
    if (isIn(row, row.opened_date)) add(row, row.opened_date, (group) => group.opened.push(row));
    if (isIn(row, row.ended_date)) add(row, row.ended_date!, (group) => group.ended.push(row));
  }
  for (const row of facts.summaries) {
    const counts = row.superseded_by === null && row.game_id !== '' && row.play_ms > 0;
    if (counts && isIn(row, row.date)) add(row, row.date, (group) => group.played.push(row));
  }
  for (const row of facts.denials) if (isIn(row, row.date)) add(row, row.date, (group) => group.denied.push(row));
  return new Map([...groups].map(([name, group]) => [name, cellOf(group, closesAt)]));
}

type Place = Pick<SessionRecordRow, 'mode' | 'provider_id' | 'province' | 'game_id' | 'agent_id'>;
interface Group {
  readonly opened: SessionRecordRow[];
  readonly ended: SessionRecordRow[];
  readonly played: Summary[];
  readonly denied: DenialRow[];
}
const newGroup = (): Group => ({ opened: [], ended: [], played: [], denied: [] });

function keyOf(groupBy: readonly ReportDimension[], row: Place, day: string): CellKey {
  const parts = {
    provider: row.provider_id,
    game: row.game_id,
    agent: row.agent_id || null,
    province: row.province,
    day,
  };
  return groupBy.map((dimension) => parts[dimension]);
}

function cellOf({ denied, ended, opened, played }: Group, closesAt: ReadonlyMap<string, number>): ReportCell {
  const refs = (rows: readonly { readonly person_ref: string }[]) => new Set(rows.map((row) => row.person_ref));
  const isMinor = ({ band }: { readonly band: string | null }) => band !== null && band !== 'adult';
  const players = [...opened, ...played];
  const inTime = (row: SessionRecordRow) => row.closed_at !== null && row.closed_at <= closesAt.get(row.ended_date!)!;
  const confirmed = (row: SessionRecordRow) =>
    inTime(row) && row.acknowledged_at !== null ? Math.min(row.acknowledged_at, row.closed_at!) : null;
  const spans = (of: (row: SessionRecordRow) => number | null) =>
    quantiles(
      ended
        .map(of)
        .filter((span) => span !== null)
        .map((span) => Math.max(0, span)),
    );
  const less = (later: number | null, earlier: number | null) =>
    later === null || earlier === null ? null : later - earlier;
  return {
    people: refs([...players, ...ended, ...denied]).size,
    players: refs(players).size,
    minors: refs(players.filter(isMinor)).size,
    sessions: opened.length,
    assurance: Object.fromEntries(
      ASSURANCES.map((level) => [level, opened.filter((row) => row.assurance === level).length]),
    ) as ReportCell['assurance'],
    playMs: played.reduce((sum, row) => sum + row.play_ms, 0),
    limitReached: ended.filter((row) => row.limit_at !== null).length,
    overrunMs: ended.reduce((sum, row) => sum + row.overrun_at_close_ms, 0),
    timeToEnforceMs: spans((row) => less(confirmed(row), row.limit_at)),
    limitToOrderMs: spans((row) => less(row.ordered_at, row.limit_at)),
    orderToEndMs: spans((row) => less(confirmed(row), row.ordered_at)),
    unacknowledgedEnds: ended.filter(
      (row) => (row.limit_at !== null || row.ordered_at !== null) && confirmed(row) === null,
    ).length,
    gaps: ended.reduce((sum, row) => sum + row.gaps, 0),
    agentHourBreaches: ended.filter((row) => row.outside_hours).length,
    fallbackDecisions: [...opened, ...denied].filter((row) => row.source === 'fallback').length,
    denied: Object.fromEntries(
      REFUSAL_REASONS.map((reason) => [reason, denied.filter((row) => row.reason === reason).length] as const).filter(
        ([, count]) => count > 0,
      ),
    ),
    correctionsMs: 0,
  };
}

function quantiles(values: readonly number[]) {
  const sorted = [...values].sort((left, right) => left - right);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { p50: rank(0.5), p95: rank(0.95), max: sorted.at(-1) ?? null };
}

// The parts that a report is read in: which rows of which table, what is summed over them, and where it goes. docs/reports.md
// defines every figure in words.
import type { Assurance, ReportDimension } from '@playgate/contract';
import type { RefusalReason } from '@playgate/policy';
import { type RawBuilder, sql } from 'kysely';
import type { QuantilesMs, ReportCell, ReportQuery } from '../../compliance/reports/report-source.ts';

type Fragment = RawBuilder<unknown>;
type Row = Readonly<Record<string, unknown>>;

export interface ReportPart {
  /** True: it finds every row there is, so it is where too many are noticed. */
  readonly isCount?: true;
  /** Another column that rows and totals are told apart by. */
  readonly splitBy?: string;
  /** The facts, with the dimensions as `k0`, `k1`, ... */
  readonly from: (query: ReportQuery) => Fragment;
  readonly figures: Fragment;
  readonly add: (cell: ReportCell, row: Row) => void;
}

type Columns = Readonly<Record<ReportDimension, string>>;

const sessionColumns = (day: string): Columns => ({
  provider: 'provider_id',
  game: 'game_id',
  agent: 'agent_id',
  province: 'province',
  day,
});
const OPENED = sessionColumns('opened_date');
const ENDED = sessionColumns('ended_date');
const DATED = sessionColumns('date');

/** By bytes: groups are found by sorting, and sorting by the rules of a language costs several times as much. */
const keysOf = ({ groupBy }: ReportQuery, columns: Columns): Fragment =>
  sql.join(
    groupBy.map((dimension, index) => {
      const column = sql.ref(columns[dimension]);
      const value = dimension === 'agent' ? sql`nullif(${column}, '')` : column;
      return sql`${value} collate "C" as ${sql.ref(`k${index}`)}`;
    }),
  );

/** Of a person's day, the rows that count: see DaySummaryRow. */
const COUNTED = sql`superseded_by is null and game_id <> ''`;

function where(query: ReportQuery, columns: Columns): Fragment {
  const { agentId, days, gameId, mode, provinces, providerIds } = query;
  const day = sql.ref(columns.day);
  const conditions = [
    sql`mode = ${mode}`,
    sql`${day} between ${days[0]!.date} and ${days.at(-1)!.date}`,
    ...(providerIds === null ? [] : [sql`provider_id in (${sql.join([...providerIds])})`]),
    ...(provinces === null ? [] : [sql`province in (${sql.join([...provinces])})`]),
    ...(gameId === null ? [] : [sql`game_id = ${gameId}`]),
    ...(agentId === null ? [] : [sql`agent_id = ${agentId}`]),
  ];
  return sql.join(conditions, sql` and `);
}

const MINOR = sql`coalesce(band, 'adult') <> 'adult'`;

const people: ReportPart = {
  isCount: true,
  from: (query) => sql`
    select ${keysOf(query, OPENED)}, person_ref, person_ref as player, case when ${MINOR} then person_ref end as minor
      from session_records where ${where(query, OPENED)}
    union all
    select ${keysOf(query, DATED)}, person_ref, person_ref, case when ${MINOR} then person_ref end
      from day_summaries where ${where(query, DATED)} and ${COUNTED} and play_ms > 0
    union all
    select ${keysOf(query, ENDED)}, person_ref, null, null from session_records where ${where(query, ENDED)}
    union all
    select ${keysOf(query, DATED)}, person_ref, null, null from denials where ${where(query, DATED)}`,
  figures: sql`
    count(distinct person_ref collate "C") as people,
    count(distinct player collate "C") as players,
    count(distinct minor collate "C") as minors`,
  add: (cell, row) => {
    cell.people += whole(row.people);
    cell.players += whole(row.players);
    cell.minors += whole(row.minors);
  },
};

const opened: ReportPart = {
  splitBy: 'assurance',
  from: (query) => sql`
    select ${keysOf(query, OPENED)}, assurance, source from session_records where ${where(query, OPENED)}`,
  figures: sql`count(*) as sessions, count(*) filter (where source = 'fallback') as fallback`,
  add: (cell, row) => {
    cell.sessions += whole(row.sessions);
    cell.fallbackDecisions += whole(row.fallback);
    if (row.assurance !== null) cell.assurance[row.assurance as Assurance] += whole(row.sessions);
  },
};

const quantiles = (name: string) => sql`
  percentile_disc(0.5) within group (order by ${sql.ref(name)}) as ${sql.ref(`${name}_p50`)},
  percentile_disc(0.95) within group (order by ${sql.ref(name)}) as ${sql.ref(`${name}_p95`)},
  max(${sql.ref(name)}) as ${sql.ref(`${name}_max`)}`;

/** `days` as a table of dates and the instant each closes. */
function closings({ days }: ReportQuery): Fragment {
  const rows = days.map(({ closesAt, date }) => sql`(${sql.lit(date)}, ${sql.lit(closesAt)}::bigint)`);
  return sql`(values ${sql.join(rows)}) as closings (closing_date, closes_at)`;
}

const IS_CONFIRMED = sql`(acknowledged_at is not null and coalesce(closed_at <= closes_at, false))`;

/** Null where one of them is not there; GREATEST alone would pass over it. */
const spanMs = (from: Fragment, to: Fragment, condition = sql`true`) => sql`
  case when ${from} is not null and ${to} is not null and ${condition} then greatest(0, ${to} - ${from}) end`;
const LIMIT = sql`limit_at`;
const ORDER = sql`ordered_at`;
const CONFIRMED_END = sql`least(acknowledged_at, closed_at)`;

const ended: ReportPart = {
  from: (query) => sql`
    select ${keysOf(query, ENDED)}, limit_at, gaps, outside_hours,
        overrun_at_close_ms,
        (limit_at is not null or ordered_at is not null) and not ${IS_CONFIRMED} as is_unconfirmed,
        ${spanMs(LIMIT, CONFIRMED_END, IS_CONFIRMED)} as enforce,
        ${spanMs(LIMIT, ORDER)} as limit_order,
        ${spanMs(ORDER, CONFIRMED_END, IS_CONFIRMED)} as order_end
      from session_records join ${closings(query)} on closing_date = ended_date
      where ${where(query, ENDED)}`,
  figures: sql`
    count(limit_at) as reached,
    sum(overrun_at_close_ms)::bigint as overrun,
    count(*) filter (where is_unconfirmed) as unconfirmed,
    sum(gaps)::bigint as gaps,
    count(*) filter (where outside_hours) as breaches,
    ${quantiles('enforce')}, ${quantiles('limit_order')}, ${quantiles('order_end')}`,
  add: (cell, row) => {
    cell.limitReached = whole(row.reached);
    cell.overrunMs = whole(row.overrun);
    cell.unacknowledgedEnds = whole(row.unconfirmed);
    cell.gaps = whole(row.gaps);
    cell.agentHourBreaches = whole(row.breaches);
    cell.timeToEnforceMs = quantilesIn(row, 'enforce');
    cell.limitToOrderMs = quantilesIn(row, 'limit_order');
    cell.orderToEndMs = quantilesIn(row, 'order_end');
  },
};

const played: ReportPart = {
  from: (query) => sql`
    select ${keysOf(query, DATED)}, play_ms from day_summaries where ${where(query, DATED)} and ${COUNTED} and play_ms > 0`,
  figures: sql`sum(play_ms)::bigint as play`,
  add: (cell, row) => {
    cell.playMs = whole(row.play);
  },
};

const denied: ReportPart = {
  splitBy: 'reason',
  from: (query) => sql`
    select ${keysOf(query, DATED)}, reason, source from denials where ${where(query, DATED)}`,
  figures: sql`count(*) as denied, count(*) filter (where source = 'fallback') as fallback`,
  add: (cell, row) => {
    cell.denied[row.reason as RefusalReason] = whole(row.denied);
    cell.fallbackDecisions += whole(row.fallback);
  },
};

/** A closed day stays as it is, so a correction counts on the day it is made, whatever day it is about. */
const corrected: ReportPart = {
  from: (query) => {
    const { agentId, days, gameId, groupBy, mode, provinces, providerIds } = query;
    const columns = {
      provider: sql`provider_id`,
      game: sql`game_id`,
      agent: sql`null`,
      province: sql`null`,
      day: sql`day`,
    };
    const keys = groupBy.map((dimension, index) => sql`${columns[dimension]}::text as ${sql.ref(`k${index}`)}`);
    const starts = days.map(
      ({ date, endsAt, startsAt }) => sql`(${sql.lit(date)}, ${sql.lit(startsAt)}::bigint, ${sql.lit(endsAt)}::bigint)`,
    );
    return sql`
      select ${sql.join(keys)}, (leaf::jsonb -> 'data' ->> 'deltaMs')::bigint as delta
        from events join (values ${sql.join(starts)}) as days (day, starts_at, ends_at) on at >= starts_at and at < ends_at
        where kind = 'corrected' and game_id is not null and mode = ${mode} and at >= ${days[0]!.startsAt} and at < ${days.at(-1)!.endsAt}
          ${provinces !== null || agentId !== null ? sql`and false` : sql``}
          ${providerIds === null ? sql`` : sql`and provider_id in (${sql.join([...providerIds])})`}
          ${gameId === null ? sql`` : sql`and game_id = ${gameId}`}`;
  },
  figures: sql`sum(delta)::bigint as delta`,
  add: (cell, row) => {
    cell.correctionsMs = whole(row.delta);
  },
};

export const REPORT_PARTS: readonly ReportPart[] = [people, opened, ended, played, denied, corrected];

/** Sums over nothing are null. */
const whole = (value: unknown): number => Number(value ?? 0);

function quantilesIn(row: Row, name: string): QuantilesMs {
  const at = (part: string) => {
    const value = row[`${name}_${part}`] ?? null;
    return value === null ? null : Number(value);
  };
  return { p50: at('p50'), p95: at('p95'), max: at('max') };
}

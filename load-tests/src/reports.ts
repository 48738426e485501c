// How long a report takes over a month of a million events: 150,000 sessions, 250,000 days of play and 50,000 refused starts of
// 20,000 minors with 40 providers, half of it at agents in 30 provinces. On both databases; one JSON line per figure.
// About two minutes: pnpm --filter @playgate/load-tests reports
// SCALE (0-1) and ROUNDS say how much; ONLY_DATABASE=postgresql leaves the embedded one out.
import type { ReportDimension } from '@playgate/contract';
import { sql } from 'kysely';
import { writeDaily } from '../../packages/gateway/src/compliance/reports/daily-formats.ts';
import { makeReport } from '../../packages/gateway/src/compliance/reports/daily-report.ts';
import { regulatorAudience } from '../../packages/gateway/src/compliance/reports/report-audience.ts';
import { type Database, openDatabase } from '../../packages/gateway/src/store/sql/open-database.ts';
import { SqlReportSource } from '../../packages/gateway/src/store/sql/sql-report-source.ts';
import { median } from './bench/statistics.ts';
import { startPostgres } from './servers.ts';

const SCALE = Number(process.env.SCALE ?? 1);
const SESSIONS = Math.round(150_000 * SCALE);
const PLAYED_DAYS = Math.round(250_000 * SCALE);
const DENIALS = Math.round(50_000 * SCALE);
/** What a session leaves behind: opened, play, warned, ended, closed, and a gap now and then. */
const EVENTS_PER_SESSION = 6.34;
const TARGET_MS = 1_000;
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const FIRST_DAY = '2026-10-01';
const LAST_DAY = '2026-10-31';

/** A number below `size` that follows from row `i`, and from no other such number. */
const of = (salt: number, size: number): string => `((hashint8extended(i, ${salt}) & 2147483647) % ${size})`;
/** Columns that all three tables have. */
const SUBJECT = `'live', 'prv_' || ${of(1, 40)}, 'ref_' || ${of(2, 20_000)}, 'ref_' || ${of(2, 20_000)}, 'game_' || ${of(3, 5)}`;
const PROVINCE = `case when i % 2 = 0 then 'Tỉnh ' || ${of(4, 30)} end`;
const AGENT = `'agt_' || ${of(4, 30)} || '_' || ${of(5, 20)}`;
const DATE = `to_char(date '${FIRST_DAY}' + ${of(6, 31)}::int, 'YYYY-MM-DD')`;
const AT = `(extract(epoch from date '${FIRST_DAY}' + ${of(6, 31)}::int)::bigint * 1000 + ${of(7, 40_000_000)})`;

const FILL = [
  `insert into session_records (mode, provider_id, person_ref, player_ref, game_id, session_id, agent_id, province, band,
     assurance, protocol, source, opened_at, opened_date, ended_at, ended_date, end_cause, limit_at, ordered_at, acknowledged_at,
     closed_at, overrun_ms, gaps, outside_hours)
   select ${SUBJECT}, 'ses_' || i, case when i % 2 = 0 then ${AGENT} end, ${PROVINCE}, '12_15', 'attested', 'client', 'live',
     ${AT}, ${DATE}, ${AT} + 1800000, ${DATE}, 'game', ${AT} + 1790000, ${AT} + 1800000, ${AT} + 1800000 + i % 5000,
     ${AT} + 1806000, i % 9000, i % 3, i % 200 = 0
   from generate_series(1::bigint, ${SESSIONS}) as i`,
  `insert into day_summaries (mode, provider_id, person_ref, player_ref, game_id, date, agent_id, province, band, play_ms,
     leased_ms, corrected_ms, intervals)
   select ${SUBJECT}, ${DATE}, case when i % 2 = 0 then ${AGENT} else '' end, ${PROVINCE}, '12_15', i * 17 % 3600000, 0, 0, '[]'
   from generate_series(1::bigint, ${PLAYED_DAYS}) as i on conflict do nothing`,
  `insert into denials (mode, provider_id, person_ref, player_ref, game_id, seq, agent_id, province, band, assurance, protocol,
     source, reason, at, date)
   select ${SUBJECT}, i, case when i % 2 = 0 then ${AGENT} end, ${PROVINCE}, '12_15', 'attested', 'client', 'live',
     'daily_budget_spent', ${AT}, ${DATE}
   from generate_series(1::bigint, ${DENIALS}) as i`,
];

async function fill({ db }: Database): Promise<void> {
  for (const statement of [...FILL, 'analyze session_records', 'analyze day_summaries', 'analyze denials']) {
    await sql.raw(statement).execute(db);
  }
}

interface Question {
  readonly figure: string;
  readonly provinces: string[] | undefined;
  readonly groupBy: readonly ReportDimension[];
  /** Null: told, not held to anything. */
  readonly targetMs: number | null;
}

const QUESTIONS: readonly Question[] = [
  { figure: 'report_province_month', provinces: ['Tỉnh 4'], groupBy: ['provider', 'day'], targetMs: TARGET_MS },
  {
    figure: 'report_province_month_by_game',
    provinces: ['Tỉnh 4'],
    groupBy: ['provider', 'game', 'agent', 'day'],
    targetMs: TARGET_MS,
  },
  { figure: 'report_country_month_by_province', provinces: undefined, groupBy: ['province', 'day'], targetMs: null },
];

async function measure(database: Database, { figure, groupBy, provinces, targetMs }: Question): Promise<boolean> {
  const source = new SqlReportSource(database.db);
  const ports = { source, record: { catchUp: async () => true }, closeDay: async () => {} };
  const request = {
    audience: regulatorAudience(provinces === undefined ? {} : { provinces }),
    zone: 'Asia/Ho_Chi_Minh',
    from: FIRST_DAY,
    to: LAST_DAY,
    groupBy,
    filters: {},
    now: Date.parse('2026-11-20T00:00:00Z'),
  };
  const times: number[] = [];
  let rows = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    const report = await makeReport(ports, request);
    writeDaily(report, 'csv', { after: null, rowsMax: 0 });
    times.push(performance.now() - startedAt);
    rows = report.rows.length;
  }
  const samples = times.map(Math.round);
  const medianMs = median(samples);
  const isMet = targetMs === null || medianMs <= targetMs;
  const events = Math.round(SESSIONS * EVENTS_PER_SESSION + DENIALS);
  console.log(JSON.stringify({ figure, database: database.kind, events, rows, medianMs, samples, targetMs, isMet }));
  return isMet;
}

async function measureAll(database: Database): Promise<void> {
  await fill(database);
  for (const question of QUESTIONS) if (!(await measure(database, question))) process.exitCode = 1;
}

if (process.env.ONLY_DATABASE !== 'postgresql') {
  await using database = await openDatabase({ inMemory: true });
  await measureAll(database);
}
{
  await using postgres = await startPostgres();
  await using database = await openDatabase({ databaseUrl: postgres.url });
  await measureAll(database);
}

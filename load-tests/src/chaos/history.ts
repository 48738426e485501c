// Holds what every player saw against what the books, the log and the reports say afterwards.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { openDatabase } from '../../../packages/gateway/src/store/sql/open-database.ts';
import { dayOf } from '../../../packages/policy/src/index.ts';
import { programWords } from './gateway.ts';
import { faultsOfLog } from './log-order.ts';
import type { HistoryPlayer } from './player.ts';
import type { Stage } from './stage.ts';
import { boundedOf } from './truth.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
/** Instants are whole milliseconds on both sides, at both ends of every run. */
const ROUNDING_MS = 2;
const ON_RECORD_MS_MAX = 30_000;
const POLL_MS = 100;

export interface Allowed {
  /** How often books were lost: each may cost a player one interval. */
  readonly losses?: number;
  /** How often the gateway's clock leapt by more than a lease: each is a gap, of which one interval counts. */
  readonly leaps?: number;
  /** Sessions may have ended with their lease: the outage was longer. */
  readonly leaseEnds?: boolean;
  /** The kinds that are counted in the log, else only that it has neither holes nor doubles and is in order. */
  readonly hasWholeLog?: boolean;
  /** The Redis that a command reads; null: it is not compared with the reports. */
  readonly booksUrl?: string | null;
}

export interface Verdict {
  readonly measured: {
    readonly players: number;
    readonly beatsTaken: number;
    readonly beatsRefused: number;
    /** Counted beyond what can have been played, of the worst player; 0 where nobody. */
    readonly overCountMsMax: number;
    /** Certainly played and not counted, of the worst player. */
    readonly underCountMsMax: number;
    readonly falseOks: number;
    readonly limitsReached: number;
    readonly differences: number;
  };
  readonly failures: readonly string[];
}

/** Every player has stopped. */
export async function checkHistory(
  stage: Stage,
  players: readonly HistoryPlayer[],
  allowed: Allowed = {},
): Promise<Verdict> {
  const failures = players.flatMap((player) => player.failures.map((what) => `${player.facts.sessionId}: ${what}`));
  const lossMs = (allowed.losses ?? 0) * stage.pace.intervalMs;
  const leapMs = (allowed.leaps ?? 0) * stage.pace.intervalMs;
  const persons = [...Map.groupBy(players, ({ facts }) => facts.playerId).values()];
  const differences = await Promise.all(persons.map((devices) => differenceOf(stage, devices)));
  for (const { overMs, slackMs, underMs, who } of differences) {
    if (overMs > slackMs + leapMs) failures.push(`${who}: counted ${overMs} ms more than was played`);
    if (underMs > slackMs + lossMs + leapMs) failures.push(`${who}: counted ${underMs} ms less`);
  }
  for (const { facts, stoppedBy } of players) {
    if (stoppedBy === 'lease' && allowed.leaseEnds !== true) failures.push(`${facts.sessionId}: ended by its lease`);
  }
  const falseOks = players.filter((player) => isFalseOk(player, lossMs));
  failures.push(...falseOks.map(({ facts, longestOkMs }) => `${facts.sessionId}: went on at ${longestOkMs} ms`));
  const record = await checkRecord(stage, players, allowed);
  return {
    measured: {
      players: players.length,
      beatsTaken: sum(players.map(({ taken }) => taken)),
      beatsRefused: sum(players.map(({ refused }) => refused)),
      overCountMsMax: Math.max(0, ...differences.map(({ overMs }) => overMs)),
      underCountMsMax: Math.max(0, ...differences.map(({ underMs }) => underMs)),
      falseOks: falseOks.length,
      limitsReached: players.filter(({ endReason }) => endReason === 'daily_budget_spent').length,
      differences: record.differences,
    },
    failures: [...failures, ...record.failures],
  };
}

interface Difference {
  /** The first session of the person. */
  readonly who: string;
  readonly overMs: number;
  readonly underMs: number;
  readonly slackMs: number;
}

async function differenceOf(stage: Stage, devices: readonly HistoryPlayer[]): Promise<Difference> {
  const countedMs = await countedOf(stage, devices[0]!);
  const { atLeastMs, atMostMs } = boundedOf(devices.map(({ played }) => played));
  const ends = devices.reduce((total, { pauses }) => total + pauses + 2, 0);
  const who = devices[0]!.facts.sessionId;
  return { who, overMs: countedMs - atMostMs, underMs: atLeastMs - countedMs, slackMs: ROUNDING_MS * ends };
}

/** An answer said that play goes on when more than the day had certainly been played. */
function isFalseOk({ facts, longestOkMs }: HistoryPlayer, lossMs: number): boolean {
  return facts.limitMs !== null && longestOkMs > facts.limitMs + lossMs + ROUNDING_MS;
}

async function countedOf(stage: Stage, { facts }: HistoryPlayer): Promise<number> {
  const days = new Set([facts.openSentAt, Date.now()].map((at) => dayOf(ZONE, at).date));
  const totals = [...days].map(async (date) => {
    const path = `/v1/players/${facts.playerId}/playtime?date=${date}`;
    return (await stage.client.must<{ totalMs: number }>(path, stage.secretKey, null, 'GET')).totalMs;
  });
  return sum(await Promise.all(totals));
}

interface RecordVerdict {
  readonly differences: number;
  readonly failures: readonly string[];
}

async function checkRecord(stage: Stage, players: readonly HistoryPlayer[], allowed: Allowed): Promise<RecordVerdict> {
  const failures: string[] = [];
  await using database = await openDatabase({ databaseUrl: stage.databaseUrl });
  const closed = async () => {
    const rows = await database.db
      .selectFrom('session_records')
      .select('session_id')
      .where('closed_at', 'is not', null)
      .execute();
    return new Set(rows.map(({ session_id }) => session_id));
  };
  const awaited = players.filter(({ stoppedBy }) => stoppedBy !== 'lost').map(({ facts }) => facts.sessionId);
  const deadline = performance.now() + ON_RECORD_MS_MAX;
  let missing = awaited;
  do {
    const seen = await closed();
    missing = awaited.filter((sessionId) => !seen.has(sessionId));
    if (missing.length > 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  } while (missing.length > 0 && performance.now() < deadline);
  if (missing.length > 0) failures.push(`${missing.length} sessions are not closed on record, ${missing[0]} is one`);
  const rows = await database.db
    .selectFrom('events')
    .select(['seq', 'at', 'kind', 'session_id', 'partition', 'entry_id'])
    .orderBy('seq')
    .execute();
  failures.push(...faultsOfLog(rows, { hasKeptBooks: (allowed.losses ?? 0) === 0 }));
  if (allowed.hasWholeLog !== false) {
    const openings = new Map<string, number>();
    for (const { kind, session_id } of rows)
      if (kind === 'opened' && session_id !== null) openings.set(session_id, (openings.get(session_id) ?? 0) + 1);
    const wrong = awaited.filter((sessionId) => openings.get(sessionId) !== 1);
    if (wrong.length > 0) failures.push(`${wrong.length} sessions are not opened once on record, ${wrong[0]} is one`);
  }
  if (allowed.booksUrl === null) return { differences: 0, failures };
  const reconciled = await reconcile(stage, allowed.booksUrl ?? stage.redis.url);
  return { differences: reconciled.differences, failures: [...failures, ...reconciled.failures] };
}

/** As an operator would: do the live books, the log and the summaries say the same? */
async function reconcile(stage: Stage, redisUrl: string): Promise<RecordVerdict> {
  const { PORT: _port, ...env } = stage.gateway.env;
  const { date } = dayOf(ZONE, Date.now());
  const words = [...programWords(stage.suite.isBuilt), 'reconcile', '--date', date, '--json'];
  const run = promisify(execFile)(process.execPath, words, {
    env: { PATH: process.env.PATH, ...env, REDIS_URL: redisUrl },
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  const { stderr, stdout } = await run.catch((error: { stdout: string; stderr: string }) => error);
  try {
    const { differences } = JSON.parse(stdout) as { differences: readonly unknown[] };
    const told = differences
      .slice(0, DIFFERENCES_TOLD_MAX)
      .map((difference) => `reconcile: ${JSON.stringify(difference)}`);
    return { differences: differences.length, failures: told };
  } catch {
    return { differences: 1, failures: [`reconcile: ${stdout}${stderr}`] };
  }
}

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const DIFFERENCES_TOLD_MAX = 3;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

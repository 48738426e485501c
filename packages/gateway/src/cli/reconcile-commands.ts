// `playgate reconcile`: is what the reports say what was counted?
import {
  type CalendarDate,
  dayOfDate,
  formatInstant,
  type Interval,
  isCalendarDate,
  measureIntervals,
} from '@playgate/policy';
import { type Command, InvalidArgumentError } from 'commander';
import { type Difference, type Reconciliation, reconcileDay } from '../compliance/reconcile.ts';
import type { Mode } from '../directory/world.ts';
import { MODES } from '../directory/world.ts';
import { loadPolicies } from '../load-policies.ts';
import { type Ledger, openLedger } from '../open-ledger.ts';
import { openRecord } from '../open-record.ts';
import { DataDirectoryLockedError } from '../store/sql/data-directory-lock.ts';
import type { Database } from '../store/sql/open-database.ts';
import { admitPolicies } from '../store/sql/policy-hashes.ts';
import { SqlDayBooks } from '../store/sql/sql-day-books.ts';
import { SqlFollowedLog } from '../store/sql/sql-followed-log.ts';
import { SqlProjector } from '../store/sql/sql-projector.ts';
import { countOf } from './count-of.ts';
import { CommandError, withStores } from './open-stores.ts';
import type { CommandPorts } from './program.ts';
import { type Progress, startProgress } from './progress-bar.ts';

interface ReconcileCommandPorts extends Pick<CommandPorts, 'note' | 'now' | 'print' | 'readConfig'> {
  /** A bar if left out. */
  readonly startProgress?: (what: string, total: number) => Progress;
}

interface ReconcileOptions {
  readonly date?: CalendarDate;
  readonly provider?: string;
  readonly mode?: Mode;
  readonly rebuild: boolean;
  readonly json: boolean;
}

/** How many differences are told in words; `--json` has all. */
const TOLD_MAX = 100;
const MS_PER_MINUTE = 60_000;

export function addReconcileCommands(program: Command, ports: ReconcileCommandPorts): void {
  program
    .command('reconcile')
    .description('check that the live books, the log and the summaries of a day say the same')
    .option('--date <date>', 'calendar day of the policy: YYYY-MM-DD', readDate)
    .option('--provider <providerId>', 'only this provider')
    .option('--mode <mode>', 'only live or only test worlds', readMode)
    .option('--rebuild', 'first make all summaries and session records again from the log', false)
    .option('--json', 'print the outcome as JSON', false)
    .addHelpText(
      'after',
      '\nEnds with 1 when there are differences. With an embedded database the gateway has to be stopped.',
    )
    .action(async (options: ReconcileOptions) => {
      if (options.date === undefined && !options.rebuild) throw new CommandError('--date is needed, or --rebuild.');
      process.exitCode = await reconcileCommand(ports, options);
    });
}

/** The exit code. */
export async function reconcileCommand(ports: ReconcileCommandPorts, options: ReconcileOptions): Promise<0 | 1> {
  const config = ports.readConfig();
  return withStores(config, ports.now(), async ({ database }) => {
    const policies = await loadPolicies(config.policyId, config.policyDir);
    const book = await admitPolicies(database.db, policies);
    if (options.rebuild) await rebuild(database, new SqlProjector(book), ports);
    if (options.date === undefined) return 0;
    const onTrouble = (what: string) => ports.note(what);
    const ledger = await openBooks(() =>
      openLedger(config, { clock: { now: ports.now }, onTrouble, onLost: ({ message }) => ports.note(message) }),
    );
    try {
      const { followers, pump } = openRecord({
        database,
        store: ledger.store,
        policies: book,
        followers: [],
        onTrouble,
      });
      await pump.drain();
      await followers.run();
      const day = dayOfDate(book.zoneOf(null), options.date);
      const frozen = await readFrozenClocks(database);
      const progress = lazyProgress(ports, 'persons');
      const outcome = await reconcileDay(
        {
          store: ledger.store,
          books: new SqlDayBooks(database.db),
          nowOf: ({ mode, providerId }) => (mode === 'test' ? frozen.get(providerId) : undefined) ?? ports.now(),
          realNow: ports.now(),
          onProgress: progress.update,
        },
        day,
        { providerId: options.provider ?? null, mode: options.mode ?? null },
      ).finally(progress.stop);
      tell(outcome, options.json, ports);
      return outcome.differences.length === 0 ? 0 : 1;
    } finally {
      await ledger.close();
    }
  });
}

async function openBooks(open: () => Promise<Ledger>): Promise<Ledger> {
  return open().catch((error: unknown) => {
    if (!(error instanceof DataDirectoryLockedError)) throw error;
    throw new CommandError(
      `The live books are embedded and a running gateway has them open (${error.message}) ` +
        'Stop the gateway, run this command, and start it again. With REDIS_URL it need not be stopped.',
    );
  });
}

/** Begun when it is known how much there is to do. */
function lazyProgress({ startProgress: start = startProgress }: ReconcileCommandPorts, what: string) {
  let begun: Progress | null = null;
  return {
    update: (done: number, total: number): void => {
      begun ??= start(what, total);
      begun.update(done, total);
    },
    stop: (): void => begun?.stop(),
  };
}

async function rebuild({ db }: Database, projector: SqlProjector, ports: ReconcileCommandPorts): Promise<void> {
  const log = new SqlFollowedLog(db);
  await log.restart(projector);
  const progress = lazyProgress(ports, 'events');
  try {
    for (;;) {
      const place = await log.advance(projector, REBUILD_EVENTS_PER_STEP);
      if (place !== null) progress.update(place.nextSeq, place.headSeq);
      // A running gateway may be at it too: then the two take turns.
      if (place !== null && place.nextSeq >= place.headSeq) return;
    }
  } finally {
    progress.stop();
  }
}

const REBUILD_EVENTS_PER_STEP = 10_000;

async function readFrozenClocks({ db }: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await db.selectFrom('sandbox_clocks').selectAll().execute();
  return new Map(rows.map(({ frozen_at, provider_id }) => [provider_id, frozen_at]));
}

function tell(outcome: Reconciliation, asJson: boolean, { note, print }: ReconcileCommandPorts): void {
  if (asJson) {
    print(JSON.stringify(describe(outcome)));
    return;
  }
  const { date, differences, games, liveCompared, persons, playMs, running } = outcome;
  for (const difference of differences.slice(0, TOLD_MAX)) print(tellDifference(difference));
  const untold = differences.length - TOLD_MAX;
  if (untold > 0) note(`${countOf(untold, 'more difference')}; --json has all of them.`);
  if (liveCompared < persons) {
    const forgotten = countOf(persons - liveCompared, 'person');
    note(`The live books no longer hold the day of ${forgotten}: log and summary are compared only.`);
  }
  if (running > 0)
    note(`The day is not over: play of ${countOf(running, 'person')} reaches the log when it is interrupted.`);
  const counts = [
    countOf(persons, 'person'),
    countOf(games, 'game account'),
    countOf(Math.round(playMs / MS_PER_MINUTE), 'minute'),
    countOf(differences.length, 'difference'),
  ];
  print(`${date}: ${counts.join(', ')}; ${liveTextOf(outcome)}`);
}

function liveTextOf({ liveCompared, persons }: Reconciliation): string {
  if (liveCompared === 0) return 'live books not compared';
  return `live books compared for ${liveCompared === persons ? 'all' : `${liveCompared} of ${persons}`}`;
}

function tellDifference({ game, live, log, person, summary }: Difference): string {
  const account = (name: string, intervals: readonly Interval[] | null) =>
    intervals === null
      ? `  ${name}: no longer held`
      : `  ${name}: ${measureIntervals(intervals)} ms ${textOf(intervals)}`;
  const lines = [account('live   ', live), account('log    ', log), account('summary', summary)];
  return [`person ${person}, game ${game}`, ...lines].join('\n');
}

const textOf = (intervals: readonly Interval[]): string =>
  intervals.map(({ endsAt, startsAt }) => `${formatInstant(startsAt)}/${formatInstant(endsAt)}`).join(' ');

function describe({ differences, ...rest }: Reconciliation): object {
  const account = (intervals: readonly Interval[] | null) =>
    intervals === null
      ? null
      : {
          ms: measureIntervals(intervals),
          intervals: intervals.map(({ endsAt, startsAt }) => [formatInstant(startsAt), formatInstant(endsAt)]),
        };
  return {
    ...rest,
    differences: differences.map(({ game, live, log, person, summary }) => ({
      person,
      game,
      live: account(live),
      log: account(log),
      summary: account(summary),
    })),
  };
}

function readDate(text: string): CalendarDate {
  if (isCalendarDate(text)) return text;
  throw new InvalidArgumentError('must be a date: YYYY-MM-DD');
}

function readMode(text: string): Mode {
  const mode = MODES.find((known) => known === text);
  if (mode === undefined) throw new InvalidArgumentError('must be live or test');
  return mode;
}

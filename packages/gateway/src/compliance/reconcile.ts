// The three accounts of one day held against each other: the intervals of the live ledger, the replay of the log, and the
// summaries that reports read. Pure but for its ports; it changes nothing.
import {
  addInterval,
  type CalendarDate,
  type CalendarDay,
  type Instant,
  type Interval,
  measureIntervals,
  unionIntervals,
} from '@playgate/policy';
import type { Mode } from '../directory/world.ts';
import { KEEP_AFTER_DAY_MS, type SessionStore } from '../sessions/session-store.ts';

export type PlayByGame = ReadonlyMap<string, readonly Interval[]>;

export interface ReconcileFilter {
  readonly providerId: string | null;
  readonly mode: Mode | null;
}

/** Who played on a day, as far as anything that is kept knows. */
export interface PersonOfDay {
  readonly personId: string;
  /** Commitment; null: no event ever named the person. */
  readonly ref: string | null;
  readonly mode: Mode;
  readonly providerId: string;
}

/** The log and the summaries of a day, by person. */
export interface DayBooks {
  /** Those of `alsoIds` that exist too; erased persons are nobody's. */
  listPersons(date: CalendarDate, filter: ReconcileFilter, alsoIds: readonly string[]): Promise<readonly PersonOfDay[]>;
  readLog(date: CalendarDate, personIds: readonly string[]): Promise<ReadonlyMap<string, PlayByGame>>;
  readSummaries(date: CalendarDate, personIds: readonly string[]): Promise<ReadonlyMap<string, PlayByGame>>;
}

export interface ReconcilePorts {
  readonly store: Pick<SessionStore, 'listPersons' | 'readDay'>;
  readonly books: DayBooks;
  /** Time of a world. */
  readonly nowOf: (world: { readonly mode: Mode; readonly providerId: string }) => Instant;
  readonly realNow: Instant;
  readonly onProgress?: (done: number, total: number) => void;
}

/** One person's one game of the day, where the accounts of it are not the same. Null: not compared. */
export interface Difference {
  readonly person: string;
  readonly game: string;
  readonly live: readonly Interval[] | null;
  readonly log: readonly Interval[];
  readonly summary: readonly Interval[];
}

export interface Reconciliation {
  readonly date: CalendarDate;
  readonly persons: number;
  readonly games: number;
  readonly playMs: number;
  /** Persons whose live day was still there to compare. */
  readonly liveCompared: number;
  /** Persons with play that only the live ledger has, on a day that goes on: their sessions do. */
  readonly running: number;
  readonly differences: readonly Difference[];
}

/** Persons read in one go. */
const PERSONS_PER_LOOK = 500;

export async function reconcileDay(
  ports: ReconcilePorts,
  day: CalendarDay,
  filter: ReconcileFilter,
): Promise<Reconciliation> {
  const { books, onProgress, store } = ports;
  const persons = await books.listPersons(day.date, filter, await store.listPersons(day.date));
  const tally = new Tally(day.date);
  for (let at = 0; at < persons.length; at += PERSONS_PER_LOOK) {
    const some = persons.slice(at, at + PERSONS_PER_LOOK);
    const ids = some.map(({ personId }) => personId);
    const [log, summaries, live] = await Promise.all([
      books.readLog(day.date, ids),
      books.readSummaries(day.date, ids),
      Promise.all(some.map((person) => readLive(ports, person, day))),
    ]);
    for (const [index, person] of some.entries()) {
      const isOver = ports.nowOf(person) >= day.endsAt;
      tally.take(person, live[index]!, log.get(person.personId), summaries.get(person.personId), isOver);
    }
    onProgress?.(at + some.length, persons.length);
  }
  return tally.result();
}

/** Null where the store no longer keeps the day; of a test world nobody can tell an empty day from a forgotten one. */
async function readLive(
  { realNow, store }: ReconcilePorts,
  { mode, personId }: PersonOfDay,
  { date, endsAt, startsAt }: CalendarDay,
): Promise<PlayByGame | null> {
  if (mode === 'live' && realNow >= endsAt + KEEP_AFTER_DAY_MS) return null;
  const { games } = await store.readDay(personId, date, startsAt);
  return mode === 'test' && games.size === 0 ? null : games;
}

const NO_PLAY: PlayByGame = new Map();

class Tally {
  readonly #date: CalendarDate;
  readonly #differences: Difference[] = [];
  readonly #counts = { persons: 0, games: 0, playMs: 0, liveCompared: 0, running: 0 };

  constructor(date: CalendarDate) {
    this.#date = date;
  }

  take(
    { personId, ref }: PersonOfDay,
    live: PlayByGame | null,
    log: PlayByGame = NO_PLAY,
    summaries: PlayByGame = NO_PLAY,
    isOver: boolean,
  ): void {
    const counts = this.#counts;
    let isRunning = false;
    counts.persons++;
    if (live !== null) counts.liveCompared++;
    for (const game of new Set([...(live?.keys() ?? []), ...log.keys(), ...summaries.keys()])) {
      const accounts = {
        live: live === null ? null : (live.get(game) ?? []),
        log: log.get(game) ?? [],
        summary: summaries.get(game) ?? [],
      };
      counts.games++;
      counts.playMs += measureIntervals(accounts.log);
      const goesOn = !isOver && accounts.live !== null && holds(accounts.live, accounts.log);
      const isLiveSame = accounts.live === null || isSame(accounts.live, accounts.log);
      isRunning ||= goesOn && !isLiveSame;
      if ((isLiveSame || goesOn) && isSame(accounts.log, accounts.summary)) continue;
      this.#differences.push({ person: ref ?? personId, game, ...accounts });
    }
    if (isRunning) counts.running++;
  }

  result(): Reconciliation {
    return { date: this.#date, ...this.#counts, differences: this.#differences };
  }
}

function isSame(left: readonly Interval[], right: readonly Interval[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ endsAt, startsAt }, at) => startsAt === right[at]!.startsAt && endsAt === right[at]!.endsAt)
  );
}

const holds = (whole: readonly Interval[], part: readonly Interval[]): boolean =>
  measureIntervals(unionIntervals(whole, part)) === measureIntervals(whole);

/** Sorted and disjoint, by game, from rows in any order. */
export function gather(
  rows: Iterable<{ readonly personId: string; readonly gameId: string; readonly played: readonly Interval[] }>,
): ReadonlyMap<string, PlayByGame> {
  const people = new Map<string, Map<string, readonly Interval[]>>();
  for (const { gameId, personId, played } of rows) {
    const games = people.get(personId) ?? new Map<string, readonly Interval[]>();
    people.set(personId, games);
    games.set(
      gameId,
      played.reduce((union, interval) => addInterval(union, interval), games.get(gameId) ?? []),
    );
  }
  return people;
}

// Minutes, made again from the intervals of play alone, held to what sessions said was used when they were opened, refused and
// ended. A run that still goes on has no entry yet, so what was said lies between what had been entered by then and what had
// been played by then, as it turns out later; the two are the same where nothing else ran.
import { addInterval, clipInterval, type Interval, measureIntervals } from '@playgate/policy';
import { type ComplianceEvent, instantOf, type SubjectEvent, type UsedByScopeMs } from '../../compliance-event.ts';
import { type Check, failed, notChecked, ok } from './check.ts';

const NAME = 'minutes';
const EXAMPLES_MAX = 3;
/**
 * Live days so far behind the newest of their partition are looked at a last time and forgotten: nothing is said of them any
 * more. The entries of a partition are in order; partitions may be any time apart.
 */
const DAYS_KEPT = 3;

/** One person's day at one provider. */
interface PersonDay {
  readonly accounts: Map<string, readonly Interval[]>;
  readonly corrected: () => Corrected;
  readonly claims: Claim[];
}

/** What corrections added and took, for all accounts: they are told apart from play. They come from no partition of the ledger. */
interface Corrected {
  addedMs: number;
  takenMs: number;
}
const NOT_CORRECTED: Readonly<Corrected> = { addedMs: 0, takenMs: 0 };

/** What comes of one partition. */
interface Partition {
  /** By world and date, then by person. */
  readonly days: Map<string, Map<string, PersonDay>>;
  latestDate: string;
}

/** Said, and above what had been entered. */
interface Claim {
  readonly seq: number;
  readonly account: string;
  /** The days it may be of. */
  readonly days: readonly PersonDay[];
  /** Play up to here may stand behind it. */
  readonly until: number;
  readonly usedMs: number;
}

export class MinutesRecount {
  readonly #partitions = new Map<string, Partition>();
  /** By world, date and person. */
  readonly #corrected = new Map<string, Corrected>();
  /** Sessions that were opened and not ended, with the day they were opened on, by person. */
  readonly #running = new Map<string, Map<string, string>>();
  readonly #problems: string[] = [];
  #problemCount = 0;
  #comparedCount = 0;
  /** False: entries before or behind are missing, so that what was played in the end is not known. */
  #isWhole: boolean;

  constructor(isWhole: boolean) {
    this.#isWhole = isWhole;
  }

  /** An entry of which only the hash is left: from here on not everything is known. */
  noteGone(): void {
    this.#isWhole = false;
  }

  add(event: ComplianceEvent): void {
    if (event.kind === 'unreadable') return;
    switch (event.kind) {
      case 'opened':
        this.#runningOf(event).set(event.session ?? '', event.date);
        break;
      case 'play':
      case 'merged':
        this.#addPlay(event, event.data);
        break;
      case 'corrected':
        this.#correct(event, event.data.deltaMs);
        break;
    }
    if ('usedMs' in event.data && event.data.usedMs !== undefined) this.#compare(event, event.data.usedMs);
    if (event.kind === 'ended') this.#runningOf(event).delete(event.session ?? '');
    this.#forget(event);
  }

  finish(): Check {
    for (const partition of this.#partitions.values()) {
      for (const [key, persons] of partition.days) this.#settle(key, persons, partition.latestDate);
    }
    if (this.#problemCount > 0) {
      const more = this.#problemCount > EXAMPLES_MAX ? `; ${this.#problemCount} in all` : '';
      return failed(NAME, `${this.#problems.join('; ')}${more}`);
    }
    if (this.#comparedCount === 0) return notChecked(NAME, 'no entry says how much was used');
    const bound = this.#isWhole ? '' : ' (only that they are not below: not every entry is here)';
    return ok(NAME, `${this.#comparedCount} numbers agree with the intervals of play${bound}`);
  }

  #addPlay(event: SubjectEvent, { from, to }: { readonly from: string; readonly to: string }): void {
    const { accounts } = this.#dayOf(event, event.date);
    const interval = { startsAt: instantOf(from), endsAt: instantOf(to) };
    for (const account of accountsOf(event)) {
      accounts.set(account, addInterval(accounts.get(account) ?? [], interval));
    }
  }

  #compare(event: SubjectEvent, usedMs: UsedByScopeMs): void {
    // A session that ends after midnight may have been counted by the day before to its end.
    const openedDate = this.#runningOf(event).get(event.session ?? '') ?? event.date;
    const days = openedDate < event.date ? [event.date, dateBefore(event.date)] : [event.date];
    for (const account of accountsOf(event)) {
      const claimMs = usedMs[scopeOf(account)];
      this.#comparedCount += 1;
      const known = days.map((date) => this.#dayOf(event, date));
      const isEqual = known.some((day) => claimMs === measure(day, account));
      const isPossible = known.some((day) => claimMs >= measure(day, account) - day.corrected().takenMs);
      if (isEqual) continue;
      if (!isPossible) this.#report(event.seq, account, claimMs, measure(known[0]!, account));
      else known[0]!.claims.push({ seq: event.seq, account, days: known, until: saidAt(event), usedMs: claimMs });
    }
  }

  /** What was claimed above what had been entered must have been played by then. */
  #settle(key: string, persons: ReadonlyMap<string, PersonDay>, latestDate: string): void {
    if (!this.#isWhole) return;
    for (const [person, day] of persons) {
      if ((this.#running.get(person)?.size ?? 0) > 0 && key.slice(-DATE_LENGTH) >= latestDate) continue;
      for (const { account, days, seq, until, usedMs } of day.claims) {
        const played = days.map((each) => playedUntil(each, account, until));
        const isPossible = days.some(({ corrected }, index) => usedMs <= played[index]! + corrected().addedMs);
        if (!isPossible) this.#report(seq, account, usedMs, played[0]!);
      }
    }
  }

  #report(seq: number, account: string, usedMs: number, playedMs: number): void {
    this.#problemCount += 1;
    if (this.#problems.length >= EXAMPLES_MAX) return;
    this.#problems.push(
      `entry ${seq} says ${usedMs} ms were used (${scopeOf(account)}), the intervals give ${playedMs} ms`,
    );
  }

  #correct(event: SubjectEvent, deltaMs: number): void {
    const name = `${dayKey(event, event.date)} ${event.person}`;
    const corrected = this.#corrected.get(name) ?? { ...NOT_CORRECTED };
    this.#corrected.set(name, corrected);
    if (deltaMs > 0) corrected.addedMs += deltaMs;
    else corrected.takenMs -= deltaMs;
  }

  #dayOf(event: SubjectEvent, date: string): PersonDay {
    const { days } = this.#partitionOf(event);
    const key = dayKey(event, date);
    const persons = days.get(key) ?? new Map<string, PersonDay>();
    days.set(key, persons);
    const name = `${key} ${event.person}`;
    const corrected = () => this.#corrected.get(name) ?? NOT_CORRECTED;
    const day = persons.get(event.person) ?? { accounts: new Map(), corrected, claims: [] };
    persons.set(event.person, day);
    return day;
  }

  #partitionOf({ entry }: SubjectEvent): Partition {
    const name = entry.slice(0, Math.max(0, entry.indexOf('/')));
    const partition = this.#partitions.get(name) ?? { days: new Map(), latestDate: '' };
    this.#partitions.set(name, partition);
    return partition;
  }

  #runningOf({ person }: SubjectEvent): Map<string, string> {
    const sessions = this.#running.get(person) ?? new Map<string, string>();
    this.#running.set(person, sessions);
    return sessions;
  }

  #forget(event: SubjectEvent): void {
    const partition = this.#partitionOf(event);
    if (event.mode !== 'live' || event.date <= partition.latestDate) return;
    partition.latestDate = event.date;
    const newest = Date.parse(`${event.date}T00:00:00Z`);
    const oldest = new Date(newest - DAYS_KEPT * DAY_MS).toISOString().slice(0, DATE_LENGTH);
    for (const [key, persons] of partition.days) {
      if (!key.startsWith('live ') || key.slice(-DATE_LENGTH) >= oldest) continue;
      this.#settle(key, persons, partition.latestDate);
      partition.days.delete(key);
    }
  }
}

const DAY_MS = 86_400_000;
const DATE_LENGTH = 10;

const dayKey = ({ mode, provider }: SubjectEvent, date: string): string => `${mode} ${provider} ${date}`;

/** The accounts that play of the session goes to, but for the one over all providers, which no single provider's entries fill. */
function accountsOf({ agent, game }: SubjectEvent): readonly string[] {
  return [
    'provider',
    ...(game === undefined ? [] : [`game ${game}`]),
    ...(agent === undefined ? [] : [`agent ${agent}`]),
  ];
}

/**
 * When the number was found. An end that nobody had to be told was found later than play ended, at an instant that no entry
 * names; a close alone is its own.
 */
function saidAt(event: SubjectEvent): number {
  if (event.kind !== 'ended') return instantOf(event.at);
  const { cause, orderedAt } = event.data;
  if (orderedAt !== null) return instantOf(orderedAt);
  return cause === 'closed' ? instantOf(event.at) : Number.POSITIVE_INFINITY;
}

const playedUntil = ({ accounts }: PersonDay, account: string, until: number): number =>
  measureIntervals((accounts.get(account) ?? []).flatMap((interval) => clipInterval(interval, 0, until) ?? []));

const scopeOf = (account: string): keyof UsedByScopeMs => account.split(' ', 1)[0] as keyof UsedByScopeMs;

const measure = ({ accounts }: PersonDay, account: string): number => measureIntervals(accounts.get(account) ?? []);

const dateBefore = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) - DAY_MS).toISOString().slice(0, DATE_LENGTH);

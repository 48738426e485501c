// The figures of docs/reports.md, counted from what happened: no entry, no row, and nothing of the product is used.
import {
  DAY_MS,
  type Deed,
  dateOf,
  type Interval,
  isWithin,
  measure,
  type Session,
  startOfDate,
  type Truth,
  union,
} from './truth.ts';

export const DIMENSIONS = ['provider', 'game', 'agent', 'province', 'day'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export interface Question {
  readonly mode: 'live' | 'test';
  readonly from: string;
  readonly to: string;
  readonly groupBy: readonly Dimension[];
  readonly provinces?: readonly string[];
  readonly providers?: readonly string[];
}

const GRACE_MS = 3 * 3_600_000;
const PEOPLE_MIN = 5;
const REASONS = [
  'daily_budget_spent',
  'outside_window',
  'agent_closed',
  'age_rating',
  'guardian_required',
  'phone_required',
  'unverified',
  'too_little_left',
  'concurrent_session',
  'guardian_pause',
  'guardian_window',
  'ledger_unavailable',
] as const;
const LEVELS = ['declared', 'attested', 'document', 'wallet'] as const;

/** A sum over one person, game, agent and day. */
interface Played extends Pick<Deed, 'mode' | 'provider' | 'person' | 'game' | 'agent'> {
  readonly date: string;
  readonly ms: number;
  readonly isMinor: boolean;
}

export type Figures = Readonly<Record<string, unknown>>;
export interface CountedRow {
  readonly key: readonly (string | null)[];
  readonly people: number;
  readonly figures: Figures;
}
export interface Counted {
  readonly rows: readonly CountedRow[];
  readonly totals: Omit<CountedRow, 'key'>;
}

export class Recount {
  readonly #truth: Truth;
  readonly #played: readonly Played[];

  constructor(truth: Truth) {
    this.#truth = truth;
    this.#played = playedOf(truth);
  }

  count(question: Question): Counted {
    const cells = new Cells(question);
    for (const session of this.#truth.sessions) {
      cells.add(session, dateOf(session.openedAt), (cell) => cell.open(session));
      if (session.end !== null) cells.add(session, dateOf(session.end.at), (cell) => cell.end(session));
    }
    for (const played of this.#played) cells.add(played, played.date, (cell) => cell.play(played));
    for (const denial of this.#truth.denials) cells.add(denial, dateOf(denial.at), (cell) => cell.deny(denial));
    for (const { at, deltaMs, ...deed } of this.#truth.corrections) {
      cells.add({ ...deed, agent: null }, dateOf(at), (cell) => cell.correct(deltaMs));
    }
    return cells.result();
  }
}

interface Day {
  readonly person: string;
  readonly date: string;
  readonly deed: Pick<Deed, 'mode' | 'provider' | 'game' | 'agent'>;
  readonly intervals: Interval[];
  isMinor: boolean;
}

/** By person, game, agent and day, as it was played. */
function daysOf(sessions: Truth['sessions']): readonly Day[] {
  const days = new Map<string, Day>();
  for (const { agent, band, game, mode, person, plays, provider } of sessions) {
    for (const play of plays) {
      const name = [mode, person, play.date, game, agent?.agentId ?? ''].join('|');
      const { date } = play;
      const day = days.get(name) ?? {
        person,
        date,
        deed: { mode, provider, game, agent },
        intervals: [],
        isMinor: false,
      };
      days.set(name, day);
      day.intervals.push(play);
      day.isMinor ||= band !== 'adult';
    }
  }
  return [...days.values()];
}

/**
 * What went over to another person on a day counts for that one, at no agent, and no longer for the person of before; but for
 * intervals that the other had played in the same game.
 */
function playedOf({ merges, sessions }: Truth): readonly Played[] {
  const days = daysOf(sessions);
  const goneTo = new Map(merges.map(({ date, mode, person, previous }) => [`${mode} ${previous} ${date}`, person]));
  const ofGame = ({ date, deed }: Day, person: string) => `${deed.mode} ${person} ${date} ${deed.game}`;
  const own = new Map<string, Interval[]>();
  const moved = new Map<string, { readonly day: Day; readonly person: string; readonly intervals: Interval[] }>();
  const sums = new Map<string, Day>();
  for (const day of days) {
    const person = goneTo.get(`${day.deed.mode} ${day.person} ${day.date}`);
    const name = ofGame(day, person ?? day.person);
    if (person === undefined) {
      own.set(name, [...(own.get(name) ?? []), ...day.intervals]);
      sums.set(`${name} ${day.deed.agent?.agentId ?? ''}`, day);
    } else {
      const known = moved.get(name) ?? { day, person, intervals: [] };
      moved.set(name, { ...known, intervals: [...known.intervals, ...day.intervals] });
    }
  }
  for (const [name, { day, intervals, person }] of moved) {
    const isNew = (interval: Interval) => !isWithin(interval, own.get(name) ?? []);
    const home = sums.get(`${name} `) ?? {
      ...day,
      person,
      deed: { ...day.deed, agent: null },
      intervals: [],
      isMinor: false,
    };
    sums.set(`${name} `, { ...home, intervals: [...home.intervals, ...union(intervals).filter(isNew)] });
  }
  return [...sums.values()].map(({ date, deed, intervals, isMinor, person }) => ({
    ...deed,
    date,
    person,
    isMinor,
    ms: measure(intervals),
  }));
}

class Cells {
  readonly #question: Question;
  readonly #cells = new Map<string, Cell>();
  readonly #totals = new Cell([]);

  constructor(question: Question) {
    this.#question = question;
  }

  add(deed: Pick<Deed, 'mode' | 'provider' | 'game' | 'agent'>, date: string, change: (cell: Cell) => void): void {
    const { from, groupBy, mode, providers, provinces, to } = this.#question;
    if (deed.mode !== mode || date < from || date > to) return;
    if (providers !== undefined && !providers.includes(deed.provider)) return;
    if (provinces !== undefined && !(deed.agent !== null && provinces.includes(deed.agent.province))) return;
    const key = groupBy.map((dimension) => {
      if (dimension === 'provider') return deed.provider;
      if (dimension === 'game') return deed.game;
      if (dimension === 'day') return date;
      return (dimension === 'agent' ? deed.agent?.agentId : deed.agent?.province) ?? null;
    });
    const name = key.join('|');
    const cell = this.#cells.get(name) ?? new Cell(key);
    this.#cells.set(name, cell);
    change(cell);
    change(this.#totals);
  }

  result(): Counted {
    const rows = [...this.#cells.values()].map((cell) => cell.row());
    return { rows: rows.sort((left, right) => compare(left.key, right.key)), totals: this.#totals.row() };
  }
}

/** None first. */
function compare(left: CountedRow['key'], right: CountedRow['key']): number {
  for (const [index, one] of left.entries()) {
    const other = right[index] ?? null;
    if (one === other) continue;
    return one === null || (other !== null && one < other) ? -1 : 1;
  }
  return 0;
}

class Cell {
  readonly #key: CountedRow['key'];
  readonly #people = new Set<string>();
  readonly #players = new Set<string>();
  readonly #minors = new Set<string>();
  readonly #denied: Record<string, number> = {};
  readonly #assurance: Record<string, number> = {};
  readonly #spans = { enforce: [] as number[], limitToOrder: [] as number[], orderToEnd: [] as number[] };
  readonly #sums = {
    sessions: 0,
    playMs: 0,
    limitReached: 0,
    overrunMs: 0,
    unacknowledgedEnds: 0,
    fallbackDecisions: 0,
    gaps: 0,
    agentHourBreaches: 0,
    correctionsMs: 0,
  };

  constructor(key: CountedRow['key']) {
    this.#key = key;
  }

  open({ assurance, band, isFallback, person }: Session): void {
    this.#sums.sessions += 1;
    this.#people.add(person);
    this.#players.add(person);
    if (band !== 'adult') this.#minors.add(person);
    if (assurance !== null) this.#assurance[assurance] = (this.#assurance[assurance] ?? 0) + 1;
    if (isFallback) this.#sums.fallbackDecisions += 1;
  }

  play({ isMinor, ms, person }: Played): void {
    if (ms === 0) return;
    this.#people.add(person);
    this.#players.add(person);
    if (isMinor) this.#minors.add(person);
    this.#sums.playMs += ms;
  }

  deny({ isFallback, person, reason }: Truth['denials'][number]): void {
    this.#people.add(person);
    this.#denied[reason] = (this.#denied[reason] ?? 0) + 1;
    if (isFallback) this.#sums.fallbackDecisions += 1;
  }

  correct(deltaMs: number): void {
    this.#sums.correctionsMs += deltaMs;
  }

  end(session: Session): void {
    const { close, gaps, overruns, person } = session;
    const { at, limitAt, orderedAt, overrunMs } = session.end!;
    const [sums, spans] = [this.#sums, this.#spans];
    const dayClosesAt = startOfDate(dateOf(at)) + DAY_MS + GRACE_MS;
    const closed = close !== null && close.at <= dayClosesAt ? close : null;
    const confirmedAt = closed === null || closed.verdictSeq === null ? null : believed(session, closed);
    this.#people.add(person);
    if (limitAt !== null) sums.limitReached += 1;
    sums.gaps += gaps.length;
    if (isOutsideHours(session)) sums.agentHourBreaches += 1;
    if ((limitAt !== null || orderedAt !== null) && confirmedAt === null) sums.unacknowledgedEnds += 1;
    const told = [...overruns, ...(close === null ? [] : [close])].filter((each) => each.at <= dayClosesAt);
    sums.overrunMs += Math.max(overrunMs, ...told.map((each) => each.overrunMs));
    if (limitAt !== null && confirmedAt !== null) spans.enforce.push(Math.max(0, confirmedAt - limitAt));
    if (limitAt !== null && orderedAt !== null) spans.limitToOrder.push(Math.max(0, orderedAt - limitAt));
    if (orderedAt !== null && confirmedAt !== null) spans.orderToEnd.push(Math.max(0, confirmedAt - orderedAt));
  }

  row(): CountedRow {
    const { fallbackDecisions, sessions } = this.#sums;
    const denials = Object.values(this.#denied).reduce((sum, count) => sum + count, 0);
    const asked = sessions + denials;
    return {
      key: this.#key,
      people: this.#people.size,
      figures: {
        ...this.#sums,
        players: this.#players.size,
        minors: this.#minors.size,
        deniedByReason: Object.fromEntries(REASONS.map((reason) => [reason, this.#denied[reason] ?? 0])),
        assurance: Object.fromEntries(LEVELS.map((level) => [level, this.#assurance[level] ?? 0])),
        fallbackShare: asked === 0 ? null : Math.round((fallbackDecisions / asked) * 10_000) / 10_000,
        timeToEnforceMs: quantiles(this.#spans.enforce),
        limitToOrderMs: quantiles(this.#spans.limitToOrder),
        orderToEndMs: quantiles(this.#spans.orderToEnd),
      },
    };
  }
}

/** A client's clock counts between the order and its report. */
function believed({ end, openedAt }: Session, close: NonNullable<Session['close']>): number {
  const earliest = end!.orderedAt ?? end!.limitAt ?? openedAt;
  return Math.min(Math.max(close.clientEndedAt ?? close.at, earliest), close.at);
}

function isOutsideHours({ agent, end, openedAt }: Session): boolean {
  if (agent === null) return false;
  const [opensAt, closesAt] = agent.hours.split('-') as [string, string];
  const at = (date: string, time: string) => Date.parse(`${date}T${time}:00+07:00`);
  const days = [dateOf(openedAt), dateOf(openedAt - DAY_MS)];
  return !days.some((date) => {
    const closes = at(date, closesAt) + (closesAt <= opensAt ? DAY_MS : 0);
    return at(date, opensAt) <= openedAt && end!.at <= closes;
  });
}

/** The smallest value that half, or 95 %, do not exceed. */
function quantiles(values: readonly number[]) {
  if (values.length === 0) return { p50: null, p95: null, max: null };
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
  return { p50: at(0.5), p95: at(0.95), max: sorted.at(-1)! };
}

/** Which rows, and whether the totals, an audience that nobody named may not see. */
export function withheld({ rows, totals }: Counted): { readonly rows: ReadonlySet<number>; readonly totals: boolean } {
  const small = new Set(rows.flatMap(({ people }, index) => (people < PEOPLE_MIN ? [index] : [])));
  if (small.size === 0) return { rows: small, totals: totals.people > 0 && totals.people < PEOPLE_MIN };
  const others = rows.flatMap(({ people }, index) => (people < PEOPLE_MIN ? [] : [{ index, people }]));
  if (others.length === 0) return { rows: small, totals: true };
  const smallest = others.reduce((least, row) => (row.people < least.people ? row : least));
  return { rows: small.add(smallest.index), totals: false };
}

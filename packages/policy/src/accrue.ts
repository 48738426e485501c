// The books: what one heartbeat, close or silence does to a session and to the day's intervals. Pure.
// The gateway's Lua scripts do the same arithmetic in Redis; a differential property test holds the two equal.
// It must not know ages, weekdays or texts: limits and edges come in as numbers, causes go out as codes.
//
// The fact a newcomer would get wrong: the state a beat reports holds from that beat on, so the time
// credited by a beat depends on the state reported by the one before it.
import { addInterval, clipInterval, INTERVALS_PER_ACCOUNT_MAX, type Interval } from './intervals.ts';
import { intervalAt, leaseAt } from './pace.ts';
import {
  type Beat,
  type BeatOutcome,
  type BeatStatus,
  type DayAccounts,
  type DayLedger,
  EMPTY_DAY,
  type EndCause,
  isLive,
  LEDGER_SCOPES,
  type LedgerEntry,
  type LedgerScope,
  type PlayState,
  type SessionPlan,
  type SessionRecord,
  type UsedMs,
  usedOfDay,
} from './session-record.ts';
import type { CalendarDate, CalendarDay, Instant } from './time.ts';

/** A silence of more intervals than this means that a beat was missed: what it credits rests on the lease. */
const MISSED_INTERVALS = 2;

/**
 * Ends a session from outside at its last proof of play (silence past revival, another device took over, or the player
 * turned out to be another person). `days`: the plan's day, for what the entry says was used.
 * No time after the last beat is counted, for nobody vouches for it.
 */
export function endAtLastBeat(
  session: SessionRecord,
  days: DayLedger,
  cause: 'silence' | 'takeover' | 'moved',
): BeatOutcome {
  const book = new Book(session, days);
  book.end({ endedAt: session.lastBeatAt, cause });
  return book.outcome('recorded');
}

/** One beat, close or order. Idempotent by `seq`; total: every input has an answer. */
export function recordBeat(
  session: SessionRecord,
  days: DayLedger,
  beat: Beat,
  intervalsMax: number = INTERVALS_PER_ACCOUNT_MAX,
): BeatOutcome {
  const book = new Book(session, days, intervalsMax);
  const now = Math.max(beat.now, session.lastBeatAt);
  if (isRepeated(session, beat)) return book.outcome('repeated');
  if (session.endedAt !== null) return recordAfterEnd(book, beat, now);
  if (!isLive(session, now)) {
    book.end({ endedAt: session.lastBeatAt, cause: 'silence' });
    return book.accept(beat, now);
  }
  // Who closes has stopped by itself: nobody had to be told.
  const orderedAt = beat.kind === 'close' ? null : now;
  const edgeAt = stopEdge(session.plan);
  const isStopped = edgeAt !== null && now >= edgeAt;
  const isExpired = !isStopped && now >= session.plan.validUntilAt;
  if (isExpired && beat.kind === 'order') {
    // What comes after the plan is not known here, and the session does not go on: that rest is not counted.
    credit(book, session.plan, { now: session.plan.validUntilAt, orderedAt });
    return book.accept(beat, now);
  }
  if (isExpired && (beat.plan === null || now >= beat.plan.validUntilAt)) return book.outcome('stale');
  credit(book, isExpired ? beat.plan! : session.plan, { now, orderedAt });
  return book.accept(beat, now);
}

function isRepeated({ closedAt, endedAt, seq }: SessionRecord, beat: Beat): boolean {
  if (beat.kind === 'order') return endedAt !== null;
  // Who leaves has left, whatever number the last word bears: a session is never answered as closed and kept running.
  if (beat.kind === 'close') return closedAt !== null;
  return beat.seq !== null && beat.seq <= seq;
}

/** An edge beyond the plan's validity does not bind yet. */
function stopEdge(plan: SessionPlan): Instant | null {
  return plan.stopsAt !== null && plan.stopsAt <= plan.validUntilAt ? plan.stopsAt : null;
}

function recordAfterEnd(book: Book, beat: Beat, now: Instant): BeatOutcome {
  const { session } = book;
  if (isPlaying(session) && session.closedAt === null) {
    const overrunMs = session.overrunMs + provenMs(session, now);
    book.change({ overrunMs });
    // A close tells it itself. Who never closes leaves less than an interval untold.
    const isTold = beat.kind === 'close' || !isNextInterval(session, overrunMs);
    if (!isTold) book.note({ kind: 'overrun', at: now, overrunMs });
  }
  return book.accept(beat, now);
}

function isNextInterval({ overrunMs: before, pace, plan }: SessionRecord, overrunMs: number): boolean {
  const intervalMs = intervalAt(plan, pace);
  return Math.floor(overrunMs / intervalMs) > Math.floor(before / intervalMs);
}

const isPlaying = (session: SessionRecord): boolean => session.plan.metered && session.state === 'active';

/** How much of the silence until `now` counts: all of it within the lease, else one interval. */
function provenMs({ lastBeatAt, leaseEndsAt, pace, plan }: SessionRecord, now: Instant): number {
  return now <= leaseEndsAt ? now - lastBeatAt : intervalAt(plan, pace);
}

interface Moment {
  readonly now: Instant;
  /** Of an end that is found now. */
  readonly orderedAt: Instant | null;
}

/** Credits the time since the last beat, moves the session to `plan`, and ends it where a limit or edge is reached. */
function credit(book: Book, plan: SessionPlan, moment: Moment): void {
  const { now, orderedAt } = moment;
  const before = book.session;
  const silentMs = now - before.lastBeatAt;
  const isCounting = isPlaying(before);
  const provenUntil = before.lastBeatAt + (isCounting ? provenMs(before, now) : 0);
  const edgeAt = stopEdge(plan);
  // A new plan says nothing of the time in which the old one held.
  const heldUntil = plan === before.plan ? before.lastBeatAt : Math.max(before.lastBeatAt, before.plan.validUntilAt);
  const stopAt = edgeAt !== null && now >= edgeAt ? Math.max(edgeAt, heldUntil) : null;
  const creditUntil = stopAt === null ? provenUntil : Math.min(provenUntil, stopAt);

  if (isCounting) {
    const isLeased = silentMs > MISSED_INTERVALS * intervalAt(before.plan, before.pace);
    book.play({ startsAt: before.lastBeatAt, endsAt: creditUntil }, plan, isLeased);
  }
  book.change({ plan });
  if (before.plan.attended && now > before.leaseEndsAt) {
    book.flushRun(creditUntil);
    book.note({ kind: 'gap', startsAt: provenUntil, endsAt: now });
    book.change({ gaps: before.gaps + 1 });
  }
  if (stopAt !== null) {
    book.change({ overrunMs: before.overrunMs + (provenUntil - creditUntil) });
    book.end({ endedAt: stopAt, cause: 'stop', limitAt: stopAt, orderedAt, runEndsAt: creditUntil });
    return;
  }
  endIfSpent(book, before, moment, isCounting ? creditUntil : null);
}

/** The account that ran out first ends the session; of several at once, the narrower scope is named. */
function endIfSpent(book: Book, before: SessionRecord, { now, orderedAt }: Moment, creditUntil: Instant | null): void {
  const { plan } = book.session;
  const tightest = findTightest(plan, usedOfDay(book.day(plan.day.date)));
  if (tightest === null || tightest.restMs > 0) return;
  const limitAt = Math.max(before.lastBeatAt, (creditUntil ?? now) + tightest.restMs);
  if (creditUntil !== null) book.change({ overrunMs: before.overrunMs + (creditUntil - limitAt) });
  book.end({ endedAt: now, cause: tightest.scope, limitAt, orderedAt, runEndsAt: creditUntil ?? now });
}

/** The account with the least left (negative: past its limit), the narrower scope of several alike; null: no limits. */
function findTightest(
  { limitMs }: SessionPlan,
  used: UsedMs,
): { readonly scope: LedgerScope; readonly restMs: number } | null {
  let tightest: { scope: LedgerScope; restMs: number } | null = null;
  for (const scope of LEDGER_SCOPES) {
    const limit = limitMs[scope];
    if (limit === null) continue;
    const restMs = limit - used[scope];
    if (tightest === null || restMs < tightest.restMs) tightest = { scope, restMs };
  }
  return tightest;
}

/**
 * How long play may go on without a break; null: no end in sight. As decide.ts has it: a limit that midnight refills before
 * it is spent does not bind, the same limit of the next day does.
 */
function timeLeftMs(plan: SessionPlan, used: UsedMs, now: Instant): number | null {
  const toStopMs = plan.stopsAt === null ? Number.POSITIVE_INFINITY : plan.stopsAt - now;
  const tightest = findTightest(plan, used);
  if (tightest === null) return plan.stopsAt === null ? null : toStopMs;
  if (now + tightest.restMs < plan.day.endsAt) return Math.min(tightest.restMs, toStopMs);
  const limits = LEDGER_SCOPES.map((scope) => plan.limitMs[scope] ?? Number.POSITIVE_INFINITY);
  return Math.min(plan.day.endsAt - now + Math.min(...limits), toStopMs);
}

interface SessionEnd {
  readonly endedAt: Instant;
  readonly cause: EndCause;
  /** Default null. */
  readonly limitAt?: Instant | null;
  /** Default null. */
  readonly orderedAt?: Instant | null;
  /** Up to where the growing run was credited; default `endedAt`. */
  readonly runEndsAt?: Instant;
}

/** A session and the days it touches while one beat is worked through. */
class Book {
  session: SessionRecord;
  private days: Record<CalendarDate, DayAccounts>;
  private readonly entries: LedgerEntry[] = [];
  private readonly intervalsMax: number;

  constructor(session: SessionRecord, days: DayLedger, intervalsMax: number = INTERVALS_PER_ACCOUNT_MAX) {
    this.session = session;
    this.days = { ...days };
    this.intervalsMax = intervalsMax;
  }

  change(fields: Partial<SessionRecord>): void {
    this.session = { ...this.session, ...fields };
  }

  note(entry: LedgerEntry): void {
    this.entries.push(entry);
  }

  day(date: CalendarDate): DayAccounts {
    return this.days[date] ?? EMPTY_DAY;
  }

  /** Adds play to the session's day and, past its end, to the day of the next plan, unless play is not counted any more. */
  play(interval: Interval, next: SessionPlan, isLeased: boolean): void {
    const { day } = this.session.plan;
    const nextDay = next.day;
    this.add(day, interval, isLeased);
    if (nextDay.date === day.date) return;
    this.flushRun(Math.min(interval.endsAt, day.endsAt));
    if (!next.metered) return;
    this.add(nextDay, interval, isLeased);
    if (interval.endsAt > nextDay.startsAt) {
      this.change({ runStartsAt: Math.max(interval.startsAt, nextDay.startsAt) });
    }
  }

  private add(day: CalendarDay, interval: Interval, isLeased: boolean): void {
    const part = clipInterval(interval, day.startsAt, day.endsAt);
    if (part === null) return;
    const accounts = this.day(day.date);
    const grown: Record<LedgerScope, readonly Interval[]> = { ...accounts };
    for (const scope of this.session.scopes) grown[scope] = addInterval(accounts[scope], part, this.intervalsMax);
    this.days[day.date] = grown;
    if (isLeased) this.change({ runLeasedMs: this.session.runLeasedMs + part.endsAt - part.startsAt });
  }

  /** Closes the growing run at `endsAt` as one entry of play. */
  flushRun(endsAt: Instant): void {
    const { plan, runLeasedMs: leasedMs, runStartsAt } = this.session;
    if (runStartsAt !== null && runStartsAt < endsAt) {
      this.note({ kind: 'play', date: plan.day.date, startsAt: runStartsAt, endsAt, leasedMs });
    }
    this.change({ runStartsAt: null, runLeasedMs: 0 });
  }

  end({ endedAt, cause, limitAt = null, orderedAt = null, runEndsAt = endedAt }: SessionEnd): void {
    this.flushRun(runEndsAt);
    this.change({ endedAt, endCause: cause, limitAt });
    const { gaps, overrunMs, plan } = this.session;
    const used = usedOfDay(this.day(plan.day.date));
    const ended = { at: endedAt, cause, limitAt, orderedAt, used, limitMs: plan.limitMs, overrunMs, gaps };
    this.note({ kind: 'ended', ...ended });
  }

  /** Takes over the beat's number and state once its time is credited. */
  accept(beat: Beat, now: Instant): BeatOutcome {
    const isEnded = this.session.endedAt !== null;
    if (beat.kind === 'order') {
      const runEndsAt = Math.min(now, this.session.plan.validUntilAt);
      if (!isEnded) this.end({ endedAt: now, cause: 'order', orderedAt: now, runEndsAt });
    } else if (beat.kind === 'close') {
      if (!isEnded) this.end({ endedAt: now, cause: 'closed' });
      if (this.session.closedAt === null) {
        this.note({ kind: 'closed', at: now, overrunMs: this.session.overrunMs });
        this.change({ closedAt: now });
      }
      this.change({ state: 'paused' });
    } else {
      if (!isEnded) {
        this.turn(beat.kind, now);
        this.change({ pace: beat.pace ?? this.session.pace });
      }
      this.change({ state: beat.kind });
    }
    const { leaseEndsAt, pace, plan, seq } = this.session;
    this.change({
      seq: Math.max(beat.seq ?? 0, seq),
      lastBeatAt: now,
      leaseEndsAt: Math.max(leaseEndsAt, now + leaseAt(plan, pace)),
    });
    return this.outcome('recorded');
  }

  private turn(state: PlayState, now: Instant): void {
    if (state === 'paused') {
      this.flushRun(now);
      if (this.session.state === 'active') this.note({ kind: 'paused', at: now });
    } else {
      if (this.session.state === 'paused') this.note({ kind: 'resumed', at: now });
      if (this.session.plan.metered && this.session.runStartsAt === null) this.change({ runStartsAt: now });
    }
    this.warn(now);
  }

  /** Notes the first beat after which so little is left that the player is warned. */
  private warn(now: Instant): void {
    const { isWarned, plan } = this.session;
    if (isWarned || plan.warnMs === null) return;
    const leftMs = timeLeftMs(plan, usedOfDay(this.day(plan.day.date)), now);
    if (leftMs === null || leftMs > plan.warnMs) return;
    this.note({ kind: 'warned', at: now, leftMs });
    this.change({ isWarned: true });
  }

  outcome(status: BeatStatus): BeatOutcome {
    return { status, session: this.session, days: this.days, entries: this.entries };
  }
}

// The books: what one heartbeat, close or silence does to a session and to the day's intervals. Pure.
// The gateway's Lua scripts do the same arithmetic in Redis; a differential property test holds the two equal.
// It must not know ages, weekdays or texts: limits and edges come in as numbers, causes go out as codes.
//
// The fact a newcomer would get wrong: the state a beat reports holds from that beat on, so the time
// credited by a beat depends on the state reported by the one before it.
import { addInterval, clipInterval, INTERVALS_PER_ACCOUNT_MAX, type Interval, measureIntervals } from './intervals.ts';
import type { BudgetScope } from './reasons.ts';
import type { CalendarDate, CalendarDay, Instant } from './time.ts';

/**
 * The accounts that play can be added to. A session off any station has no agent account, and the account of the person
 * over all providers is kept only where a policy limits it.
 */
export const LEDGER_SCOPES = ['game', 'provider', 'agent', 'person'] as const satisfies readonly BudgetScope[];
export type LedgerScope = (typeof LEDGER_SCOPES)[number];
export type UsedMs = Readonly<Record<LedgerScope, number>>;

/** Numbers a session was resolved to; they hold until `validUntilAt`. */
export interface SessionPlan {
  readonly day: CalendarDay;
  /** False: play is not counted (adults) and the session cannot be lost to silence; edges still stop it. */
  readonly metered: boolean;
  readonly validUntilAt: Instant;
  /** Play stops here whatever is left; null: no edge. An edge after `validUntilAt` is the next plan's to say. */
  readonly stopsAt: Instant | null;
  /** Per scope the limit of the day in ms; null: counted, not limited. */
  readonly limitMs: Readonly<Record<LedgerScope, number | null>>;
  readonly intervalMs: number;
  readonly leaseMs: number;
  readonly reviveMs: number;
}

export type PlayState = 'active' | 'paused';

/** Why a session ended, in the ledger's words: a spent account, an edge of the plan, or an event. */
export type EndCause = LedgerScope | 'stop' | 'silence' | 'closed' | 'takeover' | 'moved';

export interface SessionRecord {
  readonly plan: SessionPlan;
  /** The accounts its play goes to. */
  readonly scopes: readonly LedgerScope[];
  readonly openedAt: Instant;
  readonly seq: number;
  readonly state: PlayState;
  /** Server instant of the last accepted beat; never goes back. */
  readonly lastBeatAt: Instant;
  /** Start of the unbroken run that is still growing, within `plan.day`; null when nothing is running. */
  readonly runStartsAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly endCause: EndCause | null;
  /** When the limit or edge that ended the session was reached, at or before `endedAt`; else null. */
  readonly limitAt: Instant | null;
  /** Play reported past the limit, in ms; recorded, never charged to another day. */
  readonly overrunMs: number;
  /** Number of gaps longer than the lease. */
  readonly gaps: number;
  readonly closedAt: Instant | null;
}

/** Intervals of one day by account; empty for a scope the session does not have. */
export type DayAccounts = Readonly<Record<LedgerScope, readonly Interval[]>>;

/** The days a beat can touch, by date. A missing day is empty. */
export type DayLedger = Readonly<Record<CalendarDate, DayAccounts>>;

export const EMPTY_DAY: DayAccounts = { game: [], provider: [], agent: [], person: [] };

export interface Beat {
  /** 1, 2, ...; a repeated or older number changes nothing. Null (a close without one) is always new. */
  readonly seq: number | null;
  readonly kind: PlayState | 'close';
  readonly now: Instant;
  /** Numbers for `now`, needed once the session's own are no longer valid. */
  readonly plan: SessionPlan | null;
}

/** What happened, in order; each becomes one entry of the partition's stream. */
export type LedgerEntry =
  | { readonly kind: 'play'; readonly date: CalendarDate; readonly startsAt: Instant; readonly endsAt: Instant }
  | { readonly kind: 'gap'; readonly startsAt: Instant; readonly endsAt: Instant }
  | { readonly kind: 'paused'; readonly at: Instant }
  | { readonly kind: 'resumed'; readonly at: Instant }
  | { readonly kind: 'ended'; readonly at: Instant; readonly cause: EndCause; readonly limitAt: Instant | null }
  | { readonly kind: 'closed'; readonly at: Instant; readonly overrunMs: number };

/** `stale`: the plan no longer holds at `now`; resolve again and send the same beat with a plan. Nothing was changed. */
export type BeatStatus = 'recorded' | 'repeated' | 'stale';

export interface BeatOutcome {
  readonly status: BeatStatus;
  readonly session: SessionRecord;
  readonly days: DayLedger;
  readonly entries: readonly LedgerEntry[];
}

export type Admission = 'admitted' | 'spent' | 'too_little_left';

/** Whether a session may start: no account spent, and at least `minStartMs` left or a midnight before it runs out. */
export function admitSession(plan: SessionPlan, used: UsedMs, minStartMs: number, now: Instant): Admission {
  let remainingMs = Number.POSITIVE_INFINITY;
  for (const scope of LEDGER_SCOPES) {
    const limitMs = plan.limitMs[scope];
    if (limitMs !== null) remainingMs = Math.min(remainingMs, limitMs - used[scope]);
  }
  if (remainingMs <= 0) return 'spent';
  return remainingMs < minStartMs && now + remainingMs < plan.day.endsAt ? 'too_little_left' : 'admitted';
}

export function openSessionRecord(plan: SessionPlan, scopes: readonly LedgerScope[], now: Instant): SessionRecord {
  return {
    plan,
    scopes,
    openedAt: now,
    seq: 0,
    state: 'active',
    lastBeatAt: now,
    runStartsAt: plan.metered ? now : null,
    endedAt: null,
    endCause: null,
    limitAt: null,
    overrunMs: 0,
    gaps: 0,
    closedAt: null,
  };
}

/** Play of a day in ms by account. */
export function usedOfDay(accounts: DayAccounts): UsedMs {
  return {
    game: measureIntervals(accounts.game),
    provider: measureIntervals(accounts.provider),
    agent: measureIntervals(accounts.agent),
    person: measureIntervals(accounts.person),
  };
}

/** Last instant at which a silent session may still come back. */
export function revivableUntil(session: SessionRecord): Instant {
  return session.lastBeatAt + session.plan.leaseMs + session.plan.reviveMs;
}

/** Whether the session still stands at `now`: not ended, and not silent for too long. */
export function isLive(session: SessionRecord, now: Instant): boolean {
  return session.endedAt === null && (!session.plan.metered || now <= revivableUntil(session));
}

/**
 * Ends a session from outside at its last proof of play (silence past revival, another device took over, or the player
 * turned out to be another person).
 * No time after the last beat is counted, for nobody vouches for it.
 */
export function endAtLastBeat(session: SessionRecord, cause: 'silence' | 'takeover' | 'moved'): BeatOutcome {
  const book = new Book(session, {});
  book.end(session.lastBeatAt, cause, null);
  return book.outcome('recorded');
}

/** Lets the plan of a session run out at `now`, so that its next beat asks for a new one: the facts have changed. */
export function requireRenewal(session: SessionRecord, now: Instant): SessionRecord {
  const validUntilAt = Math.min(session.plan.validUntilAt, Math.max(now, session.lastBeatAt));
  return session.endedAt === null ? { ...session, plan: { ...session.plan, validUntilAt } } : session;
}

/** One beat or close. Idempotent by `seq`; total: every input has an answer. */
export function recordBeat(
  session: SessionRecord,
  days: DayLedger,
  beat: Beat,
  intervalsMax: number = INTERVALS_PER_ACCOUNT_MAX,
): BeatOutcome {
  const book = new Book(session, days, intervalsMax);
  const now = Math.max(beat.now, session.lastBeatAt);
  const isRepeated = beat.seq === null ? session.closedAt !== null : beat.seq <= session.seq;
  if (isRepeated) return book.outcome('repeated');
  if (session.endedAt !== null) return recordAfterEnd(book, beat, now);
  if (!isLive(session, now)) {
    book.end(session.lastBeatAt, 'silence', null);
    return book.accept(beat, now);
  }
  const edgeAt = stopEdge(session.plan);
  const isStopped = edgeAt !== null && now >= edgeAt;
  const isExpired = !isStopped && now >= session.plan.validUntilAt;
  if (isExpired && (beat.plan === null || now >= beat.plan.validUntilAt)) return book.outcome('stale');
  credit(book, isExpired ? beat.plan! : session.plan, now);
  return book.accept(beat, now);
}

/** An edge beyond the plan's validity does not bind yet. */
function stopEdge(plan: SessionPlan): Instant | null {
  return plan.stopsAt !== null && plan.stopsAt <= plan.validUntilAt ? plan.stopsAt : null;
}

function recordAfterEnd(book: Book, beat: Beat, now: Instant): BeatOutcome {
  const { session } = book;
  if (isPlaying(session) && session.closedAt === null) {
    const silentMs = now - session.lastBeatAt;
    book.change({ overrunMs: session.overrunMs + Math.min(silentMs, provenMs(session.plan, silentMs)) });
  }
  return book.accept(beat, now);
}

const isPlaying = (session: SessionRecord): boolean => session.plan.metered && session.state === 'active';

/** How much of a silence counts: all of it within the lease, else one interval. */
function provenMs(plan: SessionPlan, silentMs: number): number {
  return silentMs <= plan.leaseMs ? silentMs : plan.intervalMs;
}

/** Credits the time since the last beat, moves the session to `plan`, and ends it where a limit or edge is reached. */
function credit(book: Book, plan: SessionPlan, now: Instant): void {
  const before = book.session;
  const silentMs = now - before.lastBeatAt;
  const isCounting = isPlaying(before);
  const provenUntil = before.lastBeatAt + (isCounting ? provenMs(before.plan, silentMs) : 0);
  const edgeAt = stopEdge(plan);
  // A new plan says nothing of the time in which the old one held.
  const heldUntil = plan === before.plan ? before.lastBeatAt : Math.max(before.lastBeatAt, before.plan.validUntilAt);
  const stopAt = edgeAt !== null && now >= edgeAt ? Math.max(edgeAt, heldUntil) : null;
  const creditUntil = stopAt === null ? provenUntil : Math.min(provenUntil, stopAt);

  if (isCounting) book.play({ startsAt: before.lastBeatAt, endsAt: creditUntil }, plan);
  book.change({ plan });
  if (before.plan.metered && silentMs > before.plan.leaseMs) {
    book.flushRun(creditUntil);
    book.note({ kind: 'gap', startsAt: provenUntil, endsAt: now });
    book.change({ gaps: before.gaps + 1 });
  }
  if (stopAt !== null) {
    book.change({ overrunMs: before.overrunMs + (provenUntil - creditUntil) });
    book.end(stopAt, 'stop', stopAt, creditUntil);
    return;
  }
  endIfSpent(book, before, now, isCounting ? creditUntil : null);
}

/** The account that ran out first ends the session; of several at once, the narrower scope is named. */
function endIfSpent(book: Book, before: SessionRecord, now: Instant, creditUntil: Instant | null): void {
  const { plan } = book.session;
  const used = usedOfDay(book.day(plan.day.date));
  let cause: LedgerScope | null = null;
  let excessMs = -1;
  for (const scope of LEDGER_SCOPES) {
    const limitMs = plan.limitMs[scope];
    if (limitMs !== null && used[scope] - limitMs > excessMs) {
      excessMs = used[scope] - limitMs;
      cause = scope;
    }
  }
  if (cause === null) return;
  const limitAt = Math.max(before.lastBeatAt, (creditUntil ?? now) - excessMs);
  if (creditUntil !== null) book.change({ overrunMs: before.overrunMs + (creditUntil - limitAt) });
  book.end(now, cause, limitAt, creditUntil ?? now);
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
  play(interval: Interval, next: SessionPlan): void {
    const { day } = this.session.plan;
    const nextDay = next.day;
    this.add(day, interval);
    if (nextDay.date === day.date) return;
    this.flushRun(Math.min(interval.endsAt, day.endsAt));
    if (!next.metered) return;
    this.add(nextDay, interval);
    if (interval.endsAt > nextDay.startsAt) {
      this.change({ runStartsAt: Math.max(interval.startsAt, nextDay.startsAt) });
    }
  }

  private add(day: CalendarDay, interval: Interval): void {
    const part = clipInterval(interval, day.startsAt, day.endsAt);
    if (part === null) return;
    const accounts = this.day(day.date);
    const grown: Record<LedgerScope, readonly Interval[]> = { ...accounts };
    for (const scope of this.session.scopes) grown[scope] = addInterval(accounts[scope], part, this.intervalsMax);
    this.days[day.date] = grown;
  }

  /** Closes the growing run at `endsAt` as one entry of play. */
  flushRun(endsAt: Instant): void {
    const { runStartsAt, plan } = this.session;
    if (runStartsAt !== null && runStartsAt < endsAt) {
      this.note({ kind: 'play', date: plan.day.date, startsAt: runStartsAt, endsAt });
    }
    this.change({ runStartsAt: null });
  }

  end(endedAt: Instant, cause: EndCause, limitAt: Instant | null, runEndsAt: Instant = endedAt): void {
    this.flushRun(runEndsAt);
    this.change({ endedAt, endCause: cause, limitAt });
    this.note({ kind: 'ended', at: endedAt, cause, limitAt });
  }

  /** Takes over the beat's number and state once its time is credited. */
  accept(beat: Beat, now: Instant): BeatOutcome {
    const isEnded = this.session.endedAt !== null;
    if (beat.kind === 'close') {
      if (!isEnded) this.end(now, 'closed', null);
      if (this.session.closedAt === null) {
        this.note({ kind: 'closed', at: now, overrunMs: this.session.overrunMs });
        this.change({ closedAt: now });
      }
      this.change({ state: 'paused' });
    } else {
      if (!isEnded) this.turn(beat.kind, now);
      this.change({ state: beat.kind });
    }
    this.change({ seq: beat.seq ?? this.session.seq, lastBeatAt: now });
    return this.outcome('recorded');
  }

  private turn(state: PlayState, now: Instant): void {
    if (state === 'paused') {
      this.flushRun(now);
      if (this.session.state === 'active') this.note({ kind: 'paused', at: now });
      return;
    }
    if (this.session.state === 'paused') this.note({ kind: 'resumed', at: now });
    if (this.session.plan.metered && this.session.runStartsAt === null) this.change({ runStartsAt: now });
  }

  outcome(status: BeatStatus): BeatOutcome {
    return { status, session: this.session, days: this.days, entries: this.entries };
  }
}

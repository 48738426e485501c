// What the books hold of a session and of a day, what a beat may bring and what it leaves behind. Pure; accrue.ts does the
// arithmetic.
import { type Interval, measureIntervals } from './intervals.ts';
import { leaseAt, type Pace } from './pace.ts';
import type { BudgetScope } from './reasons.ts';
import type { CalendarDate, CalendarDay, Instant } from './time.ts';

/**
 * The accounts that play can be added to. A session off any station has no agent account, and the account of the person
 * over all providers is kept only where a policy limits it.
 */
export const LEDGER_SCOPES = ['game', 'provider', 'agent', 'person'] as const satisfies readonly BudgetScope[];
export type LedgerScope = (typeof LEDGER_SCOPES)[number];
export type UsedMs = Readonly<Record<LedgerScope, number>>;
/** Null: counted, not limited. */
export type LimitMs = Readonly<Record<LedgerScope, number | null>>;

/** Numbers a session was resolved to; they hold until `validUntilAt`. */
export interface SessionPlan {
  readonly day: CalendarDay;
  /** False: play is not counted (adults); edges still stop it. */
  readonly metered: boolean;
  /** Heartbeats are asked for and silence ends the session. What is metered is attended too. */
  readonly attended: boolean;
  readonly validUntilAt: Instant;
  /** Play stops here whatever is left; null: no edge. An edge after `validUntilAt` is the next plan's to say. */
  readonly stopsAt: Instant | null;
  /** Per scope the limit of the day in ms; null: counted, not limited. */
  readonly limitMs: LimitMs;
  /** With this much time left the player is warned first; null: no warning. */
  readonly warnMs: number | null;
  /** At pace 1, as the lease. */
  readonly intervalMs: number;
  readonly leaseMs: number;
  readonly reviveMs: number;
}

export type PlayState = 'active' | 'paused';

/** Why a session ended, in the ledger's words: a spent account, an edge of the plan, or an event. */
export type EndCause = LedgerScope | 'stop' | 'silence' | 'closed' | 'takeover' | 'moved' | 'order';

export interface SessionRecord {
  readonly plan: SessionPlan;
  /** The accounts its play goes to. */
  readonly scopes: readonly LedgerScope[];
  readonly openedAt: Instant;
  readonly seq: number;
  readonly state: PlayState;
  /** As its client was told with the last accepted beat. */
  readonly pace: Pace;
  /**
   * Silence until then counts whole. What a client was told is never taken back: it may not hear of a shorter lease, where the answer
   * to a later beat is lost.
   */
  readonly leaseEndsAt: Instant;
  /** Server instant of the last accepted beat; never goes back. */
  readonly lastBeatAt: Instant;
  /** Start of the unbroken run that is still growing, within `plan.day`; null when nothing is running. */
  readonly runStartsAt: Instant | null;
  /** Of that run, what was credited across a missed beat, in ms. */
  readonly runLeasedMs: number;
  /** The player was warned for the first time. */
  readonly isWarned: boolean;
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
  /** 1, 2, ...; a repeated or older number changes nothing. Null: a close without one, or an order. */
  readonly seq: number | null;
  /** `order`: somebody else ends the session. It credits like a beat, closes nothing and needs no plan for `now`. */
  readonly kind: PlayState | 'close' | 'order';
  readonly now: Instant;
  /** For the silence after this beat; null: as it is. A close, an order and a beat after the end leave the session's. */
  readonly pace: Pace | null;
  /** Numbers for `now`, needed once the session's own are no longer valid. */
  readonly plan: SessionPlan | null;
}

/** What happened, in order; each becomes one entry of the partition's stream. */
export type LedgerEntry =
  | PlayEntry
  | { readonly kind: 'gap'; readonly startsAt: Instant; readonly endsAt: Instant }
  | { readonly kind: 'paused'; readonly at: Instant }
  | { readonly kind: 'resumed'; readonly at: Instant }
  | { readonly kind: 'warned'; readonly at: Instant; readonly leftMs: number }
  | EndedEntry
  | OverrunEntry
  | { readonly kind: 'closed'; readonly at: Instant; readonly overrunMs: number };

/** One unbroken stretch of play within one day. */
export interface PlayEntry {
  readonly kind: 'play';
  readonly date: CalendarDate;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** Of it, in ms, what was credited across a missed beat: a silence of more than two intervals. */
  readonly leasedMs: number;
}

export interface EndedEntry {
  readonly kind: 'ended';
  readonly at: Instant;
  readonly cause: EndCause;
  readonly limitAt: Instant | null;
  /** Instant of the beat that was answered with the end, or of the order; null: the session fell silent, gave way or closed by itself. */
  readonly orderedAt: Instant | null;
  /** Of the plan's day, with the limits that held. */
  readonly used: UsedMs;
  readonly limitMs: LimitMs;
  readonly overrunMs: number;
  readonly gaps: number;
}

/** Play that went on after the end was told, noted once per heartbeat interval of it. */
export interface OverrunEntry {
  readonly kind: 'overrun';
  readonly at: Instant;
  /** All of the session so far. */
  readonly overrunMs: number;
}

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

export function openSessionRecord(
  plan: SessionPlan,
  scopes: readonly LedgerScope[],
  now: Instant,
  pace: Pace = 1,
): SessionRecord {
  return {
    plan,
    scopes,
    openedAt: now,
    seq: 0,
    state: 'active',
    pace,
    leaseEndsAt: now + leaseAt(plan, pace),
    lastBeatAt: now,
    runStartsAt: plan.metered ? now : null,
    runLeasedMs: 0,
    isWarned: false,
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
  return session.leaseEndsAt + session.plan.reviveMs;
}

/** Whether the session still stands at `now`: not ended, and not silent for too long. */
export function isLive(session: SessionRecord, now: Instant): boolean {
  return session.endedAt === null && (!session.plan.attended || now <= revivableUntil(session));
}

/** Lets the plan of a session run out at `now`, so that its next beat asks for a new one: the facts have changed. */
export function requireRenewal(session: SessionRecord, now: Instant): SessionRecord {
  const validUntilAt = Math.min(session.plan.validUntilAt, Math.max(now, session.lastBeatAt));
  return session.endedAt === null ? { ...session, plan: { ...session.plan, validUntilAt } } : session;
}

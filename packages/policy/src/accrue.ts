// The books: what one heartbeat, close or silence does to a session and to the day's intervals. Pure.
// store/redis/scripts/*.lua do the same arithmetic in Redis; a differential property test holds the two equal.
// It must not know ages, weekdays or texts: limits and edges come in as numbers, reasons as opaque codes.
//
// The fact a newcomer would get wrong: the state a beat reports holds from that beat on, so the time
// credited by a beat depends on the state reported by the one before it.
import { addInterval, clipInterval, type Interval, measureIntervals } from './intervals.ts';
import type { BudgetScope } from './reasons.ts';
import type { CalendarDate, CalendarDay, Instant } from './time.ts';

/** The accounts that play of one session is added to. A session without an agent has no agent account. */
export const LEDGER_SCOPES = ['game', 'provider', 'agent'] as const satisfies readonly BudgetScope[];
export type LedgerScope = (typeof LEDGER_SCOPES)[number];

/** Numbers a session was resolved to; they hold until `validUntilAt`. */
export interface SessionPlan {
  readonly day: CalendarDay;
  readonly validUntilAt: Instant;
  /** Play stops here whatever is left; null: no edge. */
  readonly stopsAt: Instant | null;
  /** Per scope the limit of the day in ms; null: counted, not limited. */
  readonly limitMs: Readonly<Record<LedgerScope, number | null>>;
  readonly intervalMs: number;
  readonly leaseMs: number;
  readonly reviveMs: number;
}

export type PlayState = 'active' | 'paused';

/** Why a session ended, in the ledger's words. */
export type EndCause = LedgerScope | 'stop' | 'silence' | 'closed' | 'takeover' | 'ordered';

export interface SessionRecord {
  readonly plan: SessionPlan;
  readonly openedAt: Instant;
  readonly seq: number;
  readonly state: PlayState;
  /** Server instant of the last accepted beat; never goes back. */
  readonly lastBeatAt: Instant;
  /** Start of the unbroken run that is still growing, within `plan.day`; null when nothing is running. */
  readonly runStartsAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly endCause: EndCause | null;
  /** When the limit was reached; at or before `endedAt`. Null unless a limit or edge ended the session. */
  readonly limitAt: Instant | null;
  /** Play reported past the limit, in ms; recorded, never charged to another day. */
  readonly overrunMs: number;
  /** Number of gaps longer than the lease. */
  readonly gaps: number;
  readonly closedAt: Instant | null;
}

/** Intervals of one day by account; `agent` is empty for a session without an agent. */
export type DayAccounts = Readonly<Record<LedgerScope, readonly Interval[]>>;

/** The days a beat can touch, by date. A missing day is empty. */
export type DayLedger = Readonly<Record<CalendarDate, DayAccounts>>;

export const EMPTY_DAY: DayAccounts = { game: [], provider: [], agent: [] };

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

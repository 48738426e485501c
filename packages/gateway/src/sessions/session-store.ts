// The port of the live ledger: sessions, the day's intervals and the entries they leave behind.
// Every adapter does what packages/policy/src/accrue.ts does, and passes test/session-store-conformance.ts.
import type {
  AgeBand,
  BeatStatus,
  CalendarDay,
  EndCause,
  Instant,
  Interval,
  Pace,
  PlayState,
  PolicyDocument,
  SessionPlan,
  SessionProof,
  UsedMs,
} from '@playgate/policy';
import type { World } from '../directory/world.ts';

/** Whose session it is; fixed for its life. */
export interface SessionIdentity {
  /** Carries the partition of its person; made by `newSessionId`. */
  readonly sessionId: string;
  readonly world: World;
  readonly personId: string;
  readonly playerId: string;
  readonly gameId: string;
  readonly agentId: string | null;
  readonly stationId: string | null;
  readonly ageBand: AgeBand;
  /** The human over all providers, where a policy in force limits that; else null. */
  readonly humanId: string | null;
}

export interface OpenRequest {
  readonly identity: SessionIdentity;
  readonly plan: SessionPlan;
  /** What the plan was resolved with, as text the store keeps and gives back unread. */
  readonly context: string;
  readonly concurrency: PolicyDocument['concurrency'];
  readonly minStartMs: number;
  readonly now: Instant;
  /** Until its first beat. */
  readonly pace: Pace;
  /** Refuse where part of the day's play may have been lost, so that it is restored first. Default false. */
  readonly needsWholeDay?: boolean;
}

export interface Conflict {
  readonly sessionId: string;
  readonly gameId: string;
}

export interface OpenOutcome {
  readonly status: 'opened' | 'spent' | 'too_little_left' | 'concurrent' | 'day_unknown';
  /** Play of the plan's day before this session. */
  readonly used: UsedMs;
  readonly conflicts: readonly Conflict[];
}

export interface BeatRequest {
  readonly sessionId: string;
  /** A session of another world is not found. */
  readonly world: World;
  readonly seq: number | null;
  readonly kind: PlayState | 'close';
  readonly now: Instant;
  /** As for `Beat` of the policy. */
  readonly pace: Pace | null;
  /** Numbers and context for `now`, once the session's own no longer hold. */
  readonly renewal: { readonly plan: SessionPlan; readonly context: string } | null;
  readonly close: CloseFacts | null;
  /**
   * Of the receipt that the client holds; null: it has none. Where the books know less, the reply is `behind` and nothing has changed.
   * Left out: nobody takes a receipt.
   */
  readonly heldSeq?: number | null;
  /** By `performance.now()`: when the request came that waits for the reply. Left out: just now, or it is an end. */
  readonly sinceMs?: number;
}

/** What a client says when it closes. */
export interface CloseFacts {
  readonly reason: string;
  /** When the client says play ended. */
  readonly clientEndedAt: Instant | null;
  /** The beat whose answer told the end, 0 for the start's; null: not told. */
  readonly verdictSeq: number | null;
}

/** Of a closed session: what the first close said. */
export type FirstClose = Pick<CloseFacts, 'reason' | 'clientEndedAt'>;

export type BeatReply =
  | { readonly status: 'not_found' }
  | {
      readonly status: BeatStatus | 'behind';
      readonly seq: number;
      readonly state: PlayState;
      readonly lastBeatAt: Instant;
      /** From one beat to the next, at the session's pace. What is told has to be this and the lease: silence is judged by them. */
      readonly intervalMs: number;
      readonly leaseEndsAt: Instant;
      readonly endedAt: Instant | null;
      readonly endCause: EndCause | null;
      readonly limitAt: Instant | null;
      readonly overrunMs: number;
      readonly closedAt: Instant | null;
      /** Play of the session's day, this beat included. */
      readonly used: UsedMs;
      readonly context: string;
      readonly playerId: string;
      readonly gameId: string;
      readonly close: FirstClose | null;
      /** For a receipt, in the words of proof-text.ts; null: not asked for, or the session has ended. */
      readonly proof: string | null;
    };

/** Of a beat whose books cannot be asked: nothing is known of its outcome. */
export interface BeatFailure {
  readonly status: 'failed';
  readonly error: LedgerUnavailableError;
}

/** An end that the agent orders at one of its stations. */
export interface EndOrder {
  readonly sessionId: string;
  /** A session at another agent's stations is not found. */
  readonly agentId: string;
  /** In the time of the session's world. */
  readonly now: Instant;
  /** Who ordered it, for the record. */
  readonly by: string;
}

/** A session at a station that goes on, or that is played on after its end. */
export interface AgentSession {
  readonly sessionId: string;
  readonly world: World;
  readonly stationId: string;
  readonly playerId: string;
  readonly gameId: string;
  readonly ageBand: AgeBand;
  readonly openedAt: Instant;
  readonly lastBeatAt: Instant;
  readonly state: PlayState;
  /** At its pace. */
  readonly intervalMs: number;
  readonly leaseEndsAt: Instant;
  /** Null: it goes on. */
  readonly endedAt: Instant | null;
  readonly context: string;
  /** Play of the session's day. */
  readonly used: UsedMs;
}

/** The order of `listAgentSessions`. */
export const byAge = (left: AgentSession, right: AgentSession): number =>
  left.openedAt - right.openedAt || (left.sessionId < right.sessionId ? -1 : 1);

/** One person's play of one day. */
export interface DayPlay {
  readonly provider: readonly Interval[];
  readonly games: ReadonlyMap<string, readonly Interval[]>;
  readonly agents: ReadonlyMap<string, readonly Interval[]>;
}

/** Play of one person that turned out to be another's. */
export interface MergeRequest {
  readonly world: World;
  readonly personId: string;
  readonly previousPersonId: string;
  readonly playerId: string;
  /** Of the person that it counts for now. */
  readonly humanId: string | null;
  readonly day: CalendarDay;
  readonly play: DayPlay;
}

/** What the record has of a day that the books may have lost. */
export interface DayRestore {
  readonly world: World;
  readonly personId: string;
  readonly day: CalendarDay;
  readonly play: DayPlay;
  /** Where a policy counts the human over all providers: who that is, and play with any of them. */
  readonly human: { readonly humanId: string; readonly play: readonly Interval[] } | null;
}

/** What a receipt brings back. */
export interface SessionRestore {
  readonly identity: SessionIdentity;
  /** Of the day of the proof. */
  readonly plan: SessionPlan;
  readonly context: string;
  readonly proof: SessionProof;
  /** Proven play that is not on record and would never reach it. */
  readonly unrecorded: readonly Interval[];
}

export interface RefusedStart {
  readonly identity: Omit<SessionIdentity, 'sessionId'>;
  readonly context: string;
  readonly reason: string;
  /** Play of the day; null: not looked at. */
  readonly used: UsedMs | null;
  readonly at: Instant;
}

/** One entry of a partition's stream; `fields` are the same in every adapter. `entryId`: `<ms>-<n>`, rising, never given again. */
export interface StreamEntry {
  readonly entryId: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Entries of a partition that were not moved yet. */
export interface Backlog {
  readonly partition: string;
  readonly waiting: number;
  readonly oldestEntryId: string;
}

export interface SessionStore {
  /** A new id in the partition of the person. */
  newSessionId(personId: string): string;
  /** Atomic; a refusal writes nothing; the same session id again changes nothing. */
  open(request: OpenRequest): Promise<OpenOutcome>;
  /**
   * Each beat atomic, those of a session in the order given; one round trip per slot. Beats whose books cannot be asked are `failed` and spoil no
   * others; rejects with a LedgerUnavailableError where there are no others, so one alone is never `failed`.
   */
  recordBeats(requests: readonly BeatRequest[]): Promise<readonly (BeatReply | BeatFailure)[]>;
  /**
   * Ends a session as somebody else orders: play up to now is counted like a beat's, and the next beat learns of the end.
   * An ended one is `repeated`, never `stale`.
   */
  endByOrder(order: EndOrder): Promise<BeatReply>;
  /**
   * Sessions at the stations of an agent, oldest first; of every world, each by its own time. Those that go on, and those whose
   * client beats as played after the end, until it closes or falls silent for longer than the lease.
   */
  listAgentSessions(agentId: string, nowOf: (world: World) => Instant): Promise<readonly AgentSession[]>;
  readDay(personId: string, date: string, dayStartsAt: Instant): Promise<DayPlay>;
  /** Persons whose day the store holds; it looks through everything, so not for a request. */
  listPersons(date: string): Promise<readonly string[]>;
  /** Makes the next beat of each standing session of a person `stale`: its facts or rules have changed. Returns how many. */
  renewSessions(personId: string, now: Instant): Promise<number>;
  /** Ends the standing sessions of a player at their last beat: the player belongs to another person now. Returns how many. */
  moveOut(personId: string, playerId: string): Promise<number>;
  /** Unions play of a day into a person's day; doing it again changes nothing. */
  mergeDay(request: MergeRequest): Promise<void>;
  /** Unions what is on record into the day, and takes the day for whole from then on. Nothing is noted. */
  restoreDay(restore: DayRestore): Promise<void>;
  /**
   * A session that was lost, or is `isBehind` its proof, goes on from there; any other stays as it is. False: the person's books lie
   * elsewhere than the session's.
   */
  restoreSession(restore: SessionRestore): Promise<boolean>;
  /** Names the time since which the person's books have lost nothing; another text, or null, once they have. */
  readEpoch(personId: string): Promise<string | null>;
  noteRefusal(refusal: RefusedStart): Promise<void>;
  /** Ends sessions silent past their revival at their last beat, each world by its own time. Returns how many. */
  expireSilent(nowOf: (world: World) => Instant): Promise<number>;
  /** Oldest entries of a partition first; they stay until trimmed. */
  readEntries(partition: string, countMax: number): Promise<readonly StreamEntry[]>;
  /** Forgets these entries and no other: after a failover there may be new ones with lower ids. */
  trimEntries(partition: string, entryIds: readonly string[]): Promise<void>;
  /** What waits in each partition that has entries. */
  readBacklog(): Promise<readonly Backlog[]>;
  readonly partitions: readonly string[];
  /** `ok`, or what is wrong, within `READY_TIMEOUT_MS`. */
  checkReady(now: Instant): Promise<{ readonly store: string; readonly clock: string }>;
  close(): Promise<void>;
}

/** The ledger cannot be asked: unreachable, too slow, or refusing writes. Nothing is known of the outcome. */
export class LedgerUnavailableError extends Error {
  override readonly name = 'LedgerUnavailableError';
}

/** Sessions of one person that may stand at once; one more is refused as concurrent. */
export const OPEN_SESSIONS_MAX = 16;
/** Keys of a day and its sessions outlive the day by this long, for late closes and reports. */
export const KEEP_AFTER_DAY_MS = 48 * 3_600_000;
/** Bound of one look for silent sessions, per world and partition. */
export const EXPIRE_COUNT_MAX = 200;
/** Local clock and the store's clock may differ by this much before the gateway says it is not ready. */
export const CLOCK_SKEW_MS_MAX = 5_000;

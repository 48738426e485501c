// What a receipt proves of a session, and how that goes together with books that have lost some of it. Pure.
//
// Everything here is a union or takes what is newer, so books that have lost nothing stay as they are, a receipt that is
// shown twice does nothing the second time, and no order of receipts and records can count a minute twice or forget one.
import {
  addInterval,
  INTERVALS_PER_ACCOUNT_MAX,
  type Interval,
  subtractIntervals,
  unionIntervals,
} from './intervals.ts';
import { leaseAt, type Pace } from './pace.ts';
import {
  type DayAccounts,
  LEDGER_SCOPES,
  type LedgerScope,
  type PlayState,
  requireRenewal,
  type SessionPlan,
  type SessionRecord,
} from './session-record.ts';
import type { CalendarDate, Instant } from './time.ts';

/** Intervals of a game's account in a proof, the latest ones: what came before has reached the record long ago. */
export const PROVEN_INTERVALS_MAX = 4;

/** What the books said of a session that went on, right after a beat. */
export interface SessionProof {
  readonly seq: number;
  readonly state: PlayState;
  readonly pace: Pace;
  readonly leaseEndsAt: Instant;
  readonly isWarned: boolean;
  readonly openedAt: Instant;
  readonly lastBeatAt: Instant;
  readonly runStartsAt: Instant | null;
  readonly runLeasedMs: number;
  readonly overrunMs: number;
  readonly gaps: number;
  /** The plan's day, in which the run and the intervals lie. */
  readonly date: CalendarDate;
  /** The latest of the account of the session's game, but for the run. */
  readonly recent: readonly Interval[];
}

/** Null: an ended session has nothing to come back to. `game`: its game's account of the plan's day. */
export function proofOf(session: SessionRecord, game: readonly Interval[]): SessionProof | null {
  if (session.endedAt !== null) return null;
  const { gaps, isWarned, lastBeatAt, leaseEndsAt, openedAt, overrunMs, pace, plan, seq, state } = session;
  const { runLeasedMs, runStartsAt } = session;
  const told = { pace, leaseEndsAt, isWarned };
  const run = { runStartsAt, runLeasedMs, date: plan.day.date, recent: latestPlay(game, session) };
  return { seq, state, ...told, openedAt, lastBeatAt, ...run, overrunMs, gaps };
}

/** The latest intervals of its game's account that a proof of a session holds: not its run, which the proof tells by its start. */
export function latestPlay(
  game: readonly Interval[],
  { lastBeatAt, runStartsAt }: Pick<SessionProof, 'lastBeatAt' | 'runStartsAt'>,
): readonly Interval[] {
  const last = game.at(-1);
  const isRun = last !== undefined && last.startsAt === runStartsAt && last.endsAt === lastBeatAt;
  return (isRun ? game.slice(0, -1) : game).slice(-PROVEN_INTERVALS_MAX);
}

/** The run that was still growing; none: nothing ran. */
function provenRun({ lastBeatAt, runStartsAt }: SessionProof): readonly Interval[] {
  return runStartsAt === null ? [] : addInterval([], { startsAt: runStartsAt, endsAt: lastBeatAt });
}

/** Play of the session's game that the proof vouches for. */
export function provenPlay(proof: SessionProof): readonly Interval[] {
  return unionIntervals(proof.recent, provenRun(proof));
}

/** Proven play that the record does not have and that no running session will bring to it: it has to be noted again. */
export function unrecordedPlay(proof: SessionProof, recordedGame: readonly Interval[]): readonly Interval[] {
  return subtractIntervals(subtractIntervals(proof.recent, recordedGame), provenRun(proof));
}

/** Of one day: what the books still have, what the record has of it, and what is proven. */
export function restoreDay(
  known: DayAccounts,
  recorded: DayAccounts,
  proven: readonly Interval[],
  scopes: readonly LedgerScope[],
  intervalsMax: number = INTERVALS_PER_ACCOUNT_MAX,
): DayAccounts {
  const restored: Record<LedgerScope, readonly Interval[]> = { ...known };
  for (const scope of LEDGER_SCOPES) {
    restored[scope] = unionIntervals(restored[scope], recorded[scope], intervalsMax);
    if (scopes.includes(scope)) restored[scope] = unionIntervals(restored[scope], proven, intervalsMax);
  }
  return restored;
}

/** Whether the proof says more of the session than is known; null: nothing is. */
export function isBehind(known: SessionRecord | null, proof: SessionProof): boolean {
  if (known === null) return true;
  if (known.seq >= proof.seq) return false;
  // Older books take a session for silent that was not.
  return known.endedAt === null || (known.endCause === 'silence' && proof.lastBeatAt > known.endedAt);
}

/**
 * The session as the proof has it; only where `isBehind`. `plan`: of the proof's day. Facts may have changed since, so the next
 * beat asks for a new one.
 */
export function restoreSession(proof: SessionProof, plan: SessionPlan, scopes: readonly LedgerScope[]): SessionRecord {
  const { date: _, recent: __, ...state } = proof;
  const ending = { endedAt: null, endCause: null, limitAt: null, closedAt: null };
  const leaseEndsAt = Math.max(proof.leaseEndsAt, proof.lastBeatAt + leaseAt(plan, proof.pace));
  return requireRenewal({ plan, scopes, ...state, leaseEndsAt, ...ending }, proof.lastBeatAt);
}

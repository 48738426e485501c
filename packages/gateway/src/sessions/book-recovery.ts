// What is done when the books were lost or came up older than they were: a day is read from the record, a session goes on from the
// receipt that its client kept. Everything is a union, so books that have lost nothing do not change.
import {
  type CalendarDate,
  type CalendarDay,
  clipInterval,
  type Instant,
  type Interval,
  unrecordedPlay,
} from '@playgate/policy';
import { LRUCache } from 'lru-cache';
import type { Players } from '../directory/directory.ts';
import type { SessionClaims } from '../directory/principal.ts';
import type { Receipts } from '../directory/tokens.ts';
import { LimitedTurns } from '../limited-turns.ts';
import { type AllowanceBook, planOf } from './allowance-book.ts';
import { type BatchClaims, claimsOfProof, encodeBatchProof, withoutClaims } from './batch-proof.ts';
import { beatWaitLeftMs } from './beat-wait.ts';
import { decodeProof, type PlacedProof } from './proof-text.ts';
import { decodeContext } from './session-context.ts';
import {
  type BeatRequest,
  type DayPlay,
  LedgerUnavailableError,
  type SessionIdentity,
  type SessionStore,
} from './session-store.ts';

/**
 * After a loss every session asks for a restore, and all read from SQL. Who is refused asks again, at the latest with the next
 * heartbeat, and may find that the restore which it gave up has ended well.
 */
const RESTORES = { underWayMax: 32, waitingMax: 2_000 };
/** How long an answer waits for a restore, its turn included; a heartbeat no longer than it has time left. */
export const RESTORE_MS_MAX = 1_000;
/** Epochs for which the record was brought up to date; more than partitions times losses that anybody sees. */
const EPOCHS_MAX = 10_000;

/** `cause`: an EndCause, as the record spells it. */
export interface RecordedEnd {
  readonly endedAt: Instant;
  readonly cause: string | null;
}

export interface BookRecoveryPorts {
  readonly store: Pick<SessionStore, 'readEpoch' | 'restoreDay' | 'restoreSession'>;
  readonly history: {
    readDay(personId: string, date: CalendarDate): Promise<DayPlay>;
    /** Play with every provider. */
    readDayOfHuman(humanId: string, date: CalendarDate): Promise<readonly Interval[]>;
    /** Null: it goes on, or is not known. */
    readEnd(sessionId: string): Promise<RecordedEnd | null>;
  };
  readonly record: { catchUp(): Promise<unknown> };
  readonly players: Pick<Players, 'findProfile'>;
  readonly allowances: AllowanceBook;
  readonly receipts: Receipts;
}

type Person = Pick<SessionIdentity, 'world' | 'personId' | 'humanId'>;
type Asking = Pick<BeatRequest, 'now' | 'sinceMs'>;

export class BookRecovery {
  readonly #ports: BookRecoveryPorts;
  readonly #caughtUp = new LRUCache<string, true>({ max: EPOCHS_MAX });
  #catchingUp: Promise<unknown> | null = null;
  readonly #turns = new LimitedTurns(RESTORES);

  constructor(ports: BookRecoveryPorts) {
    this.#ports = ports;
  }

  /** `proof`: of `BeatReply`. */
  issueReceipt(sessionId: string, proof: string): string {
    return this.#ports.receipts.issue(sessionId, proof);
  }

  /** As `issueReceipt`, for a session that is beaten for in batches. */
  issueBatchReceipt(sessionId: string, proof: string, claims: BatchClaims): string {
    return this.#ports.receipts.issue(sessionId, encodeBatchProof(proof, claims));
  }

  /** Brings a person's day up to what is on record. Rejects with a LedgerUnavailableError where that cannot be read in time. */
  async restoreDay(person: Person, day: CalendarDay): Promise<void> {
    await this.#inTurn(RESTORE_MS_MAX, () => this.#restoreDay(person, day));
  }

  /**
   * Brings back the session of a token from its receipt, and the day of its person, for a request that asks for it. False: that is no
   * receipt of this session, or there is nobody any more whose it could be. Rejects as `restoreDay` does.
   */
  async restoreSession(claims: SessionClaims, receipt: string, request: Asking): Promise<boolean> {
    const text = this.#ports.receipts.read(claims.sessionId, receipt);
    const placed = text === null ? null : decodeProof(withoutClaims(text));
    if (placed === null) return false;
    const waitMsMax = Math.min(RESTORE_MS_MAX, beatWaitLeftMs(request));
    return this.#inTurn(waitMsMax, () => this.#restoreSession(claims, placed, request.now));
  }

  /** As `restoreSession`, for a beat of a batch that has a receipt. */
  async restoreOfBatch(request: Asking & Pick<BeatRequest, 'sessionId' | 'world'>, receipt: string): Promise<boolean> {
    const { sessionId, world } = request;
    const text = this.#ports.receipts.read(sessionId, receipt);
    const claims = text === null ? null : claimsOfProof(text);
    return claims !== null && this.restoreSession({ ...claims, sessionId, world, metered: true }, receipt, request);
  }

  async #restoreSession(claims: SessionClaims, placed: PlacedProof, now: Instant): Promise<boolean> {
    const { allowances, players, store } = this.#ports;
    const { context, gameId, playerId, sessionId, world } = claims;
    const { agentId, proof, stationId } = placed;
    const profile = await players.findProfile(world, playerId, now);
    const ageBand = profile?.facts.ageBand ?? null;
    const allowance = allowances.allowanceOf(context, proof.lastBeatAt);
    if (profile === null || ageBand === null || allowance.day.date !== proof.date) return false;
    const facts = decodeContext(context);
    const isHumanCounted = facts.isHumanKnown && allowance.budgets.some(({ scope }) => scope === 'person');
    const humanId = isHumanCounted ? profile.humanId : null;
    const { personId } = profile;
    const recorded = await this.#restoreDay({ world, personId, humanId }, allowance.day);
    const today = allowances.allowanceOf(context, Math.max(now, proof.lastBeatAt)).day;
    if (today.date !== proof.date) await this.#restoreDay({ world, personId, humanId }, today);
    const identity = { sessionId, world, personId, playerId, gameId, agentId, stationId, ageBand, humanId };
    // Of a session that has ended only an end for silence, which older books made up, can be taken back.
    const end = await this.#ports.history.readEnd(sessionId);
    if (end !== null && !(end.cause === 'silence' && proof.lastBeatAt > end.endedAt)) return false;
    const unrecorded = unrecordedPlay(proof, recorded.games.get(gameId) ?? []);
    return store.restoreSession({ identity, plan: planOf(allowance, facts), context, proof, unrecorded });
  }

  async #restoreDay({ humanId, personId, world }: Person, day: CalendarDay): Promise<DayPlay> {
    const { history, store } = this.#ports;
    // Once the record has caught up it mostly still has: then it is read while the books say whether they are the same ones.
    const early = this.#caughtUp.size === 0 ? null : history.readDay(personId, day.date);
    const [epoch, known] = await Promise.all([store.readEpoch(personId), early]);
    const isComplete = epoch !== null && this.#caughtUp.has(epoch);
    if (!isComplete) await this.#catchUp(epoch);
    const play = clipPlay(isComplete && known !== null ? known : await history.readDay(personId, day.date), day);
    const human =
      humanId === null ? null : { humanId, play: clipAll(await history.readDayOfHuman(humanId, day.date), day) };
    await store.restoreDay({ world, personId, day, play, human });
    return play;
  }

  /** Once for each epoch: what was on its way to the record when the books were lost has arrived then. */
  async #catchUp(epoch: string | null): Promise<void> {
    this.#catchingUp ??= this.#ports.record.catchUp().finally(() => {
      this.#catchingUp = null;
    });
    await this.#catchingUp;
    if (epoch !== null) this.#caughtUp.set(epoch, true);
  }

  async #inTurn<Result>(waitMsMax: number, restore: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#turns.run(waitMsMax, restore);
    } catch (error) {
      if (error instanceof LedgerUnavailableError) throw error;
      throw new LedgerUnavailableError('lost books cannot be restored from the record now', { cause: error });
    }
  }
}

function clipPlay({ agents, games, provider }: DayPlay, day: CalendarDay): DayPlay {
  const clipped = (accounts: DayPlay['games']) =>
    new Map([...accounts].map(([id, intervals]) => [id, clipAll(intervals, day)]));
  return { provider: clipAll(provider, day), games: clipped(games), agents: clipped(agents) };
}

const clipAll = (intervals: readonly Interval[], { endsAt, startsAt }: CalendarDay): readonly Interval[] =>
  intervals.flatMap((interval) => clipInterval(interval, startsAt, endsAt) ?? []);

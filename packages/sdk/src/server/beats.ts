// Heartbeats of many sessions for a game server: due ones go together, each at the pace the gateway asked for. A session is
// added once and beaten for until it ends or is removed.
import type { BatchHeartbeatsReply, EndReason } from '@playgate/contract/wire';
import { ConnectionError, PlaygateError, retryAfterMsOf } from '../errors.ts';
import { closeWordOf } from '../session/ending.ts';
import { firstDelayMs, pacedDelayMs, retryDelayMs } from '../transport/backoff.ts';
import { batchesOf } from './beat-batches.ts';
import { type BatchExchange, type BeatEnd, endTold, momentTold } from './beat-end.ts';
import { type BeatAnswer, BeatEmitter, type BeatEventType, type BeatListener } from './beat-events.ts';
import type { GatewayRequests } from './gateway-requests.ts';
import { wholeNumber } from './server-options.ts';
import type { ServerPlatform } from './server-platform.ts';

/** How often due sessions are gathered. */
export const GROUP_EVERY_MS_DEFAULT = 1_000;
const GROUP_EVERY_MS_RANGE = [50, 10_000] as const;
/** Sessions of one server process. */
export const BEATEN_SESSIONS_MAX = 100_000;
/** Batches on the way at once. */
const BATCHES_AT_ONCE_MAX = 8;
/** Until the gateway has said how often: the first beat is spread over it. */
const FIRST_INTERVAL_MS = 10_000;
/** Of the packs that ship; for how long a session may go on without its first answer. */
export const LEASE_MS_DEFAULT = 90_000;
const LEASE_MS_RANGE = [1_000, 3_600_000] as const;

export type PlayState = 'active' | 'paused';

export interface BeatsOptions {
  /** ms, 50 to 10,000; default 1,000. */
  readonly groupEveryMs?: number;
  /**
   * ms without a first answer after which play of a session ends, as the policy's `leaseMs`; 1,000 to 3,600,000, default 90,000.
   * Every answer tells the lease from then on.
   */
  readonly leaseMs?: number;
}

interface Beaten {
  readonly sessionId: string;
  state: PlayState;
  seq: number;
  dueAtMs: number;
  /** A beat is on its way. */
  isSent: boolean;
  isWarned: boolean;
  /** Beats since its last answer: their requests failed, or a code came in place of a result. */
  unanswered: number;
  /** The latest of an answer: by it the gateway restores a session whose books it has lost. */
  receipt: string | null;
  leaseEndsAtMs: number;
  /** By rule, as the last answer had it; null: none in sight. */
  end: BeatEnd | null;
  /** False: the gateway asks for no beats of it (an adult's). */
  isAsked: boolean;
}

export class Beats {
  readonly #requests: GatewayRequests;
  readonly #platform: ServerPlatform;
  readonly #groupEveryMs: number;
  readonly #leaseMs: number;
  readonly #sessions = new Map<string, Beaten>();
  readonly #emitter = new BeatEmitter();
  /** Of the next group; null: nobody is beaten for. */
  #timer: { readonly handle: unknown } | null = null;
  #underWay = 0;
  #failures = 0;
  #holdUntilMs = 0;

  constructor(requests: GatewayRequests, options: BeatsOptions, platform: ServerPlatform) {
    const { groupEveryMs = GROUP_EVERY_MS_DEFAULT, leaseMs = LEASE_MS_DEFAULT } = options;
    this.#requests = requests;
    this.#platform = platform;
    this.#groupEveryMs = wholeNumber('groupEveryMs', groupEveryMs, GROUP_EVERY_MS_RANGE);
    this.#leaseMs = wholeNumber('leaseMs', leaseMs, LEASE_MS_RANGE);
  }

  /** Sessions that are beaten for. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Returns how to stop. */
  on<Type extends BeatEventType>(type: Type, listener: BeatListener<Type>): () => void {
    return this.#emitter.on(type, listener);
  }

  /**
   * Beats for a session from now on; called again, it says that play was paused or goes on.
   * @throws RangeError beyond BEATEN_SESSIONS_MAX
   */
  add(sessionId: string, state: PlayState = 'active'): void {
    const nowMs = this.#platform.monotonicMs();
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) {
      if (known.state !== state) known.dueAtMs = nowMs;
      known.state = state;
      return;
    }
    if (this.#sessions.size >= BEATEN_SESSIONS_MAX) {
      throw new RangeError(`a process beats for at most ${BEATEN_SESSIONS_MAX} sessions`);
    }
    const dueAtMs = nowMs + firstDelayMs(FIRST_INTERVAL_MS, this.#platform.random());
    const fresh = { isSent: false, isWarned: false, unanswered: 0, receipt: null, end: null, isAsked: true };
    const leaseEndsAtMs = nowMs + this.#leaseMs;
    this.#sessions.set(sessionId, { sessionId, state, seq: 0, dueAtMs, leaseEndsAtMs, ...fresh });
    if (this.#timer === null) this.#awaitGroup();
  }

  /** Without a last word to the gateway: close the session for that, with what is given back. */
  remove(sessionId: string): { readonly receipt?: string } {
    const receipt = this.#sessions.get(sessionId)?.receipt ?? null;
    this.#sessions.delete(sessionId);
    if (this.#sessions.size === 0) this.stop();
    return receipt === null ? {} : { receipt };
  }

  /** Beats for nobody any more. */
  stop(): void {
    this.#sessions.clear();
    if (this.#timer !== null) this.#platform.clearTimer(this.#timer.handle);
    this.#timer = null;
  }

  #awaitGroup(): void {
    const group = () => {
      this.#awaitGroup();
      this.#group();
    };
    this.#timer = { handle: this.#platform.setTimer(group, this.#groupEveryMs) };
    letGo(this.#timer.handle);
  }

  #group(): void {
    const nowMs = this.#platform.monotonicMs();
    this.#endWhatIsOver(nowMs);
    if (nowMs < this.#holdUntilMs) return;
    const due: Beaten[] = [];
    for (const session of this.#sessions.values()) {
      if (!session.isSent && session.isAsked && session.dueAtMs <= nowMs) due.push(session);
    }
    due.sort((left, right) => left.dueAtMs - right.dueAtMs);
    for (const batch of batchesOf(due)) {
      if (this.#underWay >= BATCHES_AT_ONCE_MAX) return;
      void this.#send(batch);
    }
  }

  async #send(batch: readonly Beaten[]): Promise<void> {
    this.#underWay += 1;
    const sentAtMs = this.#platform.monotonicMs();
    const beats = batch.map((session) => {
      session.isSent = true;
      session.seq += 1;
      const { receipt, seq, sessionId, state } = session;
      return { sessionId, seq, state, ...(receipt !== null && { receipt }) };
    });
    try {
      const body = { beats, receipts: true };
      // The next group is the retry, with later states.
      const request = { method: 'POST', path: '/v1/heartbeats', body, isRepeatable: false } as const;
      const { results, serverAt } = await this.#requests.send<BatchHeartbeatsReply>(request);
      const answered = { serverAt, sentAtMs, receivedAtMs: this.#platform.monotonicMs() };
      this.#heard();
      for (const [index, result] of results.entries()) {
        const session = batch[index];
        if (session !== undefined && this.#sessions.get(session.sessionId) === session)
          this.#take(session, result, answered);
      }
    } catch (error) {
      for (const session of batch) session.unanswered += 1;
      this.#failed(
        error instanceof PlaygateError ? error : new ConnectionError('unreachable', 'failed', { cause: error }),
      );
    } finally {
      for (const session of batch) session.isSent = false;
      this.#underWay -= 1;
    }
  }

  #heard(): void {
    if (this.#failures > 0) this.#emitter.emit('online', {});
    this.#failures = 0;
    this.#holdUntilMs = 0;
  }

  #failed(error: PlaygateError): void {
    this.#failures += 1;
    if (this.#failures === 1) this.#emitter.emit('offline', {});
    const delayMs = retryDelayMs(this.#failures, retryAfterMsOf(error), this.#platform.random());
    this.#holdUntilMs = this.#platform.monotonicMs() + delayMs;
    this.#emitter.emit('error', error);
  }

  #take(session: Beaten, result: BatchHeartbeatsReply['results'][number], answered: BatchExchange): void {
    const { sessionId } = session;
    const nowMs = answered.receivedAtMs;
    if ('code' in result) {
      if (result.code === 'not_found') {
        this.remove(sessionId);
        this.#emitter.emit('unknown', result);
        return;
      }
      // Any other code says that the session cannot be asked for right now.
      session.unanswered += 1;
      session.dueAtMs = nowMs + retryDelayMs(session.unanswered, null, this.#platform.random());
      return;
    }
    const isStale = result.seq > session.seq;
    // Somebody has beaten for it before, as this server did before it was started anew.
    if (isStale) session.seq = result.seq;
    session.unanswered = 0;
    session.leaseEndsAtMs = momentTold(result.leaseExpiresAt, answered);
    session.receipt = result.receipt ?? session.receipt;
    session.end = endTold(result, answered);
    session.isAsked = result.nextHeartbeatMs !== null;
    const { nextHeartbeatMs } = result;
    const paceMs = nextHeartbeatMs === null ? 0 : pacedDelayMs(nextHeartbeatMs, this.#platform.random());
    session.dueAtMs = isStale ? nowMs : nowMs + paceMs;
    this.#emitter.emit('result', result);
    this.#tell(session, result);
  }

  #tell(session: Beaten, { endsAt, reason, remainingMs, verdict }: BeatAnswer): void {
    const { sessionId } = session;
    if (verdict === 'end') {
      this.#end(sessionId, reason ?? 'session_closed', false);
    } else if (verdict === 'warn' && !session.isWarned) {
      session.isWarned = true;
      this.#emitter.emit('warn', { sessionId, remainingMs, endsAt });
    }
  }

  /**
   * While the gateway is away, play goes on until the lease or the end that was told, whichever is first; so does a session's that it
   * does not answer for, whatever becomes of the others.
   */
  #endWhatIsOver(nowMs: number): void {
    const isAway = this.#failures > 0;
    for (const { end, isAsked, leaseEndsAtMs, sessionId, state, unanswered } of this.#sessions.values()) {
      if (!isAsked || !(isAway || unanswered > 0)) continue;
      const isPastEnd = end !== null && (state === 'active' || end.comesByItself) && nowMs >= end.atMs;
      const isPastLease = nowMs >= leaseEndsAtMs;
      if (!isPastEnd && !isPastLease) continue;
      this.#end(sessionId, isPastEnd ? end.reason : 'ledger_unavailable', true);
    }
  }

  #end(sessionId: string, reason: EndReason, isPredicted: boolean): void {
    this.remove(sessionId);
    this.#emitter.emit('end', { sessionId, reason, closeReason: closeWordOf(reason), isPredicted });
  }
}

/** In Node a game server that wants to end is not held by its next group. */
function letGo(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref();
}

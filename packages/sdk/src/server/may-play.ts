// Whether a player may act now, for servers whose clients beat for themselves: what the session's last heartbeat came to, and
// what has run out since. Asked without counting anything, together with what others ask at the same time, and remembered for
// a few seconds. A change of rules shows once the client has beaten, which push makes it do at once.
import type { BatchHeartbeatsReply, EndReason } from '@playgate/contract/wire';
import { BATCH_BEATS_MAX } from '@playgate/contract/wire';
import { PlaygateError } from '../errors.ts';
import type { GatewayRequests } from './gateway-requests.ts';
import { wholeNumber } from './server-options.ts';

/** For so long an answer is taken for the present one. */
export const MAY_PLAY_CACHED_MS_DEFAULT = 5_000;
const CACHED_MS_RANGE = [0, 60_000] as const;
/** While the gateway is away a yes stands for so long, at most until the end that was told: the lease of the shipped packs. */
export const MAY_PLAY_AWAY_MS_DEFAULT = 90_000;
const AWAY_MS_RANGE = [0, 3_600_000] as const;
/** Sessions remembered; the longest not asked for goes first. */
export const REMEMBERED_MAX = 50_000;
/** Below that of any beat: it asks, and neither counts play nor takes the number of the client's own first beat. */
const ASKING_SEQ = 0;

export interface MayPlayOptions {
  /** ms, 0 to 60,000; default 5,000. */
  readonly cachedMs?: number;
  /** ms, 0 to 3,600,000; default 90,000. 0: nobody may play while the gateway is away. */
  readonly awayMs?: number;
}

export interface MayPlayAnswer {
  readonly mayPlay: boolean;
  /** Why not; null: it may. `unknown_session` is no session of this world. */
  readonly reason: EndReason | 'unknown_session' | null;
  readonly remainingMs: number | null;
  readonly endsAt: string | null;
  /** `away`: the gateway did not answer for the session, so the last answer decided, or that there was none (`ledger_unavailable`). */
  readonly source: 'gateway' | 'remembered' | 'away';
}

interface Remembered {
  readonly answer: MayPlayAnswer;
  readonly askedAtMs: number;
}

type Waiting = { readonly resolve: (answer: MayPlayAnswer) => void; readonly reject: (error: unknown) => void };

export class MayPlay {
  readonly #requests: GatewayRequests;
  readonly #cachedMs: number;
  readonly #awayMs: number;
  readonly #remembered = new Map<string, Remembered>();
  readonly #asked = new Map<string, Promise<MayPlayAnswer>>();
  readonly #monotonicMs: () => number;
  #gathering = new Map<string, Waiting>();

  constructor(requests: GatewayRequests, options: MayPlayOptions = {}, monotonicMs = () => performance.now()) {
    const { awayMs = MAY_PLAY_AWAY_MS_DEFAULT, cachedMs = MAY_PLAY_CACHED_MS_DEFAULT } = options;
    this.#requests = requests;
    this.#cachedMs = wholeNumber('cachedMs', cachedMs, CACHED_MS_RANGE);
    this.#awayMs = wholeNumber('awayMs', awayMs, AWAY_MS_RANGE);
    this.#monotonicMs = monotonicMs;
  }

  /** Never rejects for a gateway that is away. @throws GatewayError (as a rejection) when it refuses the key or request */
  ask(sessionId: string): Promise<MayPlayAnswer> {
    const known = this.#remembered.get(sessionId);
    if (known !== undefined && this.#monotonicMs() - known.askedAtMs < this.#cachedMs) {
      return Promise.resolve({ ...known.answer, source: 'remembered' });
    }
    const asked = this.#asked.get(sessionId);
    if (asked !== undefined) return asked;
    const asking = this.#gather(sessionId).finally(() => this.#asked.delete(sessionId));
    this.#asked.set(sessionId, asking);
    return asking;
  }

  #gather(sessionId: string): Promise<MayPlayAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#gathering.size === 0) setTimeout(() => this.#sendGathered(), 0);
      this.#gathering.set(sessionId, { resolve, reject });
    });
  }

  #sendGathered(): void {
    const all = [...this.#gathering];
    this.#gathering = new Map();
    for (let at = 0; at < all.length; at += BATCH_BEATS_MAX) void this.#send(all.slice(at, at + BATCH_BEATS_MAX));
  }

  async #send(batch: readonly (readonly [string, Waiting])[]): Promise<void> {
    const beats = batch.map(([sessionId]) => ({ sessionId, seq: ASKING_SEQ, state: 'active' as const }));
    try {
      const request = { method: 'POST', path: '/v1/heartbeats', body: { beats } } as const;
      const { results } = await this.#requests.send<BatchHeartbeatsReply>(request);
      for (const [index, [sessionId, { resolve }]] of batch.entries()) {
        const result = results[index];
        const isAnswered = result !== undefined && (!('code' in result) || result.code === 'not_found');
        resolve(isAnswered ? this.#remember(sessionId, answerOf(result)) : this.#withoutGateway(sessionId));
      }
    } catch (error) {
      const isAway = error instanceof PlaygateError && !isRefusal(error);
      for (const [sessionId, { reject, resolve }] of batch) {
        if (isAway) resolve(this.#withoutGateway(sessionId));
        else reject(error);
      }
    }
  }

  #remember(sessionId: string, answer: MayPlayAnswer): MayPlayAnswer {
    this.#remembered.delete(sessionId);
    this.#remembered.set(sessionId, { answer, askedAtMs: this.#monotonicMs() });
    if (this.#remembered.size > REMEMBERED_MAX) {
      const [oldest] = this.#remembered.keys();
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
    return answer;
  }

  #withoutGateway(sessionId: string): MayPlayAnswer {
    const known = this.#remembered.get(sessionId);
    if (known !== undefined) {
      const { answer, askedAtMs } = known;
      const agedMs = this.#monotonicMs() - askedAtMs;
      const leftMs = answer.remainingMs === null ? Number.POSITIVE_INFINITY : answer.remainingMs - agedMs;
      if (!answer.mayPlay || (agedMs < this.#awayMs && leftMs > 0)) return { ...answer, source: 'away' };
    }
    return { mayPlay: false, reason: 'ledger_unavailable', remainingMs: null, endsAt: null, source: 'away' };
  }
}

/** The gateway is there and says no to the request itself. */
const isRefusal = (error: PlaygateError): boolean =>
  'status' in error && typeof error.status === 'number' && error.status < 500 && error.status !== 429;

/** A code: there is no such session. */
function answerOf(result: BatchHeartbeatsReply['results'][number]): MayPlayAnswer {
  const source = 'gateway';
  if ('code' in result) return { mayPlay: false, reason: 'unknown_session', remainingMs: null, endsAt: null, source };
  const { endsAt, reason, remainingMs, verdict } = result;
  const isOver = verdict === 'end';
  return { mayPlay: !isOver, reason: isOver ? (reason ?? 'session_closed') : null, remainingMs, endsAt, source };
}

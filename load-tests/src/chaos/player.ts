// A player's client that does not give up and trusts nobody: each beat goes out until the ledger has taken it, play stops when the
// lease is over, receipts are echoed, and everything that was seen is kept for the check afterwards.
import type { HttpClient, Reply } from './http-client.ts';
import { PlayedTime, type Span, unionMs } from './truth.ts';

const RETRY_MS_DEFAULT = 100;
const PAUSE_EVERY_BEATS = 7;
const BEATS_AFTER_END = 2;
const CLOSE_MS_MAX = 90_000;

export interface OpenedPlayer {
  readonly playerId: string;
  readonly ageToken: string;
  readonly gameId: string;
  readonly sessionId: string;
  readonly sessionToken: string;
  readonly receipt?: string;
  readonly leaseExpiresAt: string;
  /** Null: the limit is out of reach. */
  readonly limitMs: number | null;
  readonly openSentAt: number;
  readonly openAnsweredAt: number;
}

interface Answer {
  readonly verdict?: string;
  readonly reason?: string;
  readonly source?: string;
  readonly leaseExpiresAt?: string;
  readonly receipt?: string;
  readonly code?: string;
}

type State = 'active' | 'paused';

export interface PlayerPace {
  readonly beatEveryMs: number;
  /** How soon what was not taken is sent again; default 100, far more eager than the SDK. */
  readonly retryMs?: number | undefined;
}

/** Why a player does not play any more. */
export type StoppedBy = 'over' | 'verdict' | 'lease' | 'lost';

export class HistoryPlayer {
  readonly facts: OpenedPlayer;
  readonly played = new PlayedTime();
  /** Of the same person, this one included. */
  readonly devices: PlayedTime[] = [this.played];
  readonly failures: string[] = [];
  stoppedBy: StoppedBy | null = null;
  endReason: string | null = null;
  isOver = false;
  /** Nobody waits for this player any more: it sends nothing else. */
  isGivenUp = false;
  /** The gateway has taken the end of the session, or does not know it. */
  hasClosed = false;
  taken = 0;
  /** That a beat took which was taken. */
  attemptsMax = 0;
  refused = 0;
  pauses = 0;
  /** The longest time that certainly was played when an answer said that play goes on. */
  longestOkMs = 0;
  #seq = 0;
  #receipt: string | undefined;
  #leaseExpiresAt: number;
  #lastTakenSentAt: number;
  readonly #client: HttpClient;
  readonly #beatEveryMs: number;
  readonly #retryMs: number;

  constructor(client: HttpClient, facts: OpenedPlayer, { beatEveryMs, retryMs }: PlayerPace) {
    this.#client = client;
    this.facts = facts;
    this.#beatEveryMs = beatEveryMs;
    this.#retryMs = retryMs ?? RETRY_MS_DEFAULT;
    this.#receipt = facts.receipt;
    this.#leaseExpiresAt = Date.parse(facts.leaseExpiresAt);
    this.#lastTakenSentAt = facts.openAnsweredAt;
    this.played.begin(facts.openSentAt, facts.openAnsweredAt);
  }

  /** Until it is over or told to stop; then closes. */
  async play(): Promise<void> {
    await sleep(Math.random() * this.#beatEveryMs);
    while (!this.isOver && !this.isGivenUp && this.stoppedBy === null) {
      const isPause = this.facts.limitMs === null && (this.#seq + 1) % PAUSE_EVERY_BEATS === 0;
      await this.#beat(isPause ? 'paused' : 'active');
      await sleep(this.#beatEveryMs);
    }
    this.stoppedBy ??= 'over';
    if (this.stoppedBy === 'verdict') await this.#insist();
    await this.#close();
    this.hasClosed = true;
  }

  /** Back after a rest: what the gateway then says was played, or null when it lets nobody in. */
  async comeBack(publishableKey: string): Promise<number | null> {
    const { ageToken, gameId } = this.facts;
    const opened = await this.#client.post('/v1/sessions', publishableKey, { ageToken, gameId });
    if (opened.status !== 201) return null;
    const { sessionId, sessionToken, used } = opened.body as OpenedPlayer & {
      readonly used: { readonly gameMs: number };
    };
    this.played.begin(opened.sentAt, opened.answeredAt);
    const closed = await this.#client.post(`/v1/sessions/${sessionId}/close`, sessionToken, { reason: 'quit' });
    this.played.end(closed.sentAt, closed.answeredAt);
    return used.gameMs;
  }

  async #beat(state: State): Promise<void> {
    this.#seq += 1;
    let firstSentAt: number | null = null;
    const heardOfOthers = this.devices.filter((device) => device !== this.played).flatMap(({ heard }) => heard);
    for (let attempt = 0; !this.isGivenUp; attempt++) {
      const reply = await this.#send(state);
      firstSentAt ??= reply.sentAt;
      if (this.#isTaken(reply)) {
        this.attemptsMax = Math.max(this.attemptsMax, attempt + 1);
        this.#take(state, firstSentAt, reply, heardOfOthers);
        return;
      }
      if (attempt === 0) this.refused += 1;
      if (this.stoppedBy !== null) return;
      if (Date.now() >= this.#leaseExpiresAt) {
        this.#stopAtLease();
        return;
      }
      await sleep(this.#retryMs);
    }
  }

  #send(state: State): Promise<Reply> {
    const body = { seq: this.#seq, state, ...(this.#receipt !== undefined && { receipt: this.#receipt }) };
    return this.#client.post(`/v1/sessions/${this.facts.sessionId}/heartbeats`, this.facts.sessionToken, body);
  }

  /** An answer that rests on the lease says that the ledger did not hear of it. */
  #isTaken({ body, status }: Reply): boolean {
    if (status === 200) return (body as Answer).source === 'live';
    if (status === 0 || status === 503) return false;
    this.failures.push(`a beat was answered with ${status} ${(body as Answer | null)?.code ?? ''}`);
    if (status === 404) this.#stop('lost', this.#lastTakenSentAt, Date.now());
    return false;
  }

  #take(state: State, firstSentAt: number, { answeredAt, body, sentAt }: Reply, heardOfOthers: readonly Span[]): void {
    const answer = body as Answer;
    this.taken += 1;
    this.#receipt = answer.receipt ?? this.#receipt;
    if (answer.leaseExpiresAt !== undefined) this.#leaseExpiresAt = Date.parse(answer.leaseExpiresAt);
    if (answer.verdict === 'end') {
      this.endReason = answer.reason ?? null;
      this.#stop('verdict', this.#lastTakenSentAt, answeredAt);
      return;
    }
    if (state === 'active') {
      const certainMs = unionMs([...heardOfOthers, ...this.played.certainBy(firstSentAt)]);
      this.longestOkMs = Math.max(this.longestOkMs, certainMs);
    }
    this.played.prove(firstSentAt);
    this.#lastTakenSentAt = firstSentAt;
    if (state === 'paused') {
      this.pauses += 1;
      this.played.end(firstSentAt, answeredAt);
    } else {
      this.played.begin(firstSentAt, Math.max(answeredAt, sentAt));
    }
  }

  /** What was played since the last beat that was taken counts for an interval at most. */
  #stopAtLease(): void {
    this.#stop('lease', this.#lastTakenSentAt, Date.now());
  }

  #stop(by: StoppedBy, notBefore: number, notAfter: number): void {
    this.stoppedBy = by;
    this.played.end(notBefore, notAfter);
  }

  /** Goes on asking after the end: there is no other answer any more. */
  async #insist(): Promise<void> {
    for (let count = 0; count < BEATS_AFTER_END; count++) {
      this.#seq += 1;
      const { body, status } = await this.#send('active');
      const answer = body as Answer | null;
      if (status === 200 && answer?.verdict !== 'end') this.failures.push(`after the end: ${answer?.verdict}`);
      await sleep(this.#beatEveryMs);
    }
  }

  async #close(): Promise<void> {
    const firstSentAt = Date.now();
    const body = { reason: 'quit', ...(this.#receipt !== undefined && { receipt: this.#receipt }) };
    const path = `/v1/sessions/${this.facts.sessionId}/close`;
    while (Date.now() < firstSentAt + CLOSE_MS_MAX && !this.isGivenUp) {
      const { answeredAt, status } = await this.#client.post(path, this.facts.sessionToken, body);
      if (status === 200) {
        this.played.end(this.stoppedBy === 'verdict' ? this.#lastTakenSentAt : firstSentAt, answeredAt);
        return;
      }
      if (status !== 0 && status !== 503) break;
      await sleep(this.#retryMs);
    }
    this.played.end(this.#lastTakenSentAt, Date.now());
    if (this.stoppedBy !== 'lost') this.failures.push('the close was not taken');
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

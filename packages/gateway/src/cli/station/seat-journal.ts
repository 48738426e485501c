// What went between a seat and the gateway: when it last answered, and the close that it has not taken yet. The SDK gives up
// a close after some attempts; a seat does not, since its report says whether the end was acknowledged. Whoever ended play, the
// close of a seat says when: the counter may have ordered the end of which the seat had not heard yet.
import type { CloseSessionReply, CloseSessionRequest, HeartbeatReply, OpenSessionReply } from '@playgate/contract/wire';
import type { Platform, PlatformRequest, PlatformResponse } from '@playgate/sdk/node';

/** Between attempts to deliver a close. */
export const SETTLE_EVERY_MS = 5_000;
const ANSWER_MS_MAX = 10_000;

export type Settlement =
  | { readonly status: 'acknowledged'; readonly reply: CloseSessionReply }
  /** The gateway knows no such session any more; it was closed by silence. */
  | { readonly status: 'refused'; readonly code: string }
  /** Nobody answered for as long as was waited. */
  | { readonly status: 'unacknowledged' }
  /** There was nothing to close: the gateway had refused the session itself. */
  | { readonly status: 'nothing_to_close' };

export interface SettleHost extends Pick<Platform, 'setTimer' | 'monotonicMs'> {
  /** Settles when nobody wants to wait any longer. */
  readonly givenUp: Promise<unknown>;
  readonly settleMsMax: number;
}

interface CloseCall {
  readonly url: string;
  readonly request: PlatformRequest;
}

export class SeatJournal {
  readonly #send: Platform['fetch'];
  #answeredAt: string | null = null;
  /** Of the heartbeat that was answered last; 0: the start. */
  #answeredSeq = 0;
  #endedAt: string | null = null;
  #close: CloseCall | null = null;
  #outcome: Settlement | null = null;

  constructor(send: Platform['fetch']) {
    this.#send = send;
  }

  /** For the SDK: passes on what it is given. */
  readonly fetch: Platform['fetch'] = async (url, request) => {
    const isClose = url.endsWith('/close');
    const sent = isClose ? this.#withEnd(request) : request;
    if (isClose) this.#close = { url, request: sent };
    const response = await this.#send(url, sent);
    const text = await response.text();
    this.#note(url, response, text);
    return { status: response.status, headers: response.headers, text: async () => text };
  };

  /** Instant of the gateway's clock of its last answer to a start or a heartbeat, RFC 3339; null: none came. */
  get answeredAt(): string | null {
    return this.#answeredAt;
  }

  /** The seat ended play: an instant of the gateway's clock, RFC 3339. Before the close is sent. */
  noteEnd(endedAt: string): void {
    this.#endedAt = endedAt;
  }

  /** Delivers the close, however long the gateway is away. Call it once the SDK is done. */
  async settle({ givenUp, monotonicMs, setTimer, settleMsMax }: SettleHost): Promise<Settlement> {
    if (this.#close === null) return { status: 'nothing_to_close' };
    let isGivenUp = false;
    const stopped = givenUp.then(() => {
      isGivenUp = true;
    });
    const untilAt = monotonicMs() + settleMsMax;
    while (this.#outcome === null) {
      if (isGivenUp || monotonicMs() >= untilAt) return { status: 'unacknowledged' };
      await this.#resend(this.#close);
      if (this.#outcome !== null) break;
      await Promise.race([stopped, new Promise<void>((resolve) => void setTimer(resolve, SETTLE_EVERY_MS))]);
    }
    return this.#outcome;
  }

  async #resend({ request, url }: CloseCall): Promise<void> {
    const { body, headers, method } = request;
    const again = { method, headers, body, keepalive: false, signal: AbortSignal.timeout(ANSWER_MS_MAX) };
    await this.fetch(url, again).catch(() => undefined);
  }

  /** What the SDK says of the end stands. */
  #withEnd(request: PlatformRequest): PlatformRequest {
    const body = readJson(request.body);
    if (body === null || 'enforcement' in body || this.#endedAt === null) return request;
    const enforcement = { verdictSeq: this.#answeredSeq, endedAt: this.#endedAt };
    return { ...request, body: JSON.stringify({ ...body, enforcement } satisfies Partial<CloseSessionRequest>) };
  }

  #note(url: string, { status }: PlatformResponse, text: string): void {
    const body = readJson(text);
    if (body === null) return;
    if (url.endsWith('/close')) this.#noteClose(status, body);
    else if (status < 300) this.#noteAnswer(body as Partial<HeartbeatReply | OpenSessionReply>);
  }

  #noteAnswer(answer: Partial<HeartbeatReply | OpenSessionReply>): void {
    this.#answeredAt = answer.serverAt ?? this.#answeredAt;
    if ('seq' in answer) this.#answeredSeq = answer.seq ?? this.#answeredSeq;
  }

  #noteClose(status: number, body: object): void {
    if (status === 200) this.#outcome = { status: 'acknowledged', reply: body as CloseSessionReply };
    else if (status < 500 && status !== 429) {
      this.#outcome = { status: 'refused', code: 'code' in body ? String(body.code) : String(status) };
    }
  }
}

function readJson(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

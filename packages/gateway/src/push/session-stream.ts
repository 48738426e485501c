// One stream of a session: text of server-sent events that waits until it is read. What was not read yet is bounded by what
// there is to say: at most one `renew`, one `end` and one comment.
import type { EndReason, Instant } from '@playgate/policy';
import { formatInstant } from '@playgate/policy';
import type { World } from '../directory/world.ts';

/** After a lost connection browsers come back after so long; the SDK spreads it. */
export const RETRY_MS = 3_000;
const COMMENT = ':\n\n';

export interface StreamSubject {
  readonly sessionId: string;
  readonly world: World;
  /** Null: not known. */
  readonly personId: string | null;
  /** By which it is judged. */
  readonly policyId: string;
  /** Of its token, in the time of the world. */
  readonly expiresAt: Instant;
}

export class SessionStream implements AsyncIterable<string> {
  readonly subject: StreamSubject;
  readonly #onClosed: (stream: SessionStream) => void;
  #waiting: string[] = [];
  #isClosed = false;
  #isEnding = false;
  #lastId = 0;
  #reader: ((result: IteratorResult<string>) => void) | null = null;

  constructor(subject: StreamSubject, now: Instant, onClosed: (stream: SessionStream) => void) {
    this.subject = subject;
    this.#onClosed = onClosed;
    this.#push(`retry: ${RETRY_MS}\n${this.#event('hello', { serverAt: formatInstant(now) })}`);
  }

  /** Said once however often it is asked for before it is read. */
  renew(): void {
    if (this.#isEnding || this.#waiting.some((text) => text.includes('event: renew'))) return;
    this.#push(this.#event('renew', {}));
  }

  /** The last event. */
  end(reason: EndReason | null): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#push(this.#event('end', { reason }));
    this.#finish();
  }

  comment(): void {
    if (this.#waiting.length === 0) this.#push(COMMENT);
  }

  /** Without a last word. */
  close(): void {
    this.#isEnding = true;
    this.#finish();
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.#waiting = [];
        this.close();
        return { done: true, value: undefined };
      },
    };
  }

  #next(): Promise<IteratorResult<string>> {
    const text = this.#waiting.shift();
    if (text !== undefined) return Promise.resolve({ done: false, value: text });
    if (this.#isClosed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }

  #event(name: string, data: object): string {
    this.#lastId += 1;
    return `id: ${this.#lastId}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #push(text: string): void {
    if (this.#isClosed) return;
    const reader = this.#reader;
    this.#reader = null;
    if (reader === null) this.#waiting.push(text);
    else reader({ done: false, value: text });
  }

  #finish(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#reader?.({ done: true, value: undefined });
    this.#reader = null;
    this.#onClosed(this);
  }
}

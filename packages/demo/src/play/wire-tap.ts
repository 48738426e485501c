// The requests of the SDK on their way: counted, so that a step through time can wait for them, and shown to the
// visitor, who sees what an integration says to the gateway.
import type { HeartbeatReply, OpenSessionReply, SessionOpened } from '@playgate/contract/wire';
import type { Platform, PlatformResponse } from '@playgate/sdk/browser';

export interface Exchanged {
  readonly kind: 'open' | 'beat' | 'close';
  readonly status: number;
  readonly seq: number | null;
  readonly verdict: string | null;
  /** What the gateway allows now, where it said so. */
  readonly allowance: SessionOpened | HeartbeatReply | null;
}

export interface WireTapParts {
  /** Called before each request that can wait for it. */
  readonly beforeRequest: () => Promise<void>;
  readonly onExchanged: (exchanged: Exchanged) => void;
}

export class WireTap {
  readonly #parts: WireTapParts;
  #inFlight = 0;
  #isLeaving = false;
  #idle: (() => void)[] = [];

  constructor(parts: WireTapParts) {
    this.#parts = parts;
    // What is said while the page goes away must leave at once.
    window.addEventListener('pagehide', () => {
      this.#isLeaving = true;
    });
    window.addEventListener('pageshow', () => {
      this.#isLeaving = false;
    });
  }

  readonly fetch: Platform['fetch'] = async (url, request) => {
    this.#inFlight += 1;
    try {
      if (!this.#isLeaving) await this.#parts.beforeRequest();
      const response = await fetch(url, request as RequestInit);
      const text = await response.text();
      this.#parts.onExchanged(readExchange(url, request.body, response.status, text));
      return { status: response.status, headers: response.headers, text: async () => text } satisfies PlatformResponse;
    } finally {
      this.#inFlight -= 1;
      // The SDK takes the answer in the turns that follow; a message comes after them, also in a hidden tab.
      afterThisTurn(() => this.#settle());
    }
  };

  /** Resolves when no request is under way and the SDK has taken every answer. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      afterThisTurn(() => this.#settle());
    });
  }

  #settle(): void {
    if (this.#inFlight > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}

function afterThisTurn(callback: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    callback();
  };
  port2.postMessage(null);
}

function readExchange(url: string, body: string, status: number, text: string): Exchanged {
  const kind = url.endsWith('/heartbeats') ? 'beat' : url.endsWith('/close') ? 'close' : 'open';
  const { seq = null } = JSON.parse(body) as { readonly seq?: number };
  const reply = status < 300 ? (JSON.parse(text) as OpenSessionReply | HeartbeatReply) : null;
  const verdict = reply !== null && 'verdict' in reply ? reply.verdict : null;
  const allowance = reply !== null && 'endsAt' in reply ? reply : null;
  return { kind, status, seq, verdict, allowance };
}

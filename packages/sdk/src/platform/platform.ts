// What the SDK needs from the host. An engine without a browser's globals passes its own pieces as `platform`.

/** What is used of an AbortSignal. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The host's own AbortSignal where its types are there, as in a page and in Node; an engine's project may have none. */
export type HostSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : AbortSignalLike;

export interface PlatformRequest {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
  /** The request must outlive the page. Hosts that cannot do it ignore it. */
  readonly keepalive: boolean;
  /** Absent where the host has no AbortController; the SDK then just stops listening. */
  readonly signal?: HostSignal;
}

export interface PlatformResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

export interface StreamRequest {
  readonly headers: Record<string, string>;
  readonly signal: HostSignal;
}

/** `hidden`: out of sight but may come back; `gone`: being unloaded, only keepalive requests still leave. */
export type PageState = 'visible' | 'hidden' | 'gone';

export interface Platform {
  fetch(url: string, request: PlatformRequest): Promise<PlatformResponse>;
  /** Milliseconds from any origin on a clock that is never set; what the countdown runs on. */
  monotonicMs(): number;
  /**
   * Milliseconds of the device's wall clock. Of play it decides nothing: a jump only makes the session ask the gateway. While that is
   * away it says whether an adult's age token has expired.
   */
  wallMs(): number;
  setTimer(callback: () => void, delayMs: number): unknown;
  clearTimer(timer: unknown): void;
  /** 0 (inclusive) to 1 (exclusive); spreads heartbeats, guards nothing. */
  random(): number;
  /**
   * Calls back on each change, and at once when the page is not visible; saying a state again, as when the network is back, makes
   * what could not be sent go out now. Returns how to stop.
   */
  watchPage(listener: (state: PageState) => void): () => void;
  /**
   * GETs text that comes piece by piece; resolves with the HTTP status once it is over. Without it changes are learnt of with
   * heartbeats only. A host that brings its own `fetch` brings this too, or goes without.
   */
  readonly openStream?:
    | ((url: string, request: StreamRequest, onText: (piece: string) => void) => Promise<number>)
    | undefined;
}

// A host whose time is moved by the test. Its fetch is the real one, so that requests go over a real socket.
import type { PageState, Platform, PlatformRequest } from '../src/platform/platform.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

export class FakeHost {
  /** Both clocks start at odd values, so that nothing can rely on one being the other. */
  monotonicMs = 1_234.5;
  wallMs = 1_700_000_000_000;
  /** Requests left unanswered on purpose; more than these are waited for. */
  unanswered = 0;
  readonly requests: { readonly url: string; readonly request: PlatformRequest; readonly atMs: number }[] = [];
  readonly platform: Platform;
  readonly #timers = new Set<Timer>();
  readonly #pageListeners = new Set<(state: PageState) => void>();
  #pending = 0;

  constructor() {
    this.platform = {
      fetch: (url, request) => this.#fetch(url, request),
      monotonicMs: () => this.monotonicMs,
      wallMs: () => this.wallMs,
      setTimer: (callback, delayMs) => this.#setTimer(callback, delayMs),
      clearTimer: (timer) => void this.#timers.delete(timer as Timer),
      random: () => 0.5,
      watchPage: (listener) => {
        this.#pageListeners.add(listener);
        return () => void this.#pageListeners.delete(listener);
      },
    };
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  get pageListenerCount(): number {
    return this.#pageListeners.size;
  }

  setPage(state: PageState): void {
    for (const listener of this.#pageListeners) listener(state);
  }

  /** Time passes; timers run at their instants and requests are answered before the next one runs. */
  async advance(ms: number): Promise<void> {
    const until = this.monotonicMs + ms;
    await this.settle();
    for (let timer = this.#nextTimer(until); timer !== undefined; timer = this.#nextTimer(until)) {
      this.#moveTo(Math.max(this.monotonicMs, timer.at));
      this.#timers.delete(timer);
      timer.callback();
      await this.settle();
    }
    this.#moveTo(until);
  }

  /** Time passes and no timer runs. */
  freeze(ms: number): void {
    this.#moveTo(this.monotonicMs + ms);
  }

  /** Until no request is under way and what came of them was worked off. */
  async settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending > this.unanswered);
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Time that a promise needs is given to it. */
  async advanceUntil<Value>(promise: Promise<Value>, stepMs = 1_000): Promise<Value> {
    let isSettled = false;
    const mark = () => {
      isSettled = true;
    };
    promise.then(mark, mark);
    for (await this.settle(); !isSettled; ) await this.advance(stepMs);
    return promise;
  }

  #nextTimer(until: number): Timer | undefined {
    return [...this.#timers].sort((a, b) => a.at - b.at).find(({ at }) => at <= until);
  }

  #moveTo(at: number): void {
    this.wallMs += at - this.monotonicMs;
    this.monotonicMs = at;
  }

  #setTimer(callback: () => void, delayMs: number): Timer {
    const timer = { at: this.monotonicMs + delayMs, callback };
    this.#timers.add(timer);
    return timer;
  }

  async #fetch(url: string, request: PlatformRequest) {
    this.requests.push({ url, request, atMs: this.monotonicMs });
    this.#pending += 1;
    try {
      const response = await fetch(url, request);
      const text = await response.text();
      return { status: response.status, headers: response.headers, text: async () => text };
    } finally {
      this.#pending -= 1;
    }
  }
}

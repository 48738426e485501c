// Requests per subject inside one process, for the hot path: no promise, no timer and no round trip per count. All
// subjects share a window, so what is kept goes away as a whole when the next one begins.

export interface Counted {
  readonly count: number;
  readonly resetMs: number;
}

export class WindowCounter {
  readonly #windowMs: number;
  readonly #stopwatch: { now(): number };
  #counts = new Map<string, number>();
  #endsAtMs = 0;

  /** `stopwatch`: monotonic ms. Default: `performance`. */
  constructor(windowMs: number, stopwatch: { now(): number } = performance) {
    this.#windowMs = windowMs;
    this.#stopwatch = stopwatch;
  }

  add(subject: string): Counted {
    const nowMs = this.#stopwatch.now();
    if (nowMs >= this.#endsAtMs) {
      this.#counts = new Map();
      this.#endsAtMs = nowMs + this.#windowMs;
    }
    const count = (this.#counts.get(subject) ?? 0) + 1;
    this.#counts.set(subject, count);
    return { count, resetMs: this.#endsAtMs - nowMs };
  }
}

// Requests per subject inside one process, for the hot path: no promise, no timer and no round trip per count. All
// subjects share a window, so what is kept goes away as a whole when the next one begins.
import { OTHERS, SUBJECTS_MAX } from './known-subjects.ts';

export interface Counted {
  readonly count: number;
  readonly resetMs: number;
}

export class WindowCounter {
  readonly #windowMs: number;
  readonly #stopwatch: { now(): number };
  readonly #subjectsMax: number;
  #counts = new Map<string, number>();
  #endsAtMs = 0;

  /** `stopwatch`: monotonic ms. Default: `performance`. */
  constructor(windowMs: number, stopwatch: { now(): number } = performance, subjectsMax = SUBJECTS_MAX) {
    this.#windowMs = windowMs;
    this.#subjectsMax = subjectsMax;
    this.#stopwatch = stopwatch;
  }

  add(subject: string): Counted {
    const nowMs = this.#stopwatch.now();
    if (nowMs >= this.#endsAtMs) {
      this.#counts = new Map();
      this.#endsAtMs = nowMs + this.#windowMs;
    }
    const isApart = this.#counts.has(subject) || this.#counts.size < this.#subjectsMax;
    const name = isApart ? subject : OTHERS;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return { count, resetMs: this.#endsAtMs - nowMs };
  }
}

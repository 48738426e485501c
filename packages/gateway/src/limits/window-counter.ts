// Requests per subject inside one process, for the hot path: no promise, no timer and no round trip per count. All
// subjects share a window.
import { OTHERS, SUBJECTS_MAX } from './known-subjects.ts';

export interface Counted {
  readonly count: number;
  readonly resetMs: number;
}

/** Places are kept over so many windows: a table made anew in each would be garbage by the megabyte. */
const WINDOWS_KEPT = 60;
/** In a place, below the number of its window; both together stay a small integer, which takes no memory of its own. */
const COUNT_BITS = 20;
const COUNT_MAX = 2 ** COUNT_BITS - 1;

export class WindowCounter {
  readonly #windowMs: number;
  readonly #stopwatch: { now(): number };
  readonly #subjectsMax: number;
  #places = new Map<string, number>();
  #window = 0;
  #endsAtMs = 0;

  /** `stopwatch`: monotonic ms. Default: `performance`. */
  constructor(windowMs: number, stopwatch: { now(): number } = performance, subjectsMax = SUBJECTS_MAX) {
    this.#windowMs = windowMs;
    this.#subjectsMax = subjectsMax;
    this.#stopwatch = stopwatch;
  }

  add(subject: string): Counted {
    const nowMs = this.#stopwatch.now();
    if (nowMs >= this.#endsAtMs) this.#beginWindow(nowMs);
    const isApart = this.#places.has(subject) || this.#places.size < this.#subjectsMax;
    const name = isApart ? subject : OTHERS;
    const place = this.#places.get(name) ?? 0;
    const before = place >> COUNT_BITS === this.#window ? place & COUNT_MAX : 0;
    const count = Math.min(before + 1, COUNT_MAX);
    this.#places.set(name, (this.#window << COUNT_BITS) | count);
    return { count, resetMs: this.#endsAtMs - nowMs };
  }

  #beginWindow(nowMs: number): void {
    this.#endsAtMs = nowMs + this.#windowMs;
    this.#window++;
    // Those who do not come again must leave room for others.
    if (this.#window < WINDOWS_KEPT && this.#places.size <= this.#subjectsMax / 2) return;
    this.#places = new Map();
    this.#window = 0;
  }
}

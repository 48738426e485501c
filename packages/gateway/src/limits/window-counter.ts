// Requests per subject inside one process, for the hot path: no promise, no timer and no round trip per count. All
// subjects share a window.
import { OTHERS, SUBJECTS_MAX } from './known-subjects.ts';

export interface Counted {
  readonly count: number;
  readonly resetMs: number;
}

/** Places are kept over so many windows, twice those of SUBJECTS_MAX at most: a table made anew in each would be garbage by the megabyte. */
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
  /** Of this window. */
  #subjects = 0;
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
    const before = this.#countOf(subject);
    const isApart = before > 0 || this.#subjects < this.#subjectsMax;
    const count = isApart ? this.#raise(subject, before) : this.#raise(OTHERS, this.#countOf(OTHERS));
    return { count, resetMs: this.#endsAtMs - nowMs };
  }

  /** In this window. */
  #countOf(subject: string): number {
    const place = this.#places.get(subject);
    return place !== undefined && place >> COUNT_BITS === this.#window ? place & COUNT_MAX : 0;
  }

  #raise(subject: string, before: number): number {
    if (before === 0) this.#subjects++;
    const count = Math.min(before + 1, COUNT_MAX);
    this.#places.set(subject, (this.#window << COUNT_BITS) | count);
    return count;
  }

  #beginWindow(nowMs: number): void {
    this.#endsAtMs = nowMs + this.#windowMs;
    this.#subjects = 0;
    this.#window++;
    // Those who do not come again must leave room for others.
    if (this.#window < WINDOWS_KEPT && this.#places.size <= this.#subjectsMax) return;
    this.#places = new Map();
    this.#window = 0;
  }
}

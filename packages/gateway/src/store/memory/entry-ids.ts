// Ids of stream entries in the form Redis gives them, `<ms>-<n>`. The event log keeps each id once, for ever, so none may
// come back: not when the clock is set back, and not after a kill that lost the newest entries of an earlier process. The
// numbers therefore rise within one process whatever the time is, and start somewhere else in each.
import { randomInt } from 'node:crypto';
import type { Instant } from '@playgate/policy';
import type { Clock } from '../../clock.ts';

/** Where the numbers of a process may start; far apart for two of them, and far below what a number holds exactly. */
const FIRST_NUMBER_MAX = 2 ** 47;

export class EntryIds {
  readonly #clock: Clock;
  #lastMs: Instant = 0;
  #floorMs: Instant = 0;
  #number: number = randomInt(FIRST_NUMBER_MAX);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get lastMs(): Instant {
    return this.#lastMs;
  }

  next(): string {
    this.#lastMs = Math.max(this.#lastMs, this.#floorMs, this.#clock.now());
    return `${this.#lastMs}-${++this.#number}`;
  }

  /** The next ids are behind those of an earlier process, which gave its last one at `lastMs`. */
  continueAfter(lastMs: Instant): void {
    this.#lastMs = Math.max(this.#lastMs, lastMs);
    this.#floorMs = this.#lastMs + 1;
  }
}

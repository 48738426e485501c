// The time that play is counted by. It follows the machine's time of day forward, and never goes back with it: a session's time does
// not go back either, so every minute that a clock was set back would be a minute that is played and not counted. What it was set
// back by is given up so slowly that nobody's limit moves by more than a heartbeat.
import type { Instant } from '@playgate/policy';
import { type Clock, systemClock } from './clock.ts';

/** Of each second, until the time of day has caught up: an hour of play loses 18 s, less than the 30 s between two heartbeats. */
export const GIVEN_UP_SHARE = 0.005;
/** A step back of less is what time servers do all day. */
const STEP_MS_MIN = 1_000;

export interface SteadyClockOptions {
  /** Default: the machine's. */
  readonly timeOfDay?: Clock;
  /** Milliseconds since any instant, never set by anybody. Default: the machine's. */
  readonly monotonicMs?: () => number;
  /** Told once of each step back, with how far this clock is ahead of the time of day now. */
  readonly onSetBack?: (aheadMs: number) => void;
}

export class SteadyClock implements Clock {
  readonly #timeOfDay: Clock;
  readonly #monotonicMs: () => number;
  readonly #onSetBack: (aheadMs: number) => void;
  #last: number;
  #lastMonotonicMs: number;
  /** Of the time of day, as of the last reading. */
  #aheadMs = 0;

  constructor(options: SteadyClockOptions = {}) {
    this.#timeOfDay = options.timeOfDay ?? systemClock;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#onSetBack = options.onSetBack ?? (() => {});
    this.#last = this.#timeOfDay.now();
    this.#lastMonotonicMs = this.#monotonicMs();
  }

  /** Never less than before. A machine that slept, and one that was set on, are followed at once. */
  now(): Instant {
    const timeOfDay = this.#timeOfDay.now();
    const monotonicMs = this.#monotonicMs();
    const atLeast = this.#last + (monotonicMs - this.#lastMonotonicMs) * (1 - GIVEN_UP_SHARE);
    this.#lastMonotonicMs = monotonicMs;
    this.#last = Math.max(timeOfDay, atLeast);
    const before = this.#aheadMs;
    this.#aheadMs = this.#last - timeOfDay;
    if (this.#aheadMs >= before + STEP_MS_MIN) this.#onSetBack(this.#aheadMs);
    return Math.floor(this.#last);
  }
}

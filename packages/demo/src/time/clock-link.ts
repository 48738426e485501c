// Keeps the page's clock with the gateway's sandbox clock. A moved clock runs on only while a page asks for it, so
// asking is also what drives it.
import { changeClock, type DemoTime } from '../demo-api.ts';
import type { PlayClock } from './play-clock.ts';

/** A running clock is asked for about every second, a real one only to learn that somebody moved it. */
const ASK_EVERY_MS = { running: 1_000, real: 4_000, frozen: 2_000 } as const;
/** A clock that nobody asks for stands still, so a tab that sleeps must not run on without it. */
const RUN_MS_MAX = { running: 4_000, real: Number.POSITIVE_INFINITY, frozen: 0 } as const;

export class ClockLink {
  readonly #clock: PlayClock;
  readonly #onMode: (mode: DemoTime['mode']) => void;
  #mode: DemoTime['mode'];
  #isHeld = false;
  #asked = 0;

  constructor(clock: PlayClock, first: DemoTime, onMode: (mode: DemoTime['mode']) => void) {
    this.#clock = clock;
    this.#mode = first.mode;
    this.#onMode = onMode;
    this.take(first);
    this.#plan();
  }

  get mode(): DemoTime['mode'] {
    return this.#mode;
  }

  /** While held nobody is asked: the clock is being moved step by step, and each step is told with `step`. */
  hold(): void {
    this.#isHeld = true;
    this.#asked += 1;
  }

  step(at: number): void {
    this.#clock.follow(at, 0);
    this.#clock.runDue();
  }

  release(time: DemoTime): void {
    this.#isHeld = false;
    this.take(time);
  }

  take({ mode, now }: DemoTime): void {
    this.#clock.follow(Date.parse(now), RUN_MS_MAX[mode]);
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#onMode(mode);
  }

  /** Brings the gateway's clock up to date before it judges something by it. A failure is left to the request itself. */
  async catchUp(): Promise<void> {
    if (this.#isHeld || this.#mode !== 'running') return;
    await this.#ask();
  }

  #plan(): void {
    setTimeout(async () => {
      if (!this.#isHeld) await this.#ask();
      this.#plan();
    }, ASK_EVERY_MS[this.#mode]);
  }

  async #ask(): Promise<void> {
    const turn = ++this.#asked;
    const time = await changeClock({ run: true }).catch(() => null);
    if (this.#isHeld || turn !== this.#asked) return;
    if (time !== null) this.take(time);
    // With the gateway away time goes on, and brings a session to the end of its lease.
    else this.#clock.follow(this.#clock.now(), RUN_MS_MAX[this.#mode]);
  }
}

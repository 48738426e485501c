// The time of the sandbox as this page knows it, and timers that live in it. The SDK is given these in place of the
// browser's own, so that its countdown follows the sandbox clock wherever a visitor moves it.
//
// The fact a newcomer would get wrong: sandbox time can be set back, and the SDK's clock must never be. So the SDK reads
// `monotonicMs`, which stands still where `now` is set back.

/** Real time and real timers, of the page or of a test. */
export interface Host {
  monotonicMs(): number;
  setTimer(callback: () => void, delayMs: number): unknown;
  clearTimer(timer: unknown): void;
}

/** Answers overtake each other: less than this back is the noise of the network and only makes the clock wait. */
const NOISE_MS_MAX = 2_000;
/** Longer waits are taken up again: a browser's timer holds 24 days at most. */
const WAIT_MS_MAX = 3_600_000;

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

export class PlayClock {
  readonly #host: Host;
  readonly #timers = new Map<number, Timer>();
  #lastId = 0;
  #wait: unknown = null;
  /** How far the clock runs on from its base before it waits to be told again; 0: it stands. */
  #runMsMax = 0;
  #baseAt: number;
  #baseHostMs: number;
  #latestAt: number;
  #setBackMs = 0;

  /** Stands at `at`, milliseconds since the epoch, until it is told to follow. */
  constructor(host: Host, at: number) {
    this.#host = host;
    this.#baseAt = at;
    this.#baseHostMs = host.monotonicMs();
    this.#latestAt = at;
  }

  /** Sandbox time, milliseconds since the epoch. */
  now(): number {
    const passedMs = this.#host.monotonicMs() - this.#baseHostMs;
    this.#latestAt = Math.max(this.#latestAt, this.#baseAt + Math.min(passedMs, this.#runMsMax));
    return this.#latestAt;
  }

  monotonicMs(): number {
    return this.now() + this.#setBackMs;
  }

  /**
   * The sandbox is at `at` now, and runs on from there for `runMsMax` at most, unless told again. Timers that became due
   * run in a later turn.
   */
  follow(at: number, runMsMax: number): void {
    const before = this.now();
    if (at < before - NOISE_MS_MAX) {
      this.#setBackMs += before - at;
      this.#latestAt = at;
    }
    this.#baseAt = at;
    this.#baseHostMs = this.#host.monotonicMs();
    this.#runMsMax = runMsMax;
    this.#arm();
  }

  setTimer(callback: () => void, delayMs: number): number {
    this.#lastId += 1;
    this.#timers.set(this.#lastId, { dueAt: this.monotonicMs() + delayMs, callback });
    this.#arm();
    return this.#lastId;
  }

  clearTimer(id: unknown): void {
    if (this.#timers.delete(id as number)) this.#arm();
  }

  /** Calls what is due now, without waiting for a turn of the browser, which a hidden tab gets once a second. */
  runDue(): void {
    const now = this.monotonicMs();
    const due = [...this.#timers].filter(([, { dueAt }]) => dueAt <= now);
    for (const [id, { callback }] of due.sort(([, left], [, right]) => left.dueAt - right.dueAt)) {
      if (this.#timers.delete(id)) callback();
    }
    this.#arm();
  }

  #arm(): void {
    if (this.#wait !== null) this.#host.clearTimer(this.#wait);
    this.#wait = null;
    const nextAt = Math.min(...[...this.#timers.values()].map(({ dueAt }) => dueAt));
    if (nextAt === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.max(0, nextAt - this.monotonicMs());
    const isStanding = this.#host.monotonicMs() - this.#baseHostMs >= this.#runMsMax;
    if (delayMs > 0 && isStanding) return;
    this.#wait = this.#host.setTimer(
      () => {
        this.#wait = null;
        this.runDue();
      },
      Math.min(Math.ceil(delayMs), WAIT_MS_MAX),
    );
  }
}

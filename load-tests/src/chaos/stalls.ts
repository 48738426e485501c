// How late this process was itself: time in which its event loop did not turn is no fault of whoever it waits for.
interface Stall {
  readonly from: number;
  readonly until: number;
}

const TICK_MS = 10;
/** Of what is late by less, nothing is taken off. */
const STALL_MS_MIN = 20;
/** More than the longest that a request is waited for. */
const KEPT_MS = 30_000;

export class Stalls implements Disposable {
  readonly #timer: NodeJS.Timeout;
  readonly #stalls: Stall[] = [];
  #tickedAt = performance.now();

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  #tick(): void {
    const now = performance.now();
    const from = this.#tickedAt + TICK_MS;
    if (now - from >= STALL_MS_MIN) this.#stalls.push({ from, until: now });
    this.#tickedAt = now;
    while (this.#stalls.length > 0 && this.#stalls[0]!.until < now - KEPT_MS) this.#stalls.shift();
  }

  /** Milliseconds of stalls since an instant of performance.now(), the present one included. */
  since(startedAt: number): number {
    const now = performance.now();
    const presentFrom = this.#tickedAt + TICK_MS;
    const all = now - presentFrom >= STALL_MS_MIN ? [...this.#stalls, { from: presentFrom, until: now }] : this.#stalls;
    return all.reduce((total, { from, until }) => total + Math.max(0, until - Math.max(from, startedAt)), 0);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/**
 * An open model: requests arrive at a fixed rate, whatever becomes of those before them. The latency of each counts from
 * the instant it was to be sent, so that a server that stands still is charged with everybody who came meanwhile.
 * Times are in milliseconds of one clock.
 */
export class Arrivals {
  readonly countMax: number;
  readonly latenciesMs: number[] = [];
  /** How late the generator itself was, by request: part of its latency, and no fault of the server. */
  readonly lateMs: number[] = [];
  readonly #startsAt: number;
  readonly #perMs: number;
  readonly #waiting: number[] = [];
  #arrived = 0;

  constructor(options: { readonly startsAt: number; readonly perSecond: number; readonly durationMs: number }) {
    this.#startsAt = options.startsAt;
    this.#perMs = options.perSecond / 1000;
    this.countMax = Math.floor(options.durationMs * this.#perMs);
  }

  /** The instant at which a request was to be sent. */
  dueAt(index: number): number {
    return this.#startsAt + index / this.#perMs;
  }

  /** Lets in what has arrived by `now`. */
  advance(now: number): void {
    while (this.#arrived < this.countMax && this.dueAt(this.#arrived) <= now) {
      const dueAt = this.dueAt(this.#arrived++);
      this.#waiting.push(dueAt);
      this.lateMs.push(now - dueAt);
    }
  }

  /** The oldest that waits for a connection: when it was to be sent. */
  take(): number | undefined {
    return this.#waiting.shift();
  }

  answered(dueAt: number, now: number): void {
    this.latenciesMs.push(now - dueAt);
  }

  get isOver(): boolean {
    return this.latenciesMs.length >= this.countMax;
  }
}

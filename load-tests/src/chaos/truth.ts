// What a player knows of its own play: runs whose ends lie between two instants, for a beat counts somewhere between being sent
// and being answered. All instants are of one machine, that of the gateway too.

export interface Bounded {
  readonly atLeastMs: number;
  readonly atMostMs: number;
}

interface Run {
  readonly startSentAt: number;
  readonly startAnsweredAt: number;
}

export class PlayedTime {
  #atLeastMs = 0;
  #atMostMs = 0;
  #run: Run | null = null;

  get isRunning(): boolean {
    return this.#run !== null;
  }

  /** Play begins with a request that was sent first, and answered last, at these instants. */
  begin(sentAt: number, answeredAt: number): void {
    this.#run ??= { startSentAt: sentAt, startAnsweredAt: answeredAt };
  }

  /** Play ends: certainly later than the first instant, and not after the second. */
  end(notBefore: number, notAfter: number): void {
    if (this.#run === null) return;
    this.#atLeastMs += Math.max(0, notBefore - this.#run.startAnsweredAt);
    this.#atMostMs += Math.max(0, notAfter - this.#run.startSentAt);
    this.#run = null;
  }

  /** So much has certainly been played by an instant. */
  atLeastBy(instant: number): number {
    return this.#atLeastMs + (this.#run === null ? 0 : Math.max(0, instant - this.#run.startAnsweredAt));
  }

  get bounded(): Bounded {
    return { atLeastMs: this.#atLeastMs, atMostMs: this.#atMostMs };
  }
}

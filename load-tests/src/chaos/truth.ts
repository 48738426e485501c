// What a player knows of its own play: runs whose ends lie between two instants, for a beat counts somewhere between being sent
// and being answered. All instants are of one machine, that of the gateway too. A person may play on several devices at once:
// then a minute is one minute.

export interface Bounded {
  readonly atLeastMs: number;
  readonly atMostMs: number;
}

export interface Span {
  readonly from: number;
  readonly until: number;
}

interface Run {
  readonly startSentAt: number;
  readonly startAnsweredAt: number;
}

/** Of one device. */
export class PlayedTime {
  readonly #certain: Span[] = [];
  readonly #possible: Span[] = [];
  #run: Run | null = null;
  #provenUntil = 0;

  get isRunning(): boolean {
    return this.#run !== null;
  }

  /** Play begins with a request that was sent first, and answered last, at these instants. */
  begin(sentAt: number, answeredAt: number): void {
    this.#run ??= { startSentAt: sentAt, startAnsweredAt: answeredAt };
  }

  /** The gateway has heard of play up to this instant at least. */
  prove(instant: number): void {
    this.#provenUntil = Math.max(this.#provenUntil, instant);
  }

  /** Play ends: certainly later than the first instant, and not after the second. */
  end(notBefore: number, notAfter: number): void {
    if (this.#run === null) return;
    this.#certain.push({ from: this.#run.startAnsweredAt, until: notBefore });
    this.#possible.push({ from: this.#run.startSentAt, until: notAfter });
    this.#run = null;
    this.prove(notBefore);
  }

  /** What has certainly been played, and the gateway has heard of. */
  get heard(): readonly Span[] {
    return this.#certainUntil(this.#provenUntil);
  }

  /** What has certainly been played by an instant. */
  certainBy(instant: number): readonly Span[] {
    return this.#certainUntil(instant);
  }

  #certainUntil(instant: number): readonly Span[] {
    return this.#run === null
      ? [...this.#certain]
      : [...this.#certain, { from: this.#run.startAnsweredAt, until: instant }];
  }

  get certain(): readonly Span[] {
    return this.#certain;
  }

  get possible(): readonly Span[] {
    return this.#possible;
  }
}

/** Of a person, over the devices: all of them have stopped. */
export function boundedOf(devices: readonly PlayedTime[]): Bounded {
  return {
    atLeastMs: unionMs(devices.flatMap(({ certain }) => certain)),
    atMostMs: unionMs(devices.flatMap(({ possible }) => possible)),
  };
}

/** Of spans that may overlap, in any order; one that ends before it begins is none. */
export function unionMs(spans: readonly Span[]): number {
  let [total, reached] = [0, Number.NEGATIVE_INFINITY];
  for (const { from, until } of spans.toSorted((left, right) => left.from - right.from)) {
    total += Math.max(0, until - Math.max(from, reached));
    reached = Math.max(reached, until);
  }
  return total;
}

// A histogram for what happens with every heartbeat: it counts in place and is read when somebody asks. The SDK's own makes a
// text of the labels for each value, which costs twenty times as much.

export interface LocalHistogramOptions {
  /** As meters take it: `playgate.ledger.call.duration.seconds`. */
  readonly name: string;
  readonly description: string;
  readonly unit?: string;
  /** Upper edges of the buckets, rising; the edge belongs to its bucket. */
  readonly boundaries: readonly number[];
  readonly labels: readonly [] | readonly [string] | readonly [string, string];
}

/** The values of one set of labels. */
export interface LocalSeries {
  readonly attributes: Readonly<Record<string, LabelValue>>;
  /** One more than boundaries. */
  readonly counts: number[];
  count: number;
  sum: number;
}

type LabelValue = string | number;
const NO_LABEL = '';

export class LocalHistogram {
  readonly options: LocalHistogramOptions;
  /** They have few labels: each is kept for good. */
  readonly #rows = new Map<LabelValue, Map<LabelValue, LocalSeries>>();

  constructor(options: LocalHistogramOptions) {
    this.options = options;
  }

  /** Of the series with these values of its labels. */
  record(value: number, first: LabelValue = NO_LABEL, second: LabelValue = NO_LABEL): void {
    const series = this.#rows.get(first)?.get(second) ?? this.#makeSeries(first, second);
    series.counts[bucketOf(value, this.options.boundaries)]!++;
    series.count++;
    series.sum += value;
  }

  get series(): readonly LocalSeries[] {
    return [...this.#rows.values()].flatMap((row) => [...row.values()]);
  }

  #makeSeries(first: LabelValue, second: LabelValue): LocalSeries {
    const { boundaries, labels } = this.options;
    const values = [first, second];
    const attributes = Object.fromEntries(labels.map((label, index) => [label, values[index]!]));
    const series = { attributes, counts: new Array<number>(boundaries.length + 1).fill(0), count: 0, sum: 0 };
    const row = this.#rows.get(first) ?? new Map<LabelValue, LocalSeries>();
    this.#rows.set(first, row.set(second, series));
    return series;
  }
}

function bucketOf(value: number, boundaries: readonly number[]): number {
  let bucket = 0;
  while (bucket < boundaries.length && value > boundaries[bucket]!) bucket++;
  return bucket;
}

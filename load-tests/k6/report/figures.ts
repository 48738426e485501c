// The metrics of k6 as figures: those of the load and those that a threshold speaks of.

/** What k6 hands to `handleSummary`, as far as it is read here. */
export interface SummaryData {
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly state: { readonly testRunDurationMs: number };
}

interface Metric {
  readonly type: 'counter' | 'gauge' | 'rate' | 'trend';
  readonly contains: 'default' | 'time' | 'data';
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

export interface Figure {
  readonly name: string;
  /** `ms` for times, bytes for data, else plain numbers. */
  readonly unit: 'ms' | 'bytes' | '';
  readonly values: Readonly<Record<string, number>>;
  /** Each rule, and whether it held. */
  readonly thresholds: Readonly<Record<string, boolean>>;
}

const UNITS = { time: 'ms', data: 'bytes', default: '' } as const;
const ROUNDING = 1_000;
/** Of k6 itself, and of no use to a reader. */
const LEFT_OUT = /^(http_req_(blocked|connecting|tls_handshaking|sending|waiting|receiving)|data_|group_duration|vus$)/;

const COUNTED_BY_SECOND = /^(\w+)\{second:\d+\}$/;

const rounded = (value: number): number => Math.round(value * ROUNDING) / ROUNDING;

/** k6 hands them over in any order. */
const STATS_IN_ORDER = ['min', 'p(50)', 'p(95)', 'p(99)', 'max', 'value', 'count', 'rate'];
const placeOf = (stat: string): number => STATS_IN_ORDER.indexOf(stat);

/** A rate says how many there were: k6 tells them apart as passes and fails, whatever they mean. */
function valuesOf({ type, values }: Metric): Figure['values'] {
  if (type === 'rate') return { rate: rounded(values.rate ?? 0), of: (values.passes ?? 0) + (values.fails ?? 0) };
  const told = Object.entries(values).sort(([left], [right]) => placeOf(left) - placeOf(right));
  return Object.fromEntries(told.map(([stat, value]) => [stat, rounded(value)]));
}

/** A counter that is told by the second is one figure: its busiest second. */
function inSeconds(figures: readonly Figure[]): Figure[] {
  const counterOf = ({ name }: Figure) => COUNTED_BY_SECOND.exec(name)?.[1] ?? null;
  const counters = new Set(figures.map(counterOf).filter((name) => name !== null));
  const partsOf = (counter: string) => figures.filter((figure) => counterOf(figure) === counter);
  const busiest = [...counters].map((counter) => busiestOf(counter, partsOf(counter)));
  return [...figures.filter((figure) => counterOf(figure) === null), ...busiest];
}

function busiestOf(name: string, parts: readonly Figure[]): Figure {
  const counts = parts.map(({ values }) => values.count ?? 0);
  const rules = Object.keys(parts[0]?.thresholds ?? {});
  return {
    name: `${name} in the busiest second`,
    unit: '',
    values: { count: Math.max(...counts), seconds: counts.filter((count) => count > 0).length },
    thresholds: Object.fromEntries(rules.map((rule) => [rule, parts.every(({ thresholds }) => thresholds[rule])])),
  };
}

/** Those with a threshold first, each group in the order of its names. */
export function figuresOf({ metrics }: SummaryData): Figure[] {
  const all = Object.entries(metrics)
    .filter(([name]) => !LEFT_OUT.test(name))
    .map(([name, metric]) => ({
      name,
      unit: UNITS[metric.contains],
      values: valuesOf(metric),
      thresholds: Object.fromEntries(Object.entries(metric.thresholds ?? {}).map(([rule, { ok }]) => [rule, ok])),
    }));
  const figures = inSeconds(all);
  const rank = ({ thresholds }: Figure) => (Object.keys(thresholds).length > 0 ? 0 : 1);
  return figures.sort((left, right) => rank(left) - rank(right) || (left.name < right.name ? -1 : 1));
}

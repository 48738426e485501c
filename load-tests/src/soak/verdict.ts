// What a soak is judged by: what is alive after a collection does not grow, nothing stays open, the record keeps up, and the
// answers are right all the time.
import { type Finding, findingOf } from '../bench/finding.ts';
import { median, rounded } from '../bench/statistics.ts';
import type { WindowTally } from './messages.ts';
import type { Reading } from './probe.ts';
import { riseOf, trendOf } from './trend.ts';

export interface Sample {
  /** Since the load began. */
  readonly atMs: number;
  readonly window: WindowTally;
  readonly reading: Reading;
}

export type SoakFigure = 'heap' | 'handles' | 'pump' | 'errors' | 'latency' | 'load';

export interface SoakFacts {
  readonly perSecond: number;
  readonly windowMs: number;
  readonly warmUpMs: number;
  /** Set when less was done than the target speaks of. */
  readonly reduced: string | null;
}

const HEAP_MB_PER_10_MIN_MAX = 1;
/** Connections of players come and go by themselves: as many more at the end as at the beginning is chance. */
const HANDLES_RISE_MAX = 8;
/** How much later the record may be at the end. The pump looks once a second where there is little to do. */
const PUMP_RISE_S_MAX = 1;
const ERROR_SHARE_MAX = 0.001;
/** Of the rate that was asked for. */
const LOAD_SHARE_MIN = 0.99;
/** What a player would not notice, on a machine whose load is half of what it bears. */
const P99_MS_MAX = 250;
const MB = 1_048_576;
const TEN_MIN_MS = 600_000;

/** Samples of the time after the warm-up only are judged. Throws an Error where they are too few. */
export function judge(samples: readonly Sample[], facts: SoakFacts): readonly Finding<SoakFigure>[] {
  const steady = samples.filter(({ atMs }) => atMs >= facts.warmUpMs);
  const { reduced } = facts;
  return [
    { ...heapOf(steady), reduced },
    { ...handlesOf(steady), reduced },
    { ...pumpOf(steady), reduced },
    { ...errorsOf(steady), reduced },
    { ...loadOf(steady, facts), reduced },
    { ...latencyOf(steady), reduced },
  ];
}

const readings = (steady: readonly Sample[], of: (reading: Reading) => number): readonly number[] =>
  steady.map(({ reading }) => of(reading));
const medianOf = (steady: readonly Sample[], of: (sample: Sample) => number): number => rounded(median(steady.map(of)));
const worstOf = (steady: readonly Sample[], of: (sample: Sample) => number): number =>
  rounded(Math.max(...steady.map(of)));

function heapOf(steady: readonly Sample[]): Finding<SoakFigure> {
  const alive = steady.flatMap(({ atMs, reading: { aliveBytes } }) =>
    aliveBytes === null ? [] : [{ x: atMs / TEN_MIN_MS, y: aliveBytes / MB }],
  );
  const { error, slope } = trendOf(alive);
  const slopeOf = (of: (reading: Reading) => number) =>
    rounded(trendOf(steady.map(({ atMs, reading }) => ({ x: atMs / TEN_MIN_MS, y: of(reading) / MB }))).slope);
  return findingOf({
    figure: 'heap',
    name: 'growth of what is alive after a collection',
    unit: 'MB / 10 min',
    target: { atMost: HEAP_MB_PER_10_MIN_MAX },
    samples: [slope],
    detail: {
      standardError: rounded(error),
      collections: alive.length,
      firstMb: rounded(alive[0]?.y ?? Number.NaN),
      lastMb: rounded(alive.at(-1)?.y ?? Number.NaN),
      externalSlope: slopeOf(({ externalBytes }) => externalBytes),
      rssSlope: slopeOf(({ rssBytes }) => rssBytes),
      rssMb: medianOf(steady, ({ reading }) => reading.rssBytes / MB),
    },
  });
}

function handlesOf(steady: readonly Sample[]): Finding<SoakFigure> {
  const rise = (of: (reading: Reading) => number) => riseOf(readings(steady, of), median);
  const [files, handles] = [rise((reading) => reading.files), rise((reading) => reading.handles)];
  return findingOf({
    figure: 'handles',
    name: 'more files and sockets open in the last third than in the first',
    unit: '',
    target: { atMost: HANDLES_RISE_MAX },
    samples: [Math.max(files, handles)],
    detail: {
      files: medianOf(steady, ({ reading }) => reading.files),
      filesMax: worstOf(steady, ({ reading }) => reading.files),
      handles: medianOf(steady, ({ reading }) => reading.handles),
      timers: medianOf(steady, ({ reading }) => reading.timers),
      timersRise: rise((reading) => reading.timers),
    },
  });
}

function pumpOf(steady: readonly Sample[]): Finding<SoakFigure> {
  const [first, last] = [steady[0]!, steady.at(-1)!];
  return findingOf({
    figure: 'pump',
    name: 'how much later the record is in the last third than in the first',
    unit: 's',
    target: { atMost: PUMP_RISE_S_MAX },
    samples: [
      riseOf(
        readings(steady, ({ eventsOldestS }) => eventsOldestS),
        median,
      ),
    ],
    detail: {
      oldestS: medianOf(steady, ({ reading }) => reading.eventsOldestS),
      oldestWorstS: worstOf(steady, ({ reading }) => reading.eventsOldestS),
      waiting: medianOf(steady, ({ reading }) => reading.eventsWaiting),
      waitingWorst: worstOf(steady, ({ reading }) => reading.eventsWaiting),
      redisMb: [first, last].map(({ reading }) => rounded(reading.redisBytes / MB)),
    },
  });
}

const sumOf = (steady: readonly Sample[], of: (window: WindowTally) => number): number =>
  steady.reduce((sum, { window }) => sum + of(window), 0);

function errorsOf(steady: readonly Sample[]): Finding<SoakFigure> {
  const sum = (of: (window: WindowTally) => number) => sumOf(steady, of);
  const answered = sum((window) => window.answered);
  return findingOf({
    figure: 'errors',
    name: 'share of all requests that failed or were refused',
    unit: '',
    target: { atMost: ERROR_SHARE_MAX },
    samples: [sum(({ failed, shed }) => failed + shed) / answered],
    detail: {
      answered,
      failed: sum((window) => window.failed),
      shed: sum((window) => window.shed),
      firstFailure: steady.find(({ window }) => window.firstFailure !== null)?.window.firstFailure ?? null,
      taskFailures: steady.at(-1)!.reading.taskFailures - steady[0]!.reading.taskFailures,
    },
  });
}

function loadOf(steady: readonly Sample[], { perSecond, windowMs }: SoakFacts): Finding<SoakFigure> {
  const sum = (of: (window: WindowTally) => number) => sumOf(steady, of);
  return findingOf({
    figure: 'load',
    name: 'heartbeats answered, of those that were to come',
    unit: '',
    target: { atLeast: LOAD_SHARE_MIN },
    samples: [sum((window) => window.beats) / ((steady.length * perSecond * windowMs) / 1000)],
    detail: {
      perSecond: rounded(perSecond),
      live: medianOf(steady, ({ window }) => window.live),
      opened: sum((window) => window.opened),
      closed: sum((window) => window.closed),
      silent: sum((window) => window.silent),
      spent: sum((window) => window.spent),
      verified: sum((window) => window.verified),
      reports: sum((window) => window.reports),
    },
  });
}

/** Of requests that are sent when they are due: those that pile up are seen here first. */
function latencyOf(steady: readonly Sample[]): Finding<SoakFigure> {
  return findingOf({
    figure: 'latency',
    name: 'p99 of a heartbeat, median of the windows',
    unit: 'ms',
    target: { atMost: P99_MS_MAX },
    samples: [medianOf(steady, ({ window }) => window.latencyMs.p99)],
    detail: {
      p50Ms: medianOf(steady, ({ window }) => window.latencyMs.p50),
      p99WorstMs: worstOf(steady, ({ window }) => window.latencyMs.p99),
      generatorLateP99Ms: medianOf(steady, ({ window }) => window.latencyMs.lateP99),
      loopLagP99Ms: medianOf(steady, ({ reading }) => reading.loopLagP99Ms),
      loadLevelMax: worstOf(steady, ({ reading }) => reading.loadLevel),
    },
  });
}

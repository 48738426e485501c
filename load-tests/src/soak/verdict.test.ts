import { describe, expect, it } from 'vitest';
import { passes } from '../bench/finding.ts';
import { median } from '../bench/statistics.ts';
import type { WindowTally } from './messages.ts';
import { metricOf, type Reading } from './probe.ts';
import { riseOf, trendOf } from './trend.ts';
import { judge, type Sample } from './verdict.ts';

const MB = 1_048_576;
const FACTS = { perSecond: 100, windowMs: 10_000, warmUpMs: 300_000, reduced: null };
const WINDOWS = 120;

const WINDOW: WindowTally = {
  beats: 1_000,
  answered: 1_050,
  failed: 0,
  shed: 0,
  firstFailure: null,
  latencyMs: { p50: 1, p99: 4, lateP99: 1 },
  opened: 20,
  closed: 19,
  silent: 1,
  spent: 5,
  verified: 5,
  reports: 1,
  live: 200,
};
const READING: Reading = {
  rssBytes: 300 * MB,
  heapBytes: 120 * MB,
  aliveBytes: null,
  externalBytes: 10 * MB,
  files: 100,
  handles: 80,
  timers: 12,
  loopLagP99Ms: 2,
  loadLevel: 0,
  eventsWaiting: 40,
  eventsOldestS: 0.5,
  taskFailures: 0,
  redisBytes: 50 * MB,
};

/** Twenty minutes; `minute` counts from the end of the warm-up. */
function play(
  change: (minute: number, index: number) => { reading?: Partial<Reading>; window?: Partial<WindowTally> },
) {
  return Array.from({ length: WINDOWS }, (_, index): Sample => {
    const atMs = (index + 1) * FACTS.windowMs;
    const { reading, window } = change((atMs - FACTS.warmUpMs) / 60_000, index);
    // A heap that is noisy, as heaps are.
    const aliveBytes = index % 3 === 0 ? 60 * MB + (index % 5) * 0.1 * MB : null;
    return { atMs, window: { ...WINDOW, ...window }, reading: { ...READING, aliveBytes, ...reading } };
  });
}

const shortOnes = (samples: readonly Sample[]) =>
  judge(samples, FACTS)
    .filter((finding) => !passes(finding))
    .map(({ figure }) => figure);

describe('judge', () => {
  it('passes a gateway that stays as it is', () => {
    expect(shortOnes(play(() => ({})))).toEqual([]);
  });

  it.each([
    [0.9, []],
    [1.1, ['heap']],
  ])('takes %f MB in ten minutes for %j', (mb, short) => {
    const growing = play((minute, index) => ({
      reading: { aliveBytes: index % 3 === 0 ? (60 + (minute / 10) * mb) * MB : null },
    }));
    expect(shortOnes(growing)).toEqual(short);
  });

  it('does not judge the warm-up', () => {
    const warming = play((minute) =>
      minute < 0 ? { reading: { aliveBytes: (minute + 60) * MB, files: 20 }, window: { failed: 500, beats: 1 } } : {},
    );
    expect(shortOnes(warming)).toEqual([]);
  });

  it('sees what stays open, whether it is a file or a handle, and no peak between', () => {
    expect(shortOnes(play((minute) => ({ reading: { files: 100 + Math.max(0, minute) } })))).toEqual(['handles']);
    expect(shortOnes(play((minute) => ({ reading: { handles: 80 + Math.max(0, minute) } })))).toEqual(['handles']);
    expect(shortOnes(play((minute) => ({ reading: { files: minute === 7 ? 900 : 100 } })))).toEqual([]);
  });

  it('sees a record that falls behind', () => {
    expect(shortOnes(play((minute) => ({ reading: { eventsOldestS: Math.max(0, minute) / 5 } })))).toEqual(['pump']);
  });

  it('counts what failed and what was refused among all answers', () => {
    expect(shortOnes(play((_, index) => ({ window: index === 60 ? { failed: 40, shed: 40 } : {} })))).toEqual([]);
    expect(shortOnes(play((_, index) => ({ window: index === 60 ? { failed: 60, shed: 60 } : {} })))).toEqual([
      'errors',
    ]);
  });

  it('has nothing to say of a load that did not come', () => {
    expect(shortOnes(play(() => ({ window: { beats: 900 } })))).toEqual(['load']);
  });

  it('sees requests that pile up, though all are answered, and no peak', () => {
    const waiting = (p99: number) => ({ window: { latencyMs: { p50: 1, p99, lateP99: 1 } } });
    expect(shortOnes(play(() => waiting(4_000)))).toEqual(['latency']);
    expect(shortOnes(play((_, index) => (index === 60 ? waiting(4_000) : {})))).toEqual([]);
  });

  it('says so when there is too little to judge', () => {
    expect(() => judge(play(() => ({})).slice(0, 33), FACTS)).toThrow(/nothing was measured/);
  });
});

describe('trendOf', () => {
  it('finds the slope among points that are off, and how sure it is', () => {
    const points = [1, 3, 2, 4, 3, 5].map((y, x) => ({ x, y }));
    const { error, slope } = trendOf(points);
    expect(slope).toBeCloseTo(0.6286, 4);
    expect(error).toBeCloseTo(0.21, 3);
    expect(trendOf(points.slice(0, 2)).slope).toBeNaN();
  });
});

it('compares the thirds at both ends by their medians', () => {
  expect(riseOf([1, 9, 1, 500, 500, 500, 3, 3, 90], median)).toBe(2);
});

it('reads metrics of a name, not of one that begins like it', () => {
  const text =
    '# HELP a_total Text.\na_total{task="x"} 2 1700000000000\na_total{task="y"} 3\na_total_created 9\nb 0.5\n';
  expect([
    metricOf(text, 'a_total'),
    metricOf(text, 'a_total', 'task="y"'),
    metricOf(text, 'b'),
    metricOf(text, 'c'),
  ]).toEqual([5, 3, 0.5, 0]);
});

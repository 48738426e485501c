import { expect, it } from 'vitest';
import { quantile } from '../statistics.ts';
import { Arrivals } from './arrivals.ts';

/** Plays a server of one connection that takes `serviceMs` a request and stands still in between. */
function play(serviceMs: number, stillFrom: number, stillUntil: number): Arrivals {
  const arrivals = new Arrivals({ startsAt: 1_000, perSecond: 100, durationMs: 1_000 });
  let freeAt = 1_000;
  for (let now = 1_000; !arrivals.isOver; now++) {
    arrivals.advance(now);
    if (now < freeAt) continue;
    const dueAt = arrivals.take();
    if (dueAt === undefined) continue;
    freeAt = now + serviceMs;
    if (freeAt > stillFrom && now < stillUntil) freeAt = stillUntil + serviceMs;
    arrivals.answered(dueAt, freeAt);
  }
  return arrivals;
}

it('lets requests in at a fixed rate', () => {
  const arrivals = new Arrivals({ startsAt: 1_000, perSecond: 100, durationMs: 1_000 });
  expect(arrivals.countMax).toBe(100);
  arrivals.advance(1_025);
  expect([arrivals.take(), arrivals.take(), arrivals.take(), arrivals.take()]).toEqual([
    1_000,
    1_010,
    1_020,
    undefined,
  ]);
});

it('tells the time of service while the server keeps up', () => {
  const { latenciesMs } = play(2, Number.POSITIVE_INFINITY, 0);
  expect(new Set(latenciesMs)).toEqual(new Set([2]));
});

it('charges a standstill to everybody who came in it', () => {
  const { latenciesMs } = play(2, 1_300, 1_500);
  const sorted = latenciesMs.toSorted((left, right) => left - right);
  // A closed model would have sent one request in those 200 ms, and p99 would not have seen it.
  expect(latenciesMs.filter((ms) => ms > 10).length).toBeGreaterThan(20);
  expect(quantile(sorted, 0.99)).toBeGreaterThan(190);
  expect(quantile(sorted, 0.5)).toBe(2);
});

it('tells how late the generator was itself', () => {
  const arrivals = new Arrivals({ startsAt: 1_000, perSecond: 100, durationMs: 1_000 });
  arrivals.advance(1_013);
  expect(arrivals.lateMs).toEqual([13, 3]);
});

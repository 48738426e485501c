import { expect, it } from 'vitest';
import { WindowCounter } from './window-counter.ts';

it('counts subjects apart, and all of them anew in the next window', () => {
  let nowMs = 1_000;
  const counter = new WindowCounter(10_000, { now: () => nowMs });
  expect(counter.add('a')).toEqual({ count: 1, resetMs: 10_000 });
  nowMs += 9_999;
  expect(counter.add('a')).toEqual({ count: 2, resetMs: 1 });
  expect(counter.add('b')).toEqual({ count: 1, resetMs: 1 });
  nowMs += 1;
  expect(counter.add('a')).toEqual({ count: 1, resetMs: 10_000 });
  nowMs += 3_600_000;
  expect(counter.add('b')).toEqual({ count: 1, resetMs: 10_000 });
});

it('counts together those for whom there is no room', () => {
  const counter = new WindowCounter(10_000, { now: () => 1_000 }, 2);
  const counts = ['a', 'b', 'c', 'a', 'd', 'e'].map((subject) => counter.add(subject).count);
  expect(counts).toEqual([1, 1, 1, 2, 2, 3]);
});

it('has room for as many in each window, however many were there before', () => {
  let nowMs = 0;
  const counter = new WindowCounter(10_000, { now: () => nowMs }, 4);
  for (let window = 0; window < 200; window++) {
    const guests = [1, 2, 3, 4].map((guest) => `guest ${window}.${guest}`);
    expect(guests.map((guest) => counter.add(guest).count)).toEqual([1, 1, 1, 1]);
    expect(['late', 'later'].map((guest) => counter.add(guest).count)).toEqual([1, 2]);
    expect(counter.add(guests[3]!).count).toBe(2);
    nowMs += 10_000;
  }
});

it('counts right for hours', () => {
  let nowMs = 0;
  const counter = new WindowCounter(10_000, { now: () => nowMs });
  for (let window = 0; window < 5_000; window++) {
    expect([counter.add('stays').count, counter.add('stays').count]).toEqual([1, 2]);
    nowMs += 10_000;
  }
});

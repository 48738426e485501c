import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addInterval,
  clipInterval,
  type Interval,
  instantOfMeasure,
  measureIntervals,
  unionIntervals,
} from './intervals.ts';

const interval = fc
  .tuple(fc.nat(500), fc.integer({ min: 1, max: 60 }))
  .map(([startsAt, lengthMs]) => ({ startsAt, endsAt: startsAt + lengthMs }));

/** The same set, millisecond by millisecond. */
const marks = (intervals: readonly Interval[]): ReadonlySet<number> =>
  new Set(
    intervals.flatMap(({ startsAt, endsAt }) => Array.from({ length: endsAt - startsAt }, (_, at) => startsAt + at)),
  );

test('a union holds each instant once, sorted and disjoint, in whatever order it was built', () => {
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 20 }), (given) => {
      const built = given.reduce<readonly Interval[]>((union, next) => addInterval(union, next), []);
      const reversed = [...given].reverse().reduce<readonly Interval[]>((union, next) => addInterval(union, next), []);
      expect(built).toEqual(reversed);
      expect(marks(built)).toEqual(marks(given));
      expect(measureIntervals(built)).toBe(marks(given).size);
      for (const [index, { startsAt }] of built.entries()) {
        if (index > 0) expect(startsAt).toBeGreaterThan(built[index - 1]!.endsAt);
      }
      expect(unionIntervals(built, built)).toEqual(built);
    }),
  );
});

test('touching intervals become one; an empty addition changes nothing', () => {
  const list = [{ startsAt: 10, endsAt: 20 }];
  expect(addInterval(list, { startsAt: 20, endsAt: 30 })).toEqual([{ startsAt: 10, endsAt: 30 }]);
  expect(addInterval(list, { startsAt: 21, endsAt: 30 })).toHaveLength(2);
  expect(addInterval(list, { startsAt: 15, endsAt: 15 })).toBe(list);
});

test('a full list closes its smallest gap, so that nothing played is lost', () => {
  const full = addInterval(
    [
      { startsAt: 0, endsAt: 10 },
      { startsAt: 50, endsAt: 60 },
    ],
    { startsAt: 63, endsAt: 70 },
    2,
  );
  expect(full).toEqual([
    { startsAt: 0, endsAt: 10 },
    { startsAt: 50, endsAt: 70 },
  ]);
});

test('clipping keeps the part inside, or nothing', () => {
  expect(clipInterval({ startsAt: 5, endsAt: 15 }, 10, 20)).toEqual({ startsAt: 10, endsAt: 15 });
  expect(clipInterval({ startsAt: 5, endsAt: 10 }, 10, 20)).toBeNull();
});

test('the instant at which a measure is reached', () => {
  const list = [
    { startsAt: 0, endsAt: 10 },
    { startsAt: 50, endsAt: 60 },
  ];
  expect([9, 10, 11, 20, 21].map((measureMs) => instantOfMeasure(list, measureMs))).toEqual([9, 10, 51, 60, null]);
});

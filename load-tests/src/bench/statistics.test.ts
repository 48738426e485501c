import { expect, it } from 'vitest';
import { median, quantile, ratios, rounded, spread } from './statistics.ts';

it('takes the middle value, and the mean of two', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([10, 1, 2, 9])).toBe(5.5);
  expect(median([])).toBeNaN();
});

it('tells the least and the greatest', () => {
  expect(spread([3, 1, 2])).toEqual([1, 3]);
});

it('takes the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([quantile(hundred, 0), quantile(hundred, 0.5), quantile(hundred, 0.99), quantile(hundred, 1)]).toEqual([
    1, 50, 99, 100,
  ]);
  expect(quantile([7], 0.99)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});

it('compares round by round', () => {
  // The machine was twice as slow in the second round.
  expect(ratios([100, 50], [80, 40])).toEqual([1.25, 1.25]);
});

it('rounds to what can be known', () => {
  expect([rounded(123456), rounded(1.23456)]).toEqual([123500, 1.235]);
});

import { DAY_MS, formatInstant, MINUTE_MS } from '@playgate/policy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantText } from './instant-text.ts';

const NOW = Date.parse('2026-10-14T03:00:00.000Z');
const MINUTES_OF_DAY = DAY_MS / MINUTE_MS;

test('is what formatInstant says, near and far', () => {
  const at = fc.oneof(
    fc.integer({ min: NOW, max: NOW + DAY_MS }),
    fc.integer({ min: -8.64e15, max: 8.64e15 }),
    fc.constantFrom(0, -1, MINUTE_MS - 1, MINUTE_MS, NOW - 1, NOW),
  );
  fc.assert(
    fc.property(at, (each) => {
      expect(instantText(each)).toBe(formatInstant(each));
    }),
  );
});

test('goes on when more minutes came than it keeps', () => {
  for (let minute = 0; minute < 2 * MINUTES_OF_DAY; minute++) {
    const at = NOW + minute * MINUTE_MS + 59_999;
    expect(instantText(at)).toBe(formatInstant(at));
  }
});

test('throws for what is no instant, as formatInstant does', () => {
  expect(() => instantText(Number.NaN)).toThrow(RangeError);
});

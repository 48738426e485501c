import type { Instant, Interval } from '@playgate/policy';

const NUMBER = 4;
/** Of an account in a day hash: its used ms are before the intervals. */
export const INTERVALS_AT = NUMBER;

/** Pairs (start, end) in `bytes` from `at` to `end`, relative to the day's start, 4 bytes each, big endian. */
export function unpackIntervals(bytes: Buffer, at: number, end: number, dayStartsAt: Instant): readonly Interval[] {
  const intervals: Interval[] = [];
  for (let pairAt = at; pairAt < end; pairAt += 2 * NUMBER) {
    intervals.push({
      startsAt: dayStartsAt + bytes.readUInt32BE(pairAt),
      endsAt: dayStartsAt + bytes.readUInt32BE(pairAt + NUMBER),
    });
  }
  return intervals;
}

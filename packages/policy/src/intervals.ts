// Sets of instants as sorted, disjoint, half-open intervals. Union is idempotent and order-free, so
// a resent heartbeat or a second device can never make a minute count twice.
import type { Instant } from './time.ts';

/** `[startsAt, endsAt)` with `startsAt < endsAt`. */
export interface Interval {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

/**
 * Most intervals kept for one account and day. Where a new one would exceed it, the smallest gap is
 * closed: that gap then counts as play, so that toggling pause cannot buy uncounted time.
 */
export const INTERVALS_PER_ACCOUNT_MAX = 1024;

/** Total length in ms of a sorted, disjoint list. */
export function measureIntervals(intervals: readonly Interval[]): number {
  let totalMs = 0;
  for (const interval of intervals) totalMs += interval.endsAt - interval.startsAt;
  return totalMs;
}

/** Union of a sorted, disjoint list with one interval; touching intervals become one. An empty addition changes nothing. */
export function addInterval(
  intervals: readonly Interval[],
  addition: Interval,
  intervalsMax: number = INTERVALS_PER_ACCOUNT_MAX,
): readonly Interval[] {
  if (addition.endsAt <= addition.startsAt) return intervals;
  let { startsAt, endsAt } = addition;
  const merged: Interval[] = [];
  let placed = false;
  for (const interval of intervals) {
    if (interval.endsAt < startsAt) {
      merged.push(interval);
    } else if (interval.startsAt > endsAt) {
      if (!placed) merged.push({ startsAt, endsAt });
      placed = true;
      merged.push(interval);
    } else {
      startsAt = Math.min(startsAt, interval.startsAt);
      endsAt = Math.max(endsAt, interval.endsAt);
    }
  }
  if (!placed) merged.push({ startsAt, endsAt });
  return merged.length > intervalsMax ? closeSmallestGap(merged) : merged;
}

/** Union of two sorted, disjoint lists. */
export function unionIntervals(
  left: readonly Interval[],
  right: readonly Interval[],
  intervalsMax: number = INTERVALS_PER_ACCOUNT_MAX,
): readonly Interval[] {
  return right.reduce<readonly Interval[]>((union, interval) => addInterval(union, interval, intervalsMax), left);
}

/** What the left list holds and the right one does not; both sorted and disjoint. */
export function subtractIntervals(left: readonly Interval[], right: readonly Interval[]): readonly Interval[] {
  return right.reduce<readonly Interval[]>(
    (rest, { startsAt, endsAt }) =>
      rest.flatMap((interval) =>
        [clipInterval(interval, interval.startsAt, startsAt), clipInterval(interval, endsAt, interval.endsAt)].filter(
          (part) => part !== null,
        ),
      ),
    left,
  );
}

/** The part of an interval inside `[fromAt, toAt)`, or null when there is none. */
export function clipInterval(interval: Interval, fromAt: Instant, toAt: Instant): Interval | null {
  const startsAt = Math.max(interval.startsAt, fromAt);
  const endsAt = Math.min(interval.endsAt, toAt);
  return startsAt < endsAt ? { startsAt, endsAt } : null;
}

/** The instant at which the measure of the list first equals `measureMs`, or null when it never does. */
export function instantOfMeasure(intervals: readonly Interval[], measureMs: number): Instant | null {
  let leftMs = measureMs;
  for (const interval of intervals) {
    const lengthMs = interval.endsAt - interval.startsAt;
    if (leftMs <= lengthMs) return interval.startsAt + leftMs;
    leftMs -= lengthMs;
  }
  return null;
}

function closeSmallestGap(intervals: readonly Interval[]): readonly Interval[] {
  let at = 1;
  let smallestMs = Number.POSITIVE_INFINITY;
  for (let index = 1; index < intervals.length; index++) {
    const gapMs = intervals[index]!.startsAt - intervals[index - 1]!.endsAt;
    if (gapMs < smallestMs) {
      smallestMs = gapMs;
      at = index;
    }
  }
  const joined = { startsAt: intervals[at - 1]!.startsAt, endsAt: intervals[at]!.endsAt };
  return [...intervals.slice(0, at - 1), joined, ...intervals.slice(at + 1)];
}

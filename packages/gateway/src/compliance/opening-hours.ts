// Whether play stayed within the opening hours of the place it was at.
import {
  type CalendarDate,
  type Instant,
  type Interval,
  instantOfWallTime,
  nextDate,
  previousDate,
} from '@playgate/policy';

const SPANS_KEPT_MAX = 10_000;
const spans = new Map<string, Interval>();

/** `hours` as an event has them (`08:00-22:00`, over midnight where the second is not later); `date` is the day of `fromAt`. */
export function isWithinHours(
  zone: string,
  date: CalendarDate,
  hours: string,
  fromAt: Instant,
  toAt: Instant,
): boolean {
  return [date, previousDate(date)].some((day) => {
    const { endsAt, startsAt } = spanOf(zone, day, hours);
    return startsAt <= fromAt && toAt <= endsAt;
  });
}

function spanOf(zone: string, date: CalendarDate, hours: string): Interval {
  const key = `${zone} ${date} ${hours}`;
  const known = spans.get(key);
  if (known !== undefined) return known;
  if (spans.size >= SPANS_KEPT_MAX) spans.clear();
  const [opensAt = '', closesAt = ''] = hours.split('-');
  const span = {
    startsAt: instantOfWallTime(zone, date, opensAt),
    endsAt: instantOfWallTime(zone, closesAt <= opensAt ? nextDate(date) : date, closesAt),
  };
  spans.set(key, span);
  return span;
}

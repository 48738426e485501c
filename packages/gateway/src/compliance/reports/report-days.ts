// The days of a report, and when they close.
import { limits } from '@playgate/contract';
import { type CalendarDate, dateOfEpochDay, dayOfDate, epochDayOf, HOUR_MS, type Instant } from '@playgate/policy';
import { Fault } from '../../fault.ts';
import type { ReportDay } from './report-source.ts';

/**
 * A day closes so long after its end: beyond a lease and the time in which a session may be revived, so that every session of
 * the day was ended, and long enough for a counter that was cut off to tell what became of its seats.
 */
export const REPORT_GRACE_MS = 3 * HOUR_MS;

/** Every day from the first to the last. Throws an `invalid_request` Fault for none or too many. */
export function reportDays(zone: string, from: CalendarDate, to: CalendarDate): readonly ReportDay[] {
  const [first, last] = [epochDayOf(from), epochDayOf(to)];
  const count = last - first + 1;
  if (count < 1) throw invalid('must not be before `from`');
  if (count > limits.REPORT_DAYS_MAX) throw invalid(`must be within ${limits.REPORT_DAYS_MAX} days of \`from\``);
  return Array.from({ length: count }, (_, index) => {
    const { date, endsAt, startsAt } = dayOfDate(zone, dateOfEpochDay(first + index));
    return { date, startsAt, endsAt, closesAt: endsAt + REPORT_GRACE_MS };
  });
}

const invalid = (message: string) =>
  new Fault('invalid_request', 'See `errors` for what is wrong and where.', [{ path: 'query.to', message }]);

export const closesAtOf = (days: readonly ReportDay[]): Instant => days.at(-1)!.closesAt;

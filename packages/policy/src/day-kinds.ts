// What kind of day a date is: its weekday, and what the policy's calendar says of it.
import { weekdayOf } from './calendar-date.ts';
import type { Calendar, DayKind } from './policy-document.ts';
import type { CalendarDate } from './time.ts';

/** The kinds that windows may name a date by. A year the calendar lacks has no holidays and no make-up working days. */
export function dayKindsOf(date: CalendarDate, calendar: Calendar | null): readonly DayKind[] {
  const weekday = weekdayOf(date);
  const mark = calendar?.years[yearOf(date)]?.[date];
  if (mark === undefined) return [weekday];
  return mark === 'workday' && calendar?.makeUpWorkdays === 'restrict' ? ['workday'] : [weekday, mark];
}

/** True where there is a calendar and it says nothing of the date's year, so that its holidays are not known. */
export function isYearMissing(date: CalendarDate, calendar: Calendar | null): boolean {
  return calendar !== null && calendar.years[yearOf(date)] === undefined;
}

function yearOf(date: CalendarDate): string {
  return date.slice(0, 4);
}

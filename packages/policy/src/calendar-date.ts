// Calendar dates as such: no zone, no instant. An epoch day is the number of days since 1970-01-01.
import { type CalendarDate, DAY_MS } from './time.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** 1970-01-01, epoch day 0, was a Thursday. */
const WEEKDAY_OF_EPOCH_DAY_0 = WEEKDAYS.indexOf('thu');

/** True for a date that exists: `2023-02-29` does not. */
export function isCalendarDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

export function epochDayOf(date: CalendarDate): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

export function dateOfEpochDay(epochDay: number): CalendarDate {
  return new Date(epochDay * DAY_MS).toISOString().slice(0, 10);
}

export function nextDate(date: CalendarDate): CalendarDate {
  return dateOfEpochDay(epochDayOf(date) + 1);
}

export function previousDate(date: CalendarDate): CalendarDate {
  return dateOfEpochDay(epochDayOf(date) - 1);
}

export function weekdayOf(date: CalendarDate): Weekday {
  const daysIntoWeek = (epochDayOf(date) + WEEKDAY_OF_EPOCH_DAY_0) % WEEKDAYS.length;
  return WEEKDAYS[(daysIntoWeek + WEEKDAYS.length) % WEEKDAYS.length]!;
}

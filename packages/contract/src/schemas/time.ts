// Instants, calendar days, wall-clock times and durations as they stand on the wire.
import * as z from 'zod';
import { DURATION_MS_MAX, INSTANT_LENGTH_MAX, SANDBOX_CLOCK_FROM, SANDBOX_CLOCK_TO } from '../limits.ts';

const DAY = '(?:19|20|21)\\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d';
const OFFSET = '(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';

/** `2026-02-29` fits the pattern and is no day. */
function isCalendarDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** A real day of the calendar, `YYYY-MM-DD`, years 1900 to 2199. */
export const calendarDate = z
  .string()
  .max(10)
  .regex(new RegExp(`^${DAY}$`), 'must be a date as YYYY-MM-DD')
  .refine(isCalendarDay, 'must be a day that exists')
  .meta({ format: 'date', examples: ['2026-11-20'] });

/** RFC 3339 with `Z` or an offset; the caller converts it. Years 1900 to 2199, so that a device with a wrong clock can still report. */
export const instantInRequest = z
  .string()
  .max(INSTANT_LENGTH_MAX)
  .regex(new RegExp(`^${DAY}T${TIME}(?:\\.\\d{1,9})?${OFFSET}$`), 'must be an RFC 3339 date and time with an offset')
  .refine((text) => isCalendarDay(text.slice(0, 10)), 'must be a day that exists')
  .meta({ format: 'date-time', examples: ['2026-11-20T19:30:00+07:00'] });

/** An instant that the sandbox clock can be set to. */
export const sandboxInstant = instantInRequest
  .refine(
    (text) => Date.parse(text) >= Date.parse(SANDBOX_CLOCK_FROM) && Date.parse(text) <= Date.parse(SANDBOX_CLOCK_TO),
    `must be from ${SANDBOX_CLOCK_FROM} to ${SANDBOX_CLOCK_TO}`,
  )
  .meta({ format: 'date-time', examples: ['2026-11-20T19:30:00+07:00'] });

export const instant = z
  .string()
  .max(INSTANT_LENGTH_MAX)
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  .meta({
    id: 'Instant',
    description: 'RFC 3339, UTC, with milliseconds.',
    format: 'date-time',
    examples: ['2026-11-20T12:30:00.000Z'],
  });

export const wallTime = z
  .string()
  .max(5)
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day as HH:MM')
  .meta({ description: 'Time of day, `00:00` to `24:00`.', examples: ['08:00'] });

/** Milliseconds, 0 to 400 days. */
export const durationMs = z.int().min(0).max(DURATION_MS_MAX);

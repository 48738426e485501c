/** Instant: milliseconds since 1970-01-01T00:00:00Z (UTC), an integer. Field names end in `At`. */
export type Instant = number;
/** Calendar day in a zone, `YYYY-MM-DD`. */
export type CalendarDate = string;
/** Wall-clock time of a day, `HH:MM`, `00:00` to `24:00`. */
export type WallTime = string;

export interface CalendarDay {
  readonly date: CalendarDate;
  /** First instant of the day (inclusive). */
  readonly startsAt: Instant;
  /** First instant of the next day (exclusive end). A day has 23 to 25 hours; a few zones had days longer, shorter or none. */
  readonly endsAt: Instant;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** Length of an ordinary day; a day on which the clocks change is longer or shorter. */
export const DAY_MS = 24 * HOUR_MS;

/** Searches over days (next opening, end of a stretch) give up here: a year of any calendar, with room. */
export const SEARCH_DAYS_MAX = 400;

const WALL_TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?Z$/;

export function isWallTime(text: string): boolean {
  return WALL_TIME.test(text);
}

/** Minutes since 00:00 of a valid wall time, 0 to 1440. */
export function minutesOfWallTime(time: WallTime): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** RFC 3339 in UTC with milliseconds, for example `2026-03-01T17:00:00.000Z`. */
export function formatInstant(at: Instant): string {
  return new Date(at).toISOString();
}

/** The instant of an RFC 3339 text in UTC (`Z`, at most milliseconds), or null for any other text. */
export function parseInstant(text: string): Instant | null {
  const date = INSTANT.exec(text)?.[1];
  if (date === undefined) return null;
  const at = Date.parse(text);
  // Some engines roll 30 February over into March instead of refusing it.
  return Number.isNaN(at) || formatInstant(at).slice(0, 10) !== date ? null : at;
}

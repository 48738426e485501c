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
  /** First instant of the next day (exclusive end). A day has 23 to 25 hours. */
  readonly endsAt: Instant;
}

// From ages to birth dates, for sources that say an age or a range of ages and no birth date. What comes out stays right
// as time goes by: who was at least 16 on a day is at least 18 two years later, and not a day earlier.
import { type CalendarDate, isCalendarDate, nextDate } from '@playgate/policy';
import type { BirthDates } from './identity-claim.ts';

/** Ages in completed years: at least `fromAge` (0: no bound) and less than `belowAge` (null: no bound). */
export interface AgeRange {
  readonly fromAge: number;
  readonly belowAge: number | null;
}

/**
 * Who can have been born when, `fromAge` being true on the day `on` and `belowAge` on the day `belowOn` (an old statement
 * that somebody is below an age may have been overtaken by a birthday). Null: the two contradict each other.
 */
export function bornWithin(range: AgeRange, on: CalendarDate, belowOn: CalendarDate = on): BirthDates | null {
  const { fromAge, belowAge } = range;
  if (belowAge !== null && belowAge <= fromAge) return null;
  const bornFrom = belowAge === null ? null : nextDate(latestBirthDate(belowAge, belowOn));
  return { birthDate: latestBirthDate(fromAge, on), bornFrom };
}

/** The last day on which somebody of at least `age` on `date` can have been born. */
function latestBirthDate(age: number, date: CalendarDate): CalendarDate {
  const year = String(Number(date.slice(0, 4)) - age).padStart(4, '0');
  const birthDate = `${year}${date.slice(4)}`;
  return isCalendarDate(birthDate) ? birthDate : `${year}-02-28`;
}

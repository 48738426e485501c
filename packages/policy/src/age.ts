// From a birth date to an age band. Only verification may hold a birth date; everything else knows the band.
import { isCalendarDate } from './calendar-date.ts';
import type { AgeBandRange } from './policy-document.ts';
import type { AgeBand } from './reasons.ts';
import type { CalendarDate, Instant } from './time.ts';
import { dayOf, dayOfDate } from './zone.ts';

/** Nobody on record has lived as long; an older birth date is a mistake or a trick. */
export const AGE_YEARS_MAX = 130;

export const BIRTH_DATE_PROBLEMS = ['not_a_date', 'in_the_future', 'too_long_ago'] as const;
export type BirthDateProblem = (typeof BIRTH_DATE_PROBLEMS)[number];

/** What is wrong with a birth date on the day `today`, or null. */
export function findBirthDateProblem(birthDate: string, today: CalendarDate): BirthDateProblem | null {
  if (!isCalendarDate(birthDate)) return 'not_a_date';
  if (birthDate > today) return 'in_the_future';
  return ageOn(birthDate, today) > AGE_YEARS_MAX ? 'too_long_ago' : null;
}

/** Age in completed years. Who was born on 29 February has the birthday on 1 March in common years. */
export function ageOn(birthDate: CalendarDate, date: CalendarDate): number {
  const years = Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return birthdayOf(birthDate, years) <= date ? years : years - 1;
}

/** The date on which a person turns `age`. */
export function birthdayOf(birthDate: CalendarDate, age: number): CalendarDate {
  const year = String(Number(birthDate.slice(0, 4)) + age).padStart(4, '0');
  const birthday = `${year}${birthDate.slice(4)}`;
  return isCalendarDate(birthday) ? birthday : `${year}-03-01`;
}

/** The band at an instant; `bands` cover all ages, as every loaded policy's do. */
export function ageBandAt(bands: readonly AgeBandRange[], birthDate: CalendarDate, zone: string, at: Instant): AgeBand {
  const age = Math.max(0, ageOn(birthDate, dayOf(zone, at).date));
  const band = bands.find(({ fromAge, belowAge }) => fromAge <= age && (belowAge === null || age < belowAge));
  if (band === undefined) throw new RangeError(`no age band holds age ${age}`);
  return band.id;
}

/** The local midnight after `at` at which the band changes next; null in the last band. */
export function nextBandChangeAt(
  bands: readonly AgeBandRange[],
  birthDate: CalendarDate,
  zone: string,
  at: Instant,
): Instant | null {
  const age = ageOn(birthDate, dayOf(zone, at).date);
  const next = bands.find(({ fromAge }) => fromAge > age);
  return next === undefined ? null : dayOfDate(zone, birthdayOf(birthDate, next.fromAge)).startsAt;
}

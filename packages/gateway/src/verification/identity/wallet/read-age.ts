// The age a credential states: a birth date, or answers of the form "at least so old".
import type { CalendarDate } from '@playgate/policy';
import { VerifierError } from '../../age-verifier.ts';
import { type AgeRange, bornWithin } from '../../born-within.ts';
import type { BirthDates } from '../../identity-claim.ts';

const AGE_OVER = /^age_over_(\d{1,2})$/;
const AGE = /^\d{1,2}$/;

type Claims = Readonly<Record<string, unknown>>;

/** Days in the zone of the policy, both in the time of the world. */
export interface CredentialDays {
  readonly today: CalendarDate;
  /** "Not yet 18" was true then, and may not be today. */
  readonly issuedOn: CalendarDate;
}

/**
 * `birthdate` (or `birth_date`), `age_over_NN`, and `age_equal_or_over: {"NN": true}`. Where only some ages are answered,
 * the person is taken for the youngest who fits. Throws a VerifierError: nothing of it there, unreadable, contradictory.
 */
export function readAge(claims: Claims, { today, issuedOn }: CredentialDays): BirthDates {
  const birthDate = readBirthDate(claims);
  const range = readAgeRange(claims);
  if (range === null) {
    if (birthDate === null) throw new VerifierError('claim_missing', 'the credential discloses no age');
    return { birthDate };
  }
  const bounds = bornWithin(range, today, issuedOn);
  const fits =
    bounds !== null &&
    (birthDate === null || (birthDate <= bounds.birthDate && birthDate >= (bounds.bornFrom ?? birthDate)));
  if (!fits) throw new VerifierError('claim_malformed', 'the ages of the credential contradict each other');
  return birthDate === null ? bounds : { birthDate };
}

function readBirthDate(claims: Claims): CalendarDate | null {
  const value = claims.birthdate ?? claims.birth_date;
  if (value === undefined) return null;
  if (typeof value !== 'string') throw new VerifierError('claim_malformed', 'the birth date is not a text');
  return value;
}

/** Null: no age is answered. */
function readAgeRange(claims: Claims): AgeRange | null {
  const answers = [...readFlatAnswers(claims), ...readNestedAnswers(claims.age_equal_or_over)];
  if (answers.length === 0) return null;
  const agesThat = (holds: boolean) => answers.filter(([, answer]) => answer === holds).map(([age]) => age);
  const notReached = agesThat(false);
  return {
    fromAge: Math.max(0, ...agesThat(true)),
    belowAge: notReached.length === 0 ? null : Math.min(...notReached),
  };
}

type Answer = readonly [age: number, answer: boolean];

function readFlatAnswers(claims: Claims): Answer[] {
  return Object.keys(claims).flatMap((name) => {
    const age = AGE_OVER.exec(name)?.[1];
    return age === undefined ? [] : [readAnswer(age, claims[name])];
  });
}

function readNestedAnswers(value: unknown): Answer[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) throw new VerifierError('claim_malformed', 'an age is unreadable');
  return Object.entries(value).flatMap(([age, answer]) => (AGE.test(age) ? [readAnswer(age, answer)] : []));
}

function readAnswer(age: string, answer: unknown): Answer {
  if (typeof answer !== 'boolean')
    throw new VerifierError('claim_malformed', 'an age is not answered with true or false');
  return [Number(age), answer];
}

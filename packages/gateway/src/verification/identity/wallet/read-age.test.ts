import { ageOn } from '@playgate/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAge } from './read-age.ts';

const DAYS = { today: '2026-03-01', issuedOn: '2025-09-01' };

describe('readAge', () => {
  it.each([
    ['over 18', { age_over_18: true }, { birthDate: '2008-03-01', bornFrom: null }],
    ['16 or 17', { age_over_16: true, age_over_18: false }, { birthDate: '2010-03-01', bornFrom: '2007-09-02' }],
    ['not 18, nothing else known', { age_over_18: false }, { birthDate: '2026-03-01', bornFrom: '2007-09-02' }],
    ['over 16, adult or not', { age_over_16: true }, { birthDate: '2010-03-01', bornFrom: null }],
    [
      'the highest age that is reached',
      { age_over_12: true, age_over_21: true },
      { birthDate: '2005-03-01', bornFrom: null },
    ],
    ['nested answers', { age_equal_or_over: { 18: true } }, { birthDate: '2008-03-01', bornFrom: null }],
    ['a birth date', { birthdate: '2011-04-05' }, { birthDate: '2011-04-05' }],
    ['its name in older credentials', { birth_date: '2011-04-05' }, { birthDate: '2011-04-05' }],
    ['a birth date and an answer', { birthdate: '1990-01-01', age_over_18: true }, { birthDate: '1990-01-01' }],
  ])('%s', (_name, claims, birthDates) => {
    expect(readAge(claims, DAYS)).toEqual(birthDates);
  });

  it.each([
    ['nothing', {}, 'claim_missing'],
    ['other claims', { given_name: 'An', age_over: true }, 'claim_missing'],
    ['an answer in words', { age_over_18: 'yes' }, 'claim_malformed'],
    ['an answer in numbers', { age_equal_or_over: { 18: 1 } }, 'claim_malformed'],
    ['answers that are no object', { age_equal_or_over: true }, 'claim_malformed'],
    ['a birth date in numbers', { birthdate: 19900101 }, 'claim_malformed'],
    ['over 18, yet not over 16', { age_over_16: false, age_over_18: true }, 'claim_malformed'],
    ['answers at odds', { age_over_18: false, age_equal_or_over: { 18: true } }, 'claim_malformed'],
    ['a birth date too late for the answer', { birthdate: '2010-01-01', age_over_18: true }, 'claim_malformed'],
    ['a birth date too early for the answer', { birthdate: '1990-01-01', age_over_18: false }, 'claim_malformed'],
  ])('refuses %s', (_name, claims, code) => {
    expect(() => readAge(claims, DAYS)).toThrow(expect.objectContaining({ code }));
  });

  const day = fc
    .date({ min: new Date('1990-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));

  it('takes nobody for older than they are, on the day and ever after', () => {
    fc.assert(
      fc.property(day, day, day, day, fc.uniqueArray(fc.integer({ min: 1, max: 30 })), (birthDate, a, b, c, ages) => {
        const [issuedOn = '', today = '', later = ''] = [a, b, c].sort();
        fc.pre(birthDate <= issuedOn);
        const claims = Object.fromEntries(ages.map((age) => [`age_over_${age}`, ageOn(birthDate, issuedOn) >= age]));
        fc.pre(ages.length > 0);
        const read = readAge(claims, { today, issuedOn });
        expect(ageOn(read.birthDate, later)).toBeLessThanOrEqual(ageOn(birthDate, later));
        if (read.bornFrom !== null) expect(birthDate >= read.bornFrom!).toBe(true);
      }),
    );
  });
});

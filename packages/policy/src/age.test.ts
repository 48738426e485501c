import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGE_YEARS_MAX, ageBandAt, ageOn, birthdayOf, findBirthDateProblem, nextBandChangeAt } from './age.ts';
import { dateOfEpochDay } from './calendar-date.ts';
import type { AgeBandRange } from './policy-document.ts';
import { dayOf } from './zone.ts';

const BANDS: readonly AgeBandRange[] = [
  { id: 'under_12', fromAge: 0, belowAge: 12 },
  { id: '12_15', fromAge: 12, belowAge: 16 },
  { id: '16_17', fromAge: 16, belowAge: 18 },
  { id: 'adult', fromAge: 18, belowAge: null },
];

describe('birth dates', () => {
  it.each([
    ['2008-02-30', 'not_a_date'],
    ['2007-02-29', 'not_a_date'],
    ['2008-13-01', 'not_a_date'],
    ['08-01-01', 'not_a_date'],
    ['2008-1-1', 'not_a_date'],
    ['', 'not_a_date'],
    ['2026-03-03', 'in_the_future'],
    ['2026-03-02', null],
    ['1895-03-03', null],
    ['1895-03-02', 'too_long_ago'],
    ['2008-02-29', null],
  ] as const)('%s on 2026-03-02 is %s', (birthDate, problem) => {
    expect(findBirthDateProblem(birthDate, '2026-03-02')).toBe(problem);
  });
});

describe('age', () => {
  it('grows on the birthday', () => {
    expect(ageOn('2008-03-10', '2026-03-09')).toBe(17);
    expect(ageOn('2008-03-10', '2026-03-10')).toBe(18);
  });

  it('of who was born on 29 February grows on 1 March of common years', () => {
    expect(birthdayOf('2008-02-29', 18)).toBe('2026-03-01');
    expect(birthdayOf('2008-02-29', 20)).toBe('2028-02-29');
    expect(ageOn('2008-02-29', '2026-02-28')).toBe(17);
    expect(ageOn('2008-02-29', '2026-03-01')).toBe(18);
  });

  it('never falls, and the band changes exactly when told', () => {
    const anyDay = fc.integer({ min: -25_000, max: 20_000 });
    const zone = 'Asia/Ho_Chi_Minh';
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 30 * 366 }), (birthDay, daysLater) => {
        const birthDate = dateOfEpochDay(birthDay);
        const at = (birthDay + daysLater) * 86_400_000;
        const changeAt = nextBandChangeAt(BANDS, birthDate, zone, at);
        if (changeAt === null) {
          expect(ageBandAt(BANDS, birthDate, zone, at)).toBe('adult');
          return;
        }
        expect(changeAt).toBeGreaterThan(at);
        expect(dayOf(zone, changeAt).startsAt).toBe(changeAt);
        expect(ageBandAt(BANDS, birthDate, zone, changeAt - 1)).toBe(ageBandAt(BANDS, birthDate, zone, at));
        expect(ageBandAt(BANDS, birthDate, zone, changeAt)).not.toBe(ageBandAt(BANDS, birthDate, zone, at));
      }),
    );
  });

  it('has a limit that the oldest people are within', () => {
    expect(AGE_YEARS_MAX).toBeGreaterThan(122);
  });
});

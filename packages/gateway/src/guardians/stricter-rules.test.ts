import { limits } from '@playgate/contract';
import { type Bedtime, DAY_MS, type GuardianRules, isPausedAt, minutesOfWallTime, WEEKDAYS } from '@playgate/policy';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NO_RULES } from './rules-beside-law.ts';
import { stricterRules } from './stricter-rules.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const DAY_MINUTES = 1440;

const limit = fc.option(fc.integer({ min: 0, max: DAY_MS }));
const wallTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '20', '59'))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
const bedtime = fc
  .record({
    days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
    from: wallTime,
    to: fc.oneof(wallTime, fc.constant('24:00')),
  })
  .filter(({ from, to }) => from !== to);
const pause = fc.option(fc.record({ untilAt: fc.option(fc.integer({ min: NOW - DAY_MS, max: NOW + DAY_MS })) }));
const rules: fc.Arbitrary<GuardianRules> = fc.record({
  gameLimitMs: limit,
  dayLimitMs: limit,
  bedtimes: fc.array(bedtime, { maxLength: limits.BEDTIMES_MAX }),
  pause,
});

it('is never looser than either, in no limit, minute of the week or instant of a pause', () =>
  fc.assert(
    fc.property(rules, rules, fc.integer({ min: 0, max: 2 * DAY_MS }), (left, right, laterMs) => {
      const both = stricterRules(left, right, NOW);
      expect(both.bedtimes.length).toBeLessThanOrEqual(limits.BEDTIMES_MAX);
      const asleep = minutesAsleep(both.bedtimes);
      for (const one of [left, right]) {
        expect(both.gameLimitMs ?? Infinity).toBeLessThanOrEqual(one.gameLimitMs ?? Infinity);
        expect(both.dayLimitMs ?? Infinity).toBeLessThanOrEqual(one.dayLimitMs ?? Infinity);
        if (isPausedAt(one, NOW + laterMs)) expect(isPausedAt(both, NOW + laterMs)).toBe(true);
        expect([...minutesAsleep(one.bedtimes)].filter((minute) => !asleep.has(minute))).toEqual([]);
      }
    }),
  ));

it('adds nothing of its own where bedtimes fit', () =>
  fc.assert(
    fc.property(
      fc.array(bedtime, { maxLength: limits.BEDTIMES_MAX / 2 }),
      fc.array(bedtime, { maxLength: 7 }),
      (a, b) => {
        const both = stricterRules({ ...NO_RULES, bedtimes: a }, { ...NO_RULES, bedtimes: b }, NOW);
        expect(minutesAsleep(both.bedtimes)).toEqual(minutesAsleep([...a, ...b]));
      },
    ),
  ));

it('closes the shortest wakings where there are more bedtimes than there may be', () => {
  const hourly = (minute: string, to: string): Bedtime[] =>
    Array.from({ length: limits.BEDTIMES_MAX }, (_, hour) => {
      const text = String(hour).padStart(2, '0');
      return { days: ['mon'], from: `${text}:${minute}`, to: `${text}:${to}` };
    });
  const [a, b] = [hourly('00', '10'), hourly('15', '20')];
  const both = stricterRules({ ...NO_RULES, bedtimes: a }, { ...NO_RULES, bedtimes: b }, NOW);
  expect(both.bedtimes).toHaveLength(limits.BEDTIMES_MAX);
  expect(both.bedtimes[0]).toEqual({ days: ['mon'], from: '00:00', to: '00:20' });
});

it('is the one where the other says nothing, and forgets a pause that is over', () => {
  const one = { ...NO_RULES, gameLimitMs: 5, pause: { untilAt: NOW } };
  expect(stricterRules(one, NO_RULES, NOW)).toEqual({ ...one, pause: null });
  expect(stricterRules(NO_RULES, one, NOW - 1)).toEqual(one);
});

function minutesAsleep(bedtimes: readonly Bedtime[]): Set<number> {
  const minutes = new Set<number>();
  for (const { days, from, to } of bedtimes) {
    const startsAt = minutesOfWallTime(from);
    const lasts = (minutesOfWallTime(to) - startsAt + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
    for (const day of days) {
      for (let at = 0; at < lasts; at++) {
        minutes.add((WEEKDAYS.indexOf(day) * DAY_MINUTES + startsAt + at) % (WEEKDAYS.length * DAY_MINUTES));
      }
    }
  }
  return minutes;
}

// A guardian can only tighten: whatever the law and the rules, what is left with them is at most what is left without.
import {
  type AllowanceRequest,
  decideStart,
  type GuardianRules,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  resolveAllowance,
  type UsedByScope,
  WEEKDAYS,
} from '@playgate/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packs } from './policies.ts';

const NOTHING: UsedByScope = { game: 0, provider: 0, agent: 0, person: 0 };
const NO_RULES: GuardianRules = { gameLimitMs: null, dayLimitMs: null, bedtimes: [], pause: null };
const KID = { ageBand: '12_15', verified: true, verifiedPhoneCountry: '+84', hasGuardian: true } as const;
/** Wednesday 2026-10-14, 10:00 in Vietnam. */
const TEN = Date.UTC(2026, 9, 14, 3);

const request = (now: Instant, guardianRules: GuardianRules | null, pack = 'vn-147-2024'): AllowanceRequest => ({
  policy: packs.get(pack)!,
  player: KID,
  rating: '00+',
  agentHours: null,
  guardianRules,
  now,
});
const start = (now: Instant, rules: Partial<GuardianRules>, used: Partial<UsedByScope> = {}) =>
  decideStart(resolveAllowance(request(now, { ...NO_RULES, ...rules })), { ...NOTHING, ...used }, now);

const time = fc
  .integer({ min: 0, max: 47 })
  .map((half) => `${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 ? '30' : '00'}`);
const limit = fc.option(fc.integer({ min: MINUTE_MS, max: 20 * HOUR_MS }));
const anyNow = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) });
const anyRules: fc.Arbitrary<GuardianRules> = fc.record({
  gameLimitMs: limit,
  dayLimitMs: limit,
  bedtimes: fc.array(fc.record({ days: fc.subarray([...WEEKDAYS], { minLength: 1 }), from: time, to: time }), {
    maxLength: 2,
  }),
  pause: fc.option(fc.record({ untilAt: fc.option(anyNow) }), { freq: 4 }),
});
const anyUsed = fc.record({
  game: fc.nat(2 * HOUR_MS),
  provider: fc.nat(4 * HOUR_MS),
  agent: fc.constant(0),
  person: fc.constant(0),
});

describe('guardian rules', () => {
  it.each(['vn-147-2024', 'cn-nppa-2021', 'kr-choice'])('never loosen %s', (pack) => {
    fc.assert(
      fc.property(anyRules, anyUsed, anyNow, (rules, used, now) => {
        const law = decideStart(resolveAllowance(request(now, null, pack)), used, now);
        const both = decideStart(resolveAllowance(request(now, rules, pack)), used, now);
        if (law.verdict === 'denied') {
          expect(both.verdict).toBe('denied');
          return;
        }
        if (both.verdict === 'denied') return;
        expect(both.remainingMs ?? Infinity).toBeLessThanOrEqual(law.remainingMs ?? Infinity);
        expect(both.endsAt ?? Infinity).toBeLessThanOrEqual(law.endsAt ?? Infinity);
      }),
      { numRuns: 2_000 },
    );
  });

  it('bind at t, not at t-1', () => {
    const rules = { dayLimitMs: 30 * MINUTE_MS };
    expect(start(TEN, rules, { provider: 30 * MINUTE_MS - 1000 })).toMatchObject({
      verdict: 'play',
      remainingMs: 1000,
    });
    expect(start(TEN, rules, { provider: 30 * MINUTE_MS })).toMatchObject({
      reason: 'daily_budget_spent',
      bindingRule: { id: 'guardian-provider', limitMs: 30 * MINUTE_MS },
    });
  });

  it('keep a bedtime over midnight, and say when it ends', () => {
    const rules = { bedtimes: [{ days: [...WEEKDAYS], from: '21:00', to: '07:00' }] };
    const at = (hour: number, ms = 0) => Date.UTC(2026, 9, 14, hour - 7) + ms;
    expect(start(at(21, -1000), rules)).toMatchObject({ verdict: 'play', endsAt: at(21) });
    expect(start(at(21), rules)).toMatchObject({ reason: 'guardian_window', nextAllowedAt: at(31) });
    expect(start(at(31, -1), rules)).toMatchObject({ reason: 'guardian_window', nextAllowedAt: at(31) });
    expect(start(at(31), rules)).toMatchObject({ verdict: 'play' });
  });

  it('pause play until an instant, or until lifted', () => {
    expect(start(TEN, { pause: { untilAt: TEN + 1 } })).toMatchObject({
      reason: 'guardian_pause',
      nextAllowedAt: TEN + 1,
    });
    expect(start(TEN + 1, { pause: { untilAt: TEN + 1 } })).toMatchObject({ verdict: 'play' });
    expect(start(TEN, { pause: { untilAt: null } })).toMatchObject({ reason: 'guardian_pause', nextAllowedAt: null });
  });

  it('do not bind an adult', () => {
    const rules = { ...NO_RULES, dayLimitMs: MINUTE_MS, pause: { untilAt: null } };
    const adult = { ...request(TEN, rules), player: { ...KID, ageBand: 'adult' as const } };
    expect(decideStart(resolveAllowance(adult), NOTHING, TEN)).toMatchObject({ verdict: 'play', remainingMs: null });
  });
});

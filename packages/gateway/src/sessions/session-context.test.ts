import { type GuardianRules, WEEKDAYS } from '@playgate/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeContext, encodeContext, type SessionContext } from './session-context.ts';

const CONTEXT: SessionContext = {
  policyId: 'vn-147-2024',
  policyVersion: 1,
  ageBand: '12_15',
  isVerified: true,
  verifiedPhoneCountry: '+84',
  hasGuardian: true,
  rating: '12+',
  agentHours: { opensAt: '08:00', closesAt: '22:00' },
  guardianRules: null,
  isHumanKnown: false,
};
/** A session of a child with all that the contract lets a guardian set stays below it; a token may be eight times as long. */
const LENGTH_MAX = 512;

const wallTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const anyRules: fc.Arbitrary<GuardianRules> = fc.record({
  gameLimitMs: fc.option(fc.integer({ min: 0, max: 86_400_000 })),
  dayLimitMs: fc.option(fc.integer({ min: 0, max: 86_400_000 })),
  bedtimes: fc.array(
    fc.record({
      days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
      from: wallTime,
      to: fc.oneof(wallTime, fc.constant('24:00')),
    }),
    { maxLength: 14 },
  ),
  pause: fc.option(fc.record({ untilAt: fc.option(fc.integer({ min: 0, max: Date.UTC(2200, 0) })) })),
});

describe('a session context', () => {
  it('is a short text', () => {
    expect(encodeContext(CONTEXT)).toBe('vn-147-2024@1|12_15|+84|g|12+|08:00-22:00|||');
    const guardianRules = { gameLimitMs: null, dayLimitMs: 3_600_000, bedtimes: [], pause: { untilAt: null } };
    expect(encodeContext({ ...CONTEXT, guardianRules })).toBe('vn-147-2024@1|12_15|+84|g|12+|08:00-22:00|:255s0;!-||');
  });

  it('says all that it was made of, within its bound', () => {
    fc.assert(
      fc.property(anyRules, (rules) => {
        const text = encodeContext({ ...CONTEXT, guardianRules: rules });
        const isFree = Object.values(rules).every(
          (rule) => rule === null || (Array.isArray(rule) && rule.length === 0),
        );
        expect(decodeContext(text)).toEqual({ ...CONTEXT, guardianRules: isFree ? null : rules });
        expect(text.length).toBeLessThan(LENGTH_MAX);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is read without rules as it was written before there were any', () => {
    expect(decodeContext('vn-147-2024@1|12_15|+84|g|12+|08:00-22:00')).toEqual(CONTEXT);
  });

  it.each(['', 'vn@1', 'vn@1|12_15|+84|g|13+||', 'vn@1|12_15|+84|g|12+||x', 'vn@1|12_15|+84|g|12+||:;zz*1-2'])(
    'is not %j',
    (text) => {
      expect(() => decodeContext(text)).toThrow(TypeError);
    },
  );
});

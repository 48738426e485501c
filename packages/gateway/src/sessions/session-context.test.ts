import { type GuardianRules, WEEKDAYS } from '@playgate/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASSURANCES } from '../directory/directory.ts';
import {
  decodeContext,
  encodeContext,
  SESSION_PROTOCOLS,
  type SessionContext,
  withoutRecordFacts,
} from './session-context.ts';

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
  adjustment: null,
  assurance: 'attested',
  protocol: 'client',
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
    expect(encodeContext(CONTEXT)).toBe('vn-147-2024@1|12_15|+84|g|12+|08:00-22:00|||~ac');
    const guardianRules = { gameLimitMs: null, dayLimitMs: 3_600_000, bedtimes: [], pause: { untilAt: null } };
    expect(encodeContext({ ...CONTEXT, guardianRules })).toBe(
      'vn-147-2024@1|12_15|+84|g|12+|08:00-22:00|:255s0;!-||~ac',
    );
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

  it('says what was corrected and granted on a day', () => {
    const sum = fc.integer({ min: -8_640_000_000, max: 8_640_000_000 });
    const account = fc.record({ game: sum, provider: sum });
    const bonusMs = fc.integer({ min: 0, max: 8_640_000_000 });
    const adjustments = fc.record({ date: fc.constant('2026-10-14'), mended: account, corrected: account, bonusMs });
    fc.assert(
      fc.property(adjustments, (adjustment) => {
        const text = encodeContext({ ...CONTEXT, adjustment });
        expect(decodeContext(text)).toEqual({ ...CONTEXT, adjustment });
        expect(text.length).toBeLessThan(LENGTH_MAX / 4);
      }),
    );
  });

  it('is read as it was written before there were rules, or facts for the record', () => {
    const before = { ...CONTEXT, assurance: null, protocol: null };
    expect(decodeContext('vn-147-2024@1|12_15|+84|g|12+|08:00-22:00')).toEqual(before);
    expect(decodeContext('vn-147-2024@1|12_15|+84|g|12+|08:00-22:00|||')).toEqual(before);
  });

  it('says how the age is known and who opened the session, and decides nothing by that', () => {
    const facts = [null, ...ASSURANCES].flatMap((assurance) =>
      [null, ...SESSION_PROTOCOLS].map((protocol) => ({ assurance, protocol })),
    );
    const texts = facts.map((fact) => encodeContext({ ...CONTEXT, ...fact }));
    expect(texts.map(decodeContext)).toEqual(facts.map((fact) => ({ ...CONTEXT, ...fact })));
    expect(new Set(texts).size).toBe(facts.length);
    expect(new Set(texts.map(withoutRecordFacts)).size).toBe(1);
  });

  it.each(['', 'vn@1', 'vn@1|12_15|+84|g|13+||', 'vn@1|12_15|+84|g|12+||x', 'vn@1|12_15|+84|g|12+||:;zz*1-2'])(
    'is not %j',
    (text) => {
      expect(() => decodeContext(text)).toThrow(TypeError);
    },
  );
});

// The law of the prediction, against the core of the gateway. Not in a browser: the gateway's modules are Node's.
import { PACES } from '@playgate/policy';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOCK_GRACE_MS } from '../src/session/predictor.ts';
import { awakeAct, begin, calmAct, isPlaying, type Life, live, lives, RUNS } from './lives.ts';
import { PolicyGateway, type PolicyLife } from './policy-gateway.ts';
import { CONFIG } from './simulation.ts';

const CAFE_CLOSES_AT = Date.parse('2026-11-20T22:00:00+07:00');

describe('play never outlasts what the core of the gateway allows', () => {
  const policyLife: fc.Arbitrary<PolicyLife> = fc.record({
    // Noon, shortly before a café closes, shortly before midnight.
    startsAt: fc
      .tuple(fc.constantFrom('12:00', '22:00', '24:00'), fc.integer({ min: 20_000, max: 600_000 }))
      .map(([time, beforeMs]) => Date.parse(`2026-11-20T${time}:00+07:00`) - (time === '12:00' ? 0 : beforeMs)),
    leftMs: fc.integer({ min: 20_000, max: 600_000 }),
    isAtStation: fc.boolean(),
    paces: fc.array(fc.constantFrom(...PACES), { minLength: 1, maxLength: 4 }),
  });
  /** A café is closed at night: nobody starts there then. */
  const opened = policyLife.map((life) => ({
    ...life,
    isAtStation: life.isAtStation && life.startsAt < CAFE_CLOSES_AT,
  }));

  function policyExcessMs(life: Life, policy: PolicyLife): number {
    const books = new PolicyGateway(policy);
    const simulation = begin(life, books);
    let worst = 0;
    let playsSinceAt = 0;
    let wasPlaying = true;
    simulation.check = () => {
      const { now } = simulation;
      if (isPlaying(simulation) && !wasPlaying) playsSinceAt = now;
      if (wasPlaying && books.closed === null) {
        const byLease = now - Math.max(playsSinceAt, books.leaseEndsAt);
        worst = Math.max(worst, Math.min(now - playsSinceAt, books.overrunMs(playsSinceAt, now)), byLease);
      }
      wasPlaying = isPlaying(simulation);
    };
    live(simulation, life);
    return worst;
  }

  test('by more than the grace of the clock while one plays on', () => {
    fc.assert(
      fc.property(lives(calmAct), opened, (life, policy) => {
        expect(policyExcessMs(life, policy)).toBeLessThanOrEqual(CLOCK_GRACE_MS);
      }),
      { numRuns: RUNS },
    );
  });

  test('by more than the grace and one question to the gateway after pauses', () => {
    fc.assert(
      fc.property(lives(awakeAct), opened, (life, policy) => {
        expect(policyExcessMs(life, policy)).toBeLessThanOrEqual(CLOCK_GRACE_MS + CONFIG.confirmMs);
      }),
      { numRuns: RUNS },
    );
  });
});

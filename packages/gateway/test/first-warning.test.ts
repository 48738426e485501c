// The ledger notes the first warning by plain numbers, the answer is decided by the policy: both must mean the same beat.
import { type GuardianRules, HOUR_MS, type Instant, MINUTE_MS, WEEKDAYS } from '@playgate/policy';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PlayerProfile } from '../src/directory/directory.ts';
import type { SessionClaims } from '../src/directory/principal.ts';
import type { World } from '../src/directory/world.ts';
import { AllowanceBook } from '../src/sessions/allowance-book.ts';
import { SessionService } from '../src/sessions/session-service.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { packLibrary } from './support/policies.ts';

const WORLD: World = { providerId: 'prv_warned', mode: 'test' };
/** 2026-10-14 22:00 in Vietnam: midnight comes into many of the runs. */
const TEN_PM = Date.UTC(2026, 9, 14, 15);
const GAME = { gameId: 'gam', title: 'A', class: 'G1', rating: '00+', policyId: 'vn-147-2024' } as const;

function serviceOf(guardianRules: GuardianRules, clock: { now: () => Instant }) {
  const unused = () => Promise.reject(new Error('not asked here'));
  const facts = { ageBand: '12_15', verified: true, verifiedPhoneCountry: '+84', hasGuardian: true } as const;
  const known = { playerId: 'ply', personId: 'per', humanId: null, bandChangesAt: null, methods: [], adjustments: [] };
  const profile: PlayerProfile = { ...known, facts, guardianRules, assurance: 'attested' };
  const store = new MemorySessionStore(clock);
  const issued: SessionClaims[] = [];
  const service = new SessionService({
    store,
    history: { readDay: unused },
    corrections: { list: unused },
    library: packLibrary,
    policyId: GAME.policyId,
    allowances: new AllowanceBook(packLibrary),
    games: { find: async () => GAME, list: async () => [] },
    agents: { findStation: unused },
    players: { findProfile: async () => profile },
    ageTokens: { verify: async () => ({ playerId: 'ply', ageBand: '12_15', assurance: 'attested', expiresAt: 0 }) },
    sessionTokens: { issue: async (claims) => String(issued.push(claims)) },
    fallback: { note: () => {} },
    paceNow: () => 1,
    recovery: null,
    onTrouble: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
  return { service, store, issued };
}

const limit = fc.option(fc.integer({ min: 1, max: 70 }).map((minutes) => minutes * MINUTE_MS));
const rules = fc.record({
  gameLimitMs: limit,
  dayLimitMs: limit,
  bedtimes: fc.constantFrom(
    [],
    [],
    [{ days: [...WEEKDAYS], from: '23:30', to: '06:00' }],
    [{ days: [...WEEKDAYS], from: '00:10', to: '06:00' }],
  ),
  pause: fc.constant(null),
});
const steps = fc.array(
  fc.record({
    stepMs: fc.constantFrom(1_000, 30_000, 30_000, 60_000, 89_999, 300_000),
    state: fc.constantFrom('active', 'active', 'active', 'paused'),
  }),
  { minLength: 5, maxLength: 120 },
);

it('is noted at the first beat that is answered with a warning, and only there', async () => {
  let warned = 0;
  await fc.assert(
    fc.asyncProperty(rules, fc.nat(2 * HOUR_MS), steps, async (guardianRules, afterMs, beats) => {
      let now = TEN_PM + afterMs;
      const { issued, service, store } = serviceOf(guardianRules, { now: () => now });
      const opened = await service.open(WORLD, { ageToken: 'age', gameId: GAME.gameId }, now, 'client');
      if (opened.verdict === 'denied') return;
      let firstAt: Instant | null = null;
      for (const [index, { state, stepMs }] of beats.entries()) {
        now += stepMs;
        const { verdict } = await service.heartbeat(issued[0]!, { seq: index + 1, state }, now);
        if (verdict === 'end') break;
        if (verdict === 'warn') firstAt ??= now;
      }
      const entries = await store.readEntries('memory', 100_000);
      const noted = entries.filter(({ fields }) => fields.kind === 'warned').map(({ fields }) => Number(fields.at));
      expect(noted).toEqual(firstAt === null ? [] : [firstAt]);
      warned += noted.length;
    }),
    { numRuns: 500, seed: 20261122 },
  );
  expect(warned).toBeGreaterThan(50);
});

// Whatever a guardian sets, and however often it changes while the child plays: never more time than the law allows, and
// never any while play is paused. Through the session service and the memory store, without HTTP.
import { type GuardianRules, HOUR_MS, type Instant, isPausedAt, MINUTE_MS, WEEKDAYS } from '@playgate/policy';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PlayerProfile } from '../src/directory/directory.ts';
import type { SessionClaims } from '../src/directory/principal.ts';
import type { World } from '../src/directory/world.ts';
import { NO_RULES } from '../src/guardians/rules-beside-law.ts';
import { AllowanceBook } from '../src/sessions/allowance-book.ts';
import { SessionService } from '../src/sessions/session-service.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { packLibrary } from './support/policies.ts';

const WORLD: World = { providerId: 'prv_law', mode: 'test' };
const EIGHT = Date.UTC(2026, 9, 14, 1);
const GAMES = ['a', 'b', 'c', 'd'] as const;
const STEP_MS_MAX = 90_000;
const LAW = { gameMs: HOUR_MS, providerMs: 3 * HOUR_MS };

interface Answer {
  readonly verdict: string;
  readonly remainingMs?: number | null;
  readonly used?: { readonly gameMs: number; readonly providerMs: number } | undefined;
}

/** A child who tries everything, and a guardian who changes the rules. */
class Child {
  now: Instant = EIGHT;
  rules: GuardianRules = NO_RULES;
  private readonly store = new MemorySessionStore({ now: () => this.now });
  private readonly sessions = new Map<string, { claims: SessionClaims; seq: number }>();
  private readonly service: SessionService;
  private readonly isLedgerTold: boolean;

  constructor(isLedgerTold: boolean) {
    this.isLedgerTold = isLedgerTold;
    const unused = () => Promise.reject(new Error('not asked here'));
    const game = (gameId: string) =>
      ({ gameId, title: gameId, class: 'G1', rating: '00+', policyId: 'vn-147-2024' }) as const;
    this.service = new SessionService({
      store: this.store,
      history: { readDay: unused },
      corrections: { list: unused },
      library: packLibrary,
      policyId: 'vn-147-2024',
      allowances: new AllowanceBook(packLibrary),
      games: { find: async (_world, gameId) => game(gameId), list: async () => [] },
      agents: { findStation: unused },
      players: { findProfile: async () => this.profile() },
      ageTokens: { verify: async () => ({ playerId: 'ply', ageBand: '12_15', assurance: 'attested', expiresAt: 0 }) },
      sessionTokens: {
        issue: async (claims) => {
          this.sessions.set(claims.gameId, { claims, seq: 0 });
          return 'token';
        },
      },
      fallback: { note: () => {} },
      paceNow: () => 1,
      recovery: null,
      onTrouble: (what, error) => {
        throw new Error(what, { cause: error });
      },
    });
  }

  async set(rules: GuardianRules): Promise<void> {
    this.rules = rules;
    if (this.isLedgerTold) await this.store.renewSessions('per', this.now);
  }

  open(gameId: string): Promise<Answer> {
    return this.service.open(WORLD, { ageToken: 'age', gameId }, this.now, 'client');
  }

  /** Null: the game was never opened. */
  async beat(gameId: string): Promise<Answer | null> {
    const session = this.sessions.get(gameId);
    if (session === undefined) return null;
    session.seq++;
    return this.service.heartbeat(session.claims, { seq: session.seq, state: 'active' }, this.now);
  }

  private profile(): PlayerProfile {
    const facts = { ageBand: '12_15', verified: true, verifiedPhoneCountry: '+84', hasGuardian: true } as const;
    const { rules: guardianRules } = this;
    return {
      playerId: 'ply',
      personId: 'per',
      humanId: null,
      facts,
      guardianRules,
      adjustments: [],
      bandChangesAt: null,
      assurance: 'attested',
      methods: ['attested'],
    } as const;
  }
}

const limit = fc.option(fc.integer({ min: 0, max: 20 * HOUR_MS }));
const wallTime = fc.integer({ min: 0, max: 23 }).map((hour) => `${String(hour).padStart(2, '0')}:00`);
const bedtime = fc
  .record({ days: fc.subarray([...WEEKDAYS], { minLength: 1 }), from: wallTime, to: wallTime })
  .filter(({ from, to }) => from !== to);
const pause = fc.option(fc.record({ untilAt: fc.option(fc.integer({ min: EIGHT, max: EIGHT + 12 * HOUR_MS })) }), {
  freq: 3,
});
const anyRules: fc.Arbitrary<GuardianRules> = fc.record({
  gameLimitMs: limit,
  dayLimitMs: limit,
  bedtimes: fc.array(bedtime, { maxLength: 2 }),
  pause,
});
const game = fc.constantFrom(...GAMES);
const anyAct = fc.oneof(
  { weight: 1, arbitrary: fc.record({ act: fc.constant('set' as const), rules: anyRules }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('set' as const), rules: fc.constant(NO_RULES) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('open' as const), game }) },
  {
    weight: 6,
    arbitrary: fc.record({ act: fc.constant('play' as const), game, stepMs: fc.integer({ min: 1, max: STEP_MS_MAX }) }),
  },
);

/** Counted play lies within the law, but for the one beat that reports the limit; what is told to be left lies within it too. */
function expectLawful(child: Child, answer: Answer | null): void {
  if (answer === null) return;
  const { gameMs = 0, providerMs = 0 } = answer.used ?? {};
  expect(gameMs).toBeLessThan(LAW.gameMs + STEP_MS_MAX);
  expect(providerMs).toBeLessThan(LAW.providerMs + STEP_MS_MAX);
  if (answer.verdict === 'denied' || answer.verdict === 'end') return;
  expect(isPausedAt(child.rules, child.now)).toBe(false);
  expect(answer.remainingMs).toBeLessThanOrEqual(Math.min(LAW.gameMs - gameMs, LAW.providerMs - providerMs));
  expect(answer.remainingMs).toBeLessThanOrEqual((child.rules.gameLimitMs ?? HOUR_MS) - gameMs);
  expect(answer.remainingMs).toBeLessThanOrEqual((child.rules.dayLimitMs ?? 24 * HOUR_MS) - providerMs);
}

/** Throws where a child got more than the law and its guardian allow. Returns how many beats let play go on. */
async function tryEverything(isLedgerTold: boolean): Promise<number> {
  let playedOn = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyAct, { minLength: 10, maxLength: 40 }), async (acts) => {
      const child = new Child(isLedgerTold);
      for (const step of acts) {
        if (step.act === 'set') await child.set(step.rules);
        else if (step.act === 'open') expectLawful(child, await child.open(step.game));
        else {
          for (let passedMs = 0; passedMs < 20 * MINUTE_MS; passedMs += step.stepMs + MINUTE_MS / 2) {
            child.now += Math.min(STEP_MS_MAX, step.stepMs + MINUTE_MS / 2);
            const answer = await child.beat(step.game);
            expectLawful(child, answer);
            if (answer === null || answer.verdict === 'end') break;
            playedOn++;
          }
        }
      }
    }),
    { numRuns: 300, endOnFailure: true },
  );
  return playedOn;
}

it('no sequence of changes gives more time than the law', async () => {
  expect(await tryEverything(true)).toBeGreaterThan(1_000);
});

it('would show a change that the ledger is not told of', async () => {
  await expect(tryEverything(false)).rejects.toThrow('Property failed');
});

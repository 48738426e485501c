// Whatever is corrected, granted, taken back and set by a guardian, in any order while a child plays: never more play than the law
// allows, unless an entry says that it mends an error. Through the services and the memory store, without HTTP.
import {
  type AdjustmentEntry,
  type GuardianRules,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  measureIntervals,
} from '@playgate/policy';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Correction, Corrections } from '../src/compliance/corrections/correction.ts';
import { CorrectionService } from '../src/compliance/corrections/correction-service.ts';
import type { PlayerProfile } from '../src/directory/directory.ts';
import type { SessionClaims } from '../src/directory/principal.ts';
import type { World } from '../src/directory/world.ts';
import { Fault } from '../src/fault.ts';
import { NO_RULES } from '../src/guardians/rules-beside-law.ts';
import { AllowanceBook } from '../src/sessions/allowance-book.ts';
import { SessionService } from '../src/sessions/session-service.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { packLibrary } from './support/policies.ts';

const WORLD: World = { providerId: 'prv_law', mode: 'test' };
const PLAYER = { world: WORLD, playerId: 'ply' };
const DATE = '2026-10-14';
/** 08:00 in Vietnam. */
const EIGHT = Date.UTC(2026, 9, 14, 1);
const GAMES = ['a', 'b', 'c', 'd'] as const;
const LAW = { game: HOUR_MS, provider: 3 * HOUR_MS };
const AUTHOR = { role: 'secret', id: 'key_one' } as const;
const unused = () => Promise.reject(new Error('not asked here'));

class KeptCorrections implements Corrections {
  readonly entries: Correction[] = [];

  async add(entry: Parameters<Corrections['add']>[0], judge: (others: readonly AdjustmentEntry[]) => void) {
    judge(this.entries.filter(({ date }) => date === entry.date));
    const kept = { ...entry, correctionId: `cor_${this.entries.length}`, madeAt: entry.now, undoneBy: null };
    this.entries.unshift(kept);
    return kept;
  }

  list = async () => this.entries;
  carryOver = unused;
}

/** A child who plays, a guardian who changes the rules, and a provider who changes the record. */
class Child {
  now: Instant = EIGHT;
  rules: GuardianRules = NO_RULES;
  readonly kept = new KeptCorrections();
  private readonly store = new MemorySessionStore({ now: () => this.now });
  private readonly sessions = new Map<string, { claims: SessionClaims; seq: number }>();
  private readonly service: SessionService;
  private readonly corrections: CorrectionService;

  constructor() {
    const game = (gameId: string) =>
      ({ gameId, title: gameId, class: 'G1', rating: '00+', policyId: 'vn-147-2024' }) as const;
    const shared = {
      store: this.store,
      history: { readDay: async () => ({ provider: [], games: new Map(), agents: new Map() }) },
      library: packLibrary,
      policyId: 'vn-147-2024',
      games: { find: async (_world: World, gameId: string) => game(gameId), list: async () => [] },
      players: { findProfile: async () => this.profile() },
      onTrouble: (what: string, error: unknown) => {
        throw new Error(what, { cause: error });
      },
    };
    this.corrections = new CorrectionService({ ...shared, corrections: this.kept });
    this.service = new SessionService({
      ...shared,
      corrections: this.kept,
      allowances: new AllowanceBook(packLibrary),
      agents: { findStation: unused },
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
    });
  }

  async set(rules: Partial<GuardianRules>): Promise<void> {
    this.rules = { ...NO_RULES, ...rules };
    await this.store.renewSessions('per', this.now);
  }

  correct = (gameId: string, deltaMs: number, reason: string) =>
    this.corrections.correct(PLAYER, { date: DATE, gameId, deltaMs, reason }, AUTHOR, this.now);
  grant = (bonusMs: number) => this.corrections.grant(PLAYER, { date: DATE, bonusMs, reason: 'x' }, AUTHOR, this.now);
  undo = (correctionId: string) =>
    this.corrections.undo(PLAYER, correctionId, { kinds: ['correction', 'grant'], reason: 'x' }, AUTHOR, this.now);

  async open(gameId: string) {
    return this.service.open(WORLD, { ageToken: 'age', gameId }, this.now, 'client');
  }

  async beat(gameId: string) {
    const session = this.sessions.get(gameId);
    if (session === undefined) return null;
    session.seq++;
    return this.service.heartbeat(session.claims, { seq: session.seq, state: 'active' }, this.now);
  }

  /** What was really played, whatever counts. */
  async played() {
    const day = await this.store.readDay('per', DATE);
    const games = [...day.games.values()].map(measureIntervals);
    return { game: Math.max(0, ...games), provider: measureIntervals(day.provider) };
  }

  private profile(): PlayerProfile {
    const facts = { ageBand: '12_15', verified: true, verifiedPhoneCountry: '+84', hasGuardian: true } as const;
    return {
      playerId: 'ply',
      personId: 'per',
      humanId: null,
      facts,
      guardianRules: this.rules,
      adjustments: this.kept.entries,
      bandChangesAt: null,
      assurance: 'attested',
      methods: ['attested'],
    };
  }
}

const gameId = fc.constantFrom(...GAMES);
const minutes = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * MINUTE_MS);
const limit = fc.option(minutes(0, 200));
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('play' as const), gameId, ms: minutes(1, 40) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('correct' as const), gameId, deltaMs: minutes(-60, 60) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('grant' as const), bonusMs: minutes(1, 60) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), index: fc.nat(10) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rules' as const), gameLimitMs: limit, dayLimitMs: limit }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A beat every minute and a half at most: nothing is a gap, and every end is told in time. */
const BEAT_MS = 30_000;

async function take(child: Child, action: Step): Promise<void> {
  switch (action.kind) {
    case 'play': {
      await child.open(action.gameId);
      for (let ms = 0; ms < action.ms; ms += BEAT_MS) {
        child.now += BEAT_MS;
        await child.beat(action.gameId);
      }
      return;
    }
    case 'correct':
      if (action.deltaMs !== 0) await refusable(child.correct(action.gameId, action.deltaMs, 'why not'));
      return;
    case 'grant':
      await refusable(child.grant(action.bonusMs));
      return;
    case 'undo': {
      const entry = child.kept.entries.at(action.index);
      if (entry !== undefined) await refusable(child.undo(entry.correctionId));
      return;
    }
    case 'rules':
      await child.set(action);
  }
}

async function refusable(made: Promise<unknown>): Promise<void> {
  await made.catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
  });
}

it('no sequence of corrections, grants and rules gives more play than the law', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const child = new Child();
      for (const action of steps) await take(child, action);
      const { game, provider } = await child.played();
      // The beat that reports the limit is counted whole.
      expect(game).toBeLessThanOrEqual(LAW.game + BEAT_MS);
      expect(provider).toBeLessThanOrEqual(LAW.provider + BEAT_MS);
    }),
    { numRuns: 150 },
  );
});

it('the mending of an error does, by as much as was counted in error', async () => {
  const child = new Child();
  await take(child, { kind: 'play', gameId: 'a', ms: 60 * MINUTE_MS });
  await child.correct('a', -20 * MINUTE_MS, 'ERROR: the server was down');
  await take(child, { kind: 'play', gameId: 'a', ms: 40 * MINUTE_MS });
  expect(await child.played()).toEqual({ game: 80 * MINUTE_MS, provider: 80 * MINUTE_MS });
});

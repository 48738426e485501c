// What heartbeats have of a directory that hangs or fails. What facts of a new day change is shown by test/birthdays.test.ts.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MINUTE_MS, newPerson, openRequest, planFor, TODAY, WORLD } from '../../test/support/ledger-fixtures.ts';
import { packLibrary } from '../../test/support/policies.ts';
import { systemClock } from '../clock.ts';
import type { PlayerProfile } from '../directory/directory.ts';
import { MemorySessionStore } from '../store/memory/memory-session-store.ts';
import { AllowanceBook } from './allowance-book.ts';
import { LOOK_UP_MS_MAX } from './plan-renewal.ts';
import { encodeContext, type SessionContext } from './session-context.ts';
import { SessionJudge } from './session-judge.ts';
import type { BeatRequest } from './session-store.ts';

const NOON = TODAY.startsAt + 720 * MINUTE_MS;
const INTERVAL_MS = 30_000;
const BATCH = 100;
const AT_ONCE_MAX = 8;
const CONTEXT: SessionContext = {
  policyId: 'vn-147-2024',
  policyVersion: 1,
  ageBand: '16_17',
  isVerified: true,
  verifiedPhoneCountry: '+84',
  hasGuardian: false,
  rating: '12+',
  agentHours: null,
  guardianRules: null,
  isHumanKnown: false,
  adjustment: null,
  assurance: 'attested',
  protocol: 'client',
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A directory whose answers come when they are given. */
class SlowPlayers {
  asked = 0;
  readonly waiting: { readonly playerId: string; readonly resolve: (profile: PlayerProfile) => void }[] = [];
  fails = false;

  findProfile = (_world: unknown, playerId: string): Promise<PlayerProfile> => {
    this.asked++;
    if (this.fails) return Promise.reject(new Error('no database'));
    return new Promise((resolve) => this.waiting.push({ playerId, resolve }));
  };

  answer(): void {
    for (const { playerId, resolve } of this.waiting.splice(0)) {
      resolve({
        ...{ playerId, personId: playerId.replace('ply_', ''), humanId: null, guardianRules: null, adjustments: [] },
        facts: { ageBand: '16_17', hasGuardian: true, verified: true, verifiedPhoneCountry: '+84' },
        ...{ bandChangesAt: null, assurance: 'attested', methods: ['attested'] },
      });
    }
  }
}

async function houseOf(sessions: number, { context = CONTEXT, validUntilAt = NOON } = {}) {
  const store = new MemorySessionStore(systemClock);
  const players = new SlowPlayers();
  const sent: BeatRequest[] = [];
  const recordBeats = (requests: readonly BeatRequest[]) => {
    sent.push(...requests);
    return store.recordBeats(requests);
  };
  const troubles: string[] = [];
  const text = encodeContext(context);
  const opened = Array.from({ length: sessions }, () =>
    openRequest(store, newPerson(), { plan: planFor(TODAY, { validUntilAt }), context: text, now: NOON - 1_000 }),
  );
  for (const request of opened) await store.open(request);
  const judge = new SessionJudge({
    store: { recordBeats, renewSessions: (personId, now) => store.renewSessions(personId, now) },
    ...{ players, allowances: new AllowanceBook(packLibrary), fallback: { note: () => undefined } },
    ...{ paceNow: () => 1, recovery: null, onTrouble: (what) => void troubles.push(what) },
  });
  const [{ identity }] = opened as [(typeof opened)[0]];
  const claims = { ...identity, metered: true, context: text };
  let seq = 0;
  const beat = (now: number) => judge.heartbeat(claims, { seq: ++seq, state: 'active' }, now);
  const beats = opened.map(({ identity: { sessionId } }) => ({ sessionId, seq: 1, state: 'active' as const }));
  return { beat, judge, players, sent, troubles, beats };
}

/** How long an answer takes of the virtual time. */
async function timed<Answer>(answer: Promise<Answer>): Promise<{ readonly answer: Answer; readonly tookMs: number }> {
  const startedMs = performance.now();
  let tookMs: number | null = null;
  void answer.then(() => {
    tookMs = performance.now() - startedMs;
  });
  for (let waitedMs = 0; tookMs === null && waitedMs < 2 * LOOK_UP_MS_MAX; waitedMs += 10) {
    await vi.advanceTimersByTimeAsync(10);
  }
  if (tookMs === null) throw new Error('it is not answered');
  return { answer: await answer, tookMs };
}

test('a beat whose plan has run out waits a moment for a directory that hangs; old facts hold for one interval, then it is asked again', async () => {
  const { beat, players, troubles } = await houseOf(1);
  const { answer, tookMs } = await timed(beat(NOON));
  expect(answer).toMatchObject({ verdict: 'continue', used: { gameMs: 1_000 } });
  expect(tookMs).toBeLessThanOrEqual(LOOK_UP_MS_MAX + 10);
  expect([players.asked, troubles]).toEqual([1, ['a session was renewed with its old facts']]);

  await beat(NOON + INTERVAL_MS - 1);
  expect(players.asked).toBe(1);
  players.answer();
  const next = beat(NOON + INTERVAL_MS);
  await vi.advanceTimersByTimeAsync(1);
  expect(players.asked).toBe(2);
  players.answer();
  expect(await next).toMatchObject({ verdict: 'continue' });
  await beat(NOON + 2 * INTERVAL_MS);
  expect([players.asked, troubles.length]).toEqual([2, 1]);
});

test('a batch waits no longer than a beat, asks few at a time, and nobody waits for a directory of which all look-ups hang', async () => {
  const { beats, judge, players, troubles } = await houseOf(BATCH);
  const { answer, tookMs } = await timed(judge.heartbeats(WORLD, { beats }, NOON));
  expect(answer.map((result) => ('verdict' in result ? result.verdict : result.code))).toEqual(
    Array(BATCH).fill('continue'),
  );
  expect(tookMs).toBeLessThanOrEqual(LOOK_UP_MS_MAX + 10);
  expect([players.asked, troubles.length]).toEqual([AT_ONCE_MAX, BATCH]);
  const again = beats.map((beat) => ({ ...beat, seq: 2 }));
  const { tookMs: thenMs } = await timed(judge.heartbeats(WORLD, { beats: again }, NOON + INTERVAL_MS));
  expect(thenMs).toBeLessThanOrEqual(10);
  expect(players.asked).toBe(AT_ONCE_MAX);

  players.answer();
  await vi.advanceTimersByTimeAsync(1);
  const last = judge.heartbeats(WORLD, { beats: beats.map((beat) => ({ ...beat, seq: 3 })) }, NOON + 2 * INTERVAL_MS);
  for (let round = 0; round <= BATCH / AT_ONCE_MAX; round++) {
    await vi.advanceTimersByTimeAsync(1);
    expect(players.waiting.length).toBeLessThanOrEqual(AT_ONCE_MAX);
    players.answer();
  }
  expect(await last).toHaveLength(BATCH);
  expect([players.asked, troubles.length]).toEqual([AT_ONCE_MAX + BATCH, 2 * BATCH]);
});

test('an answer by a newer policy waits for no renewal; each player is renewed once at a time, and what fails is asked for again', async () => {
  const old = { context: { ...CONTEXT, policyVersion: 0 }, validUntilAt: TODAY.endsAt };
  const { beat, players, troubles } = await houseOf(1, old);
  expect(await beat(NOON)).toMatchObject({ verdict: 'continue' });
  await beat(NOON + 1_000);
  expect(players.asked).toBe(1);
  players.answer();
  await vi.advanceTimersByTimeAsync(1);

  const renewed = beat(NOON + 2_000);
  await vi.advanceTimersByTimeAsync(1);
  players.answer();
  await renewed;
  await beat(NOON + 3_000);
  expect([players.asked, troubles]).toEqual([2, []]);

  const other = await houseOf(1, old);
  other.players.fails = true;
  for (const seq of [1, 2]) {
    await other.beat(NOON + seq);
    await vi.advanceTimersByTimeAsync(1);
  }
  const trouble = 'a session goes on by the plan of an older policy';
  expect([other.players.asked, other.troubles]).toEqual([2, [trouble, trouble]]);
});

test('a beat that is sent again comes as one that has waited since its request came', async () => {
  const { beat, players, sent } = await houseOf(1);
  const cameMs = performance.now();
  const answer = beat(NOON);
  await vi.advanceTimersByTimeAsync(LOOK_UP_MS_MAX - 1);
  players.answer();
  await answer;
  expect(sent.map(({ renewal, sinceMs }) => [renewal !== null, sinceMs])).toEqual([
    [false, cameMs],
    [true, cameMs],
  ]);
});

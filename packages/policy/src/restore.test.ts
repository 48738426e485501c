import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordBeat } from './accrue.ts';
import {
  type DayAccounts,
  EMPTY_DAY,
  type LedgerEntry,
  openSessionRecord,
  type PlayState,
  type SessionPlan,
  type SessionProof,
  type SessionRecord,
} from './index.ts';
import { addInterval, type Interval, measureIntervals, subtractIntervals } from './intervals.ts';
import { PACES, type Pace } from './pace.ts';
import {
  isBehind,
  PROVEN_INTERVALS_MAX,
  proofOf,
  provenPlay,
  restoreDay,
  restoreSession,
  unrecordedPlay,
} from './restore.ts';

const DAY = { date: '2026-10-14', startsAt: 1_000_000_000, endsAt: 1_086_400_000 };
const TEN = DAY.startsAt + 36_000_000;
const SCOPES = ['game', 'provider'] as const;
const PLAN: SessionPlan = {
  day: DAY,
  metered: true,
  attended: true,
  validUntilAt: DAY.endsAt,
  stopsAt: null,
  limitMs: { game: null, provider: null, agent: null, person: null },
  warnMs: null,
  intervalMs: 30_000,
  leaseMs: 90_000,
  reviveMs: 300_000,
};
const PROOF: SessionProof = {
  seq: 7,
  state: 'active',
  pace: 2,
  leaseEndsAt: TEN + 960_000,
  isWarned: false,
  openedAt: TEN,
  lastBeatAt: TEN + 600_000,
  runStartsAt: TEN + 500_000,
  runLeasedMs: 0,
  overrunMs: 0,
  gaps: 0,
  date: DAY.date,
  recent: [{ startsAt: TEN, endsAt: TEN + 100_000 }],
};
const known = (changes: Partial<SessionRecord> = {}): SessionRecord => ({
  ...openSessionRecord(PLAN, SCOPES, TEN),
  seq: 3,
  lastBeatAt: TEN + 200_000,
  ...changes,
});
const ended = (endCause: SessionRecord['endCause']) => known({ endedAt: TEN + 200_000, endCause });

describe('who is behind a proof', () => {
  test.each([
    ['books that know nothing', null, true],
    ['older books', known(), true],
    ['books of the same beat', known({ seq: 7 }), false],
    ['newer books', known({ seq: 8 }), false],
    ['older books that took it for silent', ended('silence'), true],
    ['a session found silent after the proof', known({ endedAt: TEN + 600_000, endCause: 'silence' }), false],
    ['a closed session', ended('closed'), false],
    ['a spent one', ended('game'), false],
    ['one that the agent ended', ended('order'), false],
  ])('%s', (_, session, expected) => {
    expect(isBehind(session, PROOF)).toBe(expected);
  });
});

test('an ended session proves nothing, a long day its last intervals', () => {
  expect(proofOf(ended('closed'), [])).toBeNull();
  const many = Array.from({ length: 9 }, (_, at) => ({ startsAt: TEN + at * 10, endsAt: TEN + at * 10 + 5 }));
  expect(proofOf(known(), many)?.recent).toEqual(many.slice(-PROVEN_INTERVALS_MAX));
});

test('a restored session is the proven one, and asks for a plan of its own', () => {
  const session = restoreSession(PROOF, PLAN, SCOPES);
  expect(proofOf(session, PROOF.recent)).toEqual(PROOF);
  expect(recordBeat(session, {}, { seq: 8, kind: 'active', now: TEN + 630_000, pace: 1, plan: null }).status).toBe(
    'stale',
  );
});

test('what is proven counts once, whatever the books and the record have of it', () => {
  const recorded = {
    ...EMPTY_DAY,
    game: [{ startsAt: TEN, endsAt: TEN + 60_000 }],
    provider: [{ startsAt: TEN, endsAt: TEN + 90_000 }],
  };
  const day = restoreDay(EMPTY_DAY, recorded, provenPlay(PROOF), SCOPES);
  const played = [...PROOF.recent, { startsAt: TEN + 500_000, endsAt: TEN + 600_000 }];
  expect(proofOf(restoreSession(PROOF, PLAN, SCOPES), played)).toEqual(PROOF);
  expect(day).toEqual({ ...EMPTY_DAY, game: played, provider: played });
  expect(restoreDay(day, recorded, provenPlay(PROOF), SCOPES)).toEqual(day);
  expect(unrecordedPlay(PROOF, recorded.game)).toEqual([{ startsAt: TEN + 60_000, endsAt: TEN + 100_000 }]);
});

test('a difference of intervals', () => {
  const interval = fc.tuple(fc.nat(30), fc.nat(10)).map(([at, length]) => ({ startsAt: at, endsAt: at + length }));
  const list = fc
    .array(interval, { maxLength: 6 })
    .map((all) => all.reduce<readonly Interval[]>((to, one) => addInterval(to, one), []));
  const has = (intervals: readonly Interval[], at: number) =>
    intervals.some(({ endsAt, startsAt }) => startsAt <= at && at < endsAt);
  fc.assert(
    fc.property(list, list, (left, right) => {
      const rest = subtractIntervals(left, right);
      for (let at = 0; at < 45; at++) expect(has(rest, at)).toBe(has(left, at) && !has(right, at));
    }),
  );
});

/** A session, its day and the record; what is lost comes back by the receipt that its client last got. */
class Books {
  session: SessionRecord | null = openSessionRecord(PLAN, SCOPES, TEN);
  day: DayAccounts = EMPTY_DAY;
  recorded: readonly Interval[] = [];
  waiting: readonly Interval[] = [];
  receipt = proofOf(this.session!, [])!;

  beat(kind: PlayState | 'close', seq: number, now: number, { isAnswered = true, pace = 1 as Pace } = {}): void {
    if (isBehind(this.session, this.receipt)) this.restore();
    let outcome = recordBeat(this.session!, { [DAY.date]: this.day }, { seq, kind, now, pace, plan: null });
    if (outcome.status === 'stale') {
      outcome = recordBeat(this.session!, { [DAY.date]: this.day }, { seq, kind, now, pace, plan: PLAN });
    }
    this.session = outcome.session;
    this.day = outcome.days[DAY.date]!;
    this.note(outcome.entries);
    const proof = proofOf(this.session, this.day.game);
    if (isAnswered && proof !== null) this.receipt = proof;
  }

  private restore(): void {
    const unrecorded = unrecordedPlay(this.receipt, this.recorded);
    this.waiting = [...this.waiting, ...unrecorded];
    const recorded = { ...EMPTY_DAY, game: this.recorded, provider: this.recorded };
    this.day = restoreDay(this.day, recorded, provenPlay(this.receipt), SCOPES);
    this.session = restoreSession(this.receipt, PLAN, SCOPES);
  }

  private note(entries: readonly LedgerEntry[]): void {
    const played = entries.filter((entry) => entry.kind === 'play');
    this.waiting = [...this.waiting, ...played.map(({ endsAt, startsAt }) => ({ startsAt, endsAt }))];
  }

  pump(): void {
    for (const played of this.waiting) this.recorded = addInterval(this.recorded, played);
    this.waiting = [];
  }

  copy(): Pick<Books, 'session' | 'day' | 'waiting'> {
    return { session: this.session, day: this.day, waiting: this.waiting };
  }
}

const act = fc.record({
  stepMs: fc.constantFrom(0, 1, 15_000, 30_000, 60_000, 90_000, 90_001, 200_000, 360_001, 400_000),
  pace: fc.constantFrom(...PACES),
  kind: fc.constantFrom<PlayState>('active', 'active', 'active', 'paused'),
  isPumped: fc.boolean(),
  loss: fc.constantFrom(null, null, null, 'everything', 'since a snapshot'),
  isSnapshot: fc.boolean(),
});

test('where every answer arrived, lost books come to exactly what they would have been, and so does the record', () => {
  let lossesSeen = 0;
  fc.assert(
    fc.property(fc.array(act, { minLength: 2, maxLength: 30 }), (acts) => {
      const [whole, lossy] = [new Books(), new Books()];
      let [now, seq] = [TEN, 0];
      let snapshot = lossy.copy();
      for (const { isPumped, isSnapshot, kind, loss, pace, stepMs } of acts) {
        now += stepMs;
        seq++;
        for (const books of [whole, lossy]) books.beat(kind, seq, now, { pace });
        if (isPumped || lossy.waiting.length >= PROVEN_INTERVALS_MAX - 1) lossy.pump();
        if (isSnapshot) snapshot = lossy.copy();
        if (loss === null) continue;
        lossesSeen++;
        Object.assign(lossy, loss === 'everything' ? { session: null, day: EMPTY_DAY, waiting: [] } : snapshot);
      }
      for (const books of [whole, lossy]) books.beat('close', seq + 1, now);
      expect(lossy.day).toEqual(whole.day);
      lossy.pump();
      expect(lossy.recorded).toEqual(lossy.day.game);
    }),
    { numRuns: 5_000 },
  );
  expect(lossesSeen).toBeGreaterThan(1_000);
});

test.each([
  ['within the lease of the last receipt all of it counts', 120_000, 120_000],
  ['after it, an interval', 120_001, 60_000],
])('an answer that was lost with the books: %s', (_, atMs, expectedMs) => {
  const books = new Books();
  books.beat('active', 1, TEN + 30_000);
  books.beat('active', 2, TEN + 60_000, { isAnswered: false });
  Object.assign(books, { session: null, day: EMPTY_DAY, waiting: [] });
  books.beat('active', 3, TEN + atMs);
  expect(measureIntervals(books.day.game)).toBe(expectedMs);
});

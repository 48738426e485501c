// Sessions whose interval and lease rise and fall with the load of the gateway.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordBeat } from './accrue.ts';
import { intervalAt, PACES, type Pace } from './pace.ts';
import {
  type Beat,
  type BeatOutcome,
  type DayLedger,
  EMPTY_DAY,
  isLive,
  type LedgerEntry,
  openSessionRecord,
  type SessionPlan,
  type SessionRecord,
  usedOfDay,
} from './session-record.ts';

const HOUR = 3_600_000;
const TODAY = { date: '2026-10-14', startsAt: 0, endsAt: 24 * HOUR };
const TOMORROW = { date: '2026-10-15', startsAt: 24 * HOUR, endsAt: 48 * HOUR };
const TEN = 10 * HOUR;
const [INTERVAL, LEASE, REVIVE] = [30_000, 90_000, 300_000];
const PLAN: SessionPlan = {
  day: TODAY,
  metered: true,
  attended: true,
  validUntilAt: TODAY.endsAt,
  stopsAt: null,
  limitMs: { game: null, provider: null, agent: null, person: null },
  warnMs: null,
  intervalMs: INTERVAL,
  leaseMs: LEASE,
  reviveMs: REVIVE,
};

class Play {
  session: SessionRecord;
  days: DayLedger = {};
  readonly entries: LedgerEntry[] = [];

  constructor(pace: Pace, plan: SessionPlan = PLAN, openedAt = TEN) {
    this.session = openSessionRecord(plan, ['game', 'provider'], openedAt, pace);
  }

  beat(now: number, pace: Pace | null, changes: Partial<Beat> = {}): BeatOutcome {
    const seq = this.session.seq + 1;
    const outcome = recordBeat(this.session, this.days, { seq, kind: 'active', plan: null, ...changes, now, pace });
    this.session = outcome.session;
    this.days = outcome.days;
    this.entries.push(...outcome.entries);
    return outcome;
  }

  get usedMs(): number {
    return usedOfDay(this.days[this.session.plan.day.date] ?? EMPTY_DAY).game;
  }
}

describe.each(PACES)('a silence at pace %i', (pace) => {
  test.each([
    ['of the lease counts whole', 0, LEASE * pace, 0],
    ['beyond it counts an interval and is a gap', 1, INTERVAL * pace, 1],
  ])('%s', (_, moreMs, counted, gaps) => {
    const play = new Play(pace);
    play.beat(TEN + LEASE * pace + moreMs, 1);
    expect(play.usedMs).toBe(counted);
    expect(play.session).toMatchObject({ gaps, endedAt: null });
  });

  test('is leased past two intervals', () => {
    const play = new Play(pace);
    play.beat(TEN + 2 * INTERVAL * pace, pace);
    play.beat(play.session.lastBeatAt + 2 * INTERVAL * pace + 1, pace);
    play.beat(play.session.lastBeatAt, null, { kind: 'close' });
    expect(play.entries.find(({ kind }) => kind === 'play')).toMatchObject({ leasedMs: 2 * INTERVAL * pace + 1 });
  });

  test('ends the session when its lease and the revival of the policy are over', () => {
    const session = openSessionRecord(PLAN, ['game', 'provider'], TEN, pace);
    const lastAt = TEN + LEASE * pace + REVIVE;
    expect([isLive(session, lastAt), isLive(session, lastAt + 1)]).toEqual([true, false]);
  });

  test('after the end counts as overrun by the pace that was told last', () => {
    const play = new Play(pace);
    play.beat(TEN + INTERVAL, null, { kind: 'order', seq: null });
    play.beat(TEN + INTERVAL + LEASE * pace, 1);
    expect(play.session).toMatchObject({ overrunMs: LEASE * pace, pace });
    expect(play.entries.filter(({ kind }) => kind === 'overrun')).toHaveLength(1);
    play.beat(play.session.leaseEndsAt + 1, 1);
    expect(play.session.overrunMs).toBe(LEASE * pace + INTERVAL * pace);
  });
});

test('a beat sets the pace of the silence after it, never of the one before', () => {
  const play = new Play(4);
  play.beat(TEN + 300_000, 1);
  expect([play.usedMs, play.session.gaps, play.session.pace]).toEqual([300_000, 0, 1]);
  play.beat(TEN + 400_000, 4);
  expect([play.usedMs, play.session.gaps, play.session.pace]).toEqual([300_000 + INTERVAL, 1, 4]);
});

test('a lease that was told stands until it is over, as the answer that shortens it may be lost', () => {
  const play = new Play(4);
  play.beat(TEN + INTERVAL, 1);
  expect(play.session.leaseEndsAt).toBe(TEN + 4 * LEASE);
  play.beat(TEN + 4 * LEASE, 1);
  expect([play.usedMs, play.session.gaps, play.session.leaseEndsAt]).toEqual([4 * LEASE, 0, TEN + 5 * LEASE]);
  play.beat(TEN + 5 * LEASE + 1, 1);
  expect([play.usedMs, play.session.gaps]).toEqual([4 * LEASE + INTERVAL, 1]);
});

test('a pause takes the pace as play does', () => {
  const play = new Play(1);
  play.beat(TEN + INTERVAL, 4, { kind: 'paused' });
  play.beat(TEN + INTERVAL + 4 * LEASE, 1);
  expect([play.usedMs, play.session.gaps, play.session.pace]).toEqual([INTERVAL, 0, 1]);
});

test('a repeated beat, a close and an order leave the pace, and so does a beat after the end', () => {
  const play = new Play(2);
  play.beat(TEN + INTERVAL, 4);
  expect(play.beat(TEN + INTERVAL, 1, { seq: 1 })).toMatchObject({ status: 'repeated', session: { pace: 4 } });
  for (const change of [{ kind: 'order' }, { kind: 'active' }, { kind: 'close' }] as const) {
    play.beat(TEN + 2 * INTERVAL, 1, change);
    expect(play.session.pace).toBe(4);
  }
});

test('a new plan has times of its own, at the pace of the beat that brings it', () => {
  const play = new Play(2, PLAN, 24 * HOUR - 2 * LEASE);
  const slower = { ...PLAN, day: TOMORROW, validUntilAt: TOMORROW.endsAt, intervalMs: 40_000, leaseMs: 100_000 };
  expect(play.beat(TOMORROW.startsAt, 4)).toMatchObject({ status: 'stale', session: { pace: 2 } });
  play.beat(TOMORROW.startsAt, 4, { plan: slower });
  expect(play.session).toMatchObject({ gaps: 0, pace: 4, plan: slower });
  play.beat(TOMORROW.startsAt + 400_000, 1);
  expect([play.usedMs, play.session.gaps]).toEqual([400_000, 0]);
  play.beat(TOMORROW.startsAt + 500_001, 1);
  expect([play.usedMs, play.session.gaps]).toEqual([440_000, 1]);
});

describe('laws', () => {
  const step = fc.record({ pace: fc.constantFrom(...PACES), share: fc.integer({ min: 0, max: 100 }) });

  test('a lease is never taken back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PACES), fc.array(step, { minLength: 1, maxLength: 40 }), (first, steps) => {
        const play = new Play(first);
        for (const { pace, share } of steps) {
          const { leaseEndsAt } = play.session;
          play.beat(play.session.lastBeatAt + share * 1_000, pace);
          expect(play.session.leaseEndsAt).toBeGreaterThanOrEqual(leaseEndsAt);
        }
      }),
    );
  });

  test('who beats within the lease that it was told is counted whole, however the pace goes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PACES), fc.array(step, { minLength: 1, maxLength: 40 }), (first, steps) => {
        const play = new Play(first);
        let now = TEN;
        for (const { pace, share } of steps) {
          now += Math.floor(((play.session.leaseEndsAt - now) * share) / 100);
          play.beat(now, pace);
        }
        expect([play.usedMs, play.session.gaps]).toEqual([now - TEN, 0]);
      }),
    );
  });

  test('a longer silence counts one interval of those that were told, never more', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PACES), fc.array(step, { minLength: 1, maxLength: 40 }), (first, steps) => {
        const play = new Play(first);
        let [now, counted] = [TEN, 0];
        for (const { pace, share } of steps) {
          const told = play.session.pace;
          now = play.session.leaseEndsAt + 1 + Math.floor((REVIVE * share) / 101);
          counted += intervalAt(PLAN, told);
          play.beat(now, pace);
        }
        expect([play.usedMs, play.session.gaps]).toEqual([counted, steps.length]);
      }),
    );
  });
});

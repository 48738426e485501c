import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endAtLastBeat, recordBeat } from './accrue.ts';
import { measureIntervals, unionIntervals } from './intervals.ts';
import {
  admitSession,
  type Beat,
  type BeatOutcome,
  type DayLedger,
  EMPTY_DAY,
  type LedgerEntry,
  openSessionRecord,
  type SessionPlan,
  type SessionRecord,
  usedOfDay,
} from './session-record.ts';
import type { CalendarDay } from './time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TODAY: CalendarDay = { date: '2026-10-14', startsAt: 0, endsAt: 24 * HOUR };
const TOMORROW: CalendarDay = { date: '2026-10-15', startsAt: 24 * HOUR, endsAt: 48 * HOUR };
const INTERVAL = 30_000;
const LEASE = 90_000;
const REVIVE = 5 * MINUTE;

const planOf = (day: CalendarDay, changes: Partial<SessionPlan> = {}): SessionPlan => ({
  day,
  metered: true,
  attended: true,
  validUntilAt: day.endsAt,
  stopsAt: null,
  limitMs: { game: HOUR, provider: 3 * HOUR, agent: null, person: null },
  warnMs: null,
  intervalMs: INTERVAL,
  leaseMs: LEASE,
  reviveMs: REVIVE,
  ...changes,
});

/** A session whose beats are played one after the other on one ledger. */
class Play {
  session: SessionRecord;
  days: DayLedger;
  readonly entries: LedgerEntry[] = [];

  constructor(openedAt: number, plan = planOf(TODAY), days: DayLedger = {}) {
    this.session = openSessionRecord(plan, ['game', 'provider'], openedAt);
    this.days = days;
  }

  beat(now: number, changes: Partial<Beat> = {}): BeatOutcome {
    const seq = changes.seq === undefined ? this.session.seq + 1 : changes.seq;
    const outcome = recordBeat(this.session, this.days, { kind: 'active', pace: 1, plan: null, ...changes, seq, now });
    this.session = outcome.session;
    this.days = outcome.days;
    this.entries.push(...outcome.entries);
    return outcome;
  }

  used(day = TODAY) {
    return usedOfDay(this.days[day.date] ?? EMPTY_DAY);
  }
}

describe('a beat', () => {
  test('credits the whole gap up to the lease, one interval beyond it', () => {
    for (const [gap, counted] of [
      [LEASE - 1, LEASE - 1],
      [LEASE, LEASE],
      [LEASE + 1, INTERVAL],
    ] as const) {
      const play = new Play(10 * HOUR);
      play.beat(10 * HOUR + gap);
      expect(play.used()).toEqual({ game: counted, provider: counted, agent: 0, person: 0 });
      expect(play.session.gaps).toBe(gap > LEASE ? 1 : 0);
    }
  });

  test('of a session silent past its revival ends it at its last proof of play', () => {
    const play = new Play(10 * HOUR);
    play.beat(10 * HOUR + INTERVAL);
    const back = play.beat(10 * HOUR + INTERVAL + LEASE + REVIVE + 1);
    expect(back.session).toMatchObject({ endCause: 'silence', endedAt: 10 * HOUR + INTERVAL });
    expect(play.used().game).toBe(INTERVAL);
    const alive = new Play(10 * HOUR);
    alive.beat(10 * HOUR + LEASE + REVIVE);
    expect(alive.session.endedAt).toBeNull();
  });

  test('with a repeated or older number changes nothing', () => {
    const play = new Play(10 * HOUR);
    play.beat(10 * HOUR + INTERVAL, { seq: 3 });
    for (const seq of [1, 2, 3]) {
      const before = { session: play.session, days: play.days };
      expect(play.beat(10 * HOUR + 2 * INTERVAL, { seq })).toMatchObject({
        status: 'repeated',
        entries: [],
        ...before,
      });
    }
  });

  test('never goes back in time', () => {
    const play = new Play(10 * HOUR);
    play.beat(10 * HOUR + INTERVAL);
    play.beat(9 * HOUR);
    expect(play.session.lastBeatAt).toBe(10 * HOUR + INTERVAL);
    expect(play.used().game).toBe(INTERVAL);
  });

  test('holds its state from itself on: time after a pause is not counted, time before it is', () => {
    const play = new Play(10 * HOUR);
    play.beat(10 * HOUR + INTERVAL, { kind: 'paused' });
    play.beat(10 * HOUR + 2 * INTERVAL, { kind: 'paused' });
    play.beat(10 * HOUR + 3 * INTERVAL, { kind: 'active' });
    play.beat(10 * HOUR + 4 * INTERVAL, { kind: 'active' });
    expect(play.used().game).toBe(2 * INTERVAL);
    expect(play.entries.map((entry) => entry.kind)).toEqual(['play', 'paused', 'resumed']);
  });
});

describe('limits', () => {
  test('end a session at t, not at t-1, and count up to the beat that reports it', () => {
    const almost = planOf(TODAY, { limitMs: { game: 2 * INTERVAL + 1, provider: null, agent: null, person: null } });
    const before = new Play(10 * HOUR, almost);
    before.beat(10 * HOUR + 2 * INTERVAL);
    expect(before.session.endedAt).toBeNull();
    const late = before.beat(10 * HOUR + 3 * INTERVAL);
    expect(late.session).toMatchObject({
      endCause: 'game',
      endedAt: 10 * HOUR + 3 * INTERVAL,
      limitAt: 10 * HOUR + 2 * INTERVAL + 1,
      overrunMs: INTERVAL - 1,
    });
    expect(before.used().game).toBe(3 * INTERVAL);
  });

  test('name the narrower scope of several that are spent at once, else the one that ran out first', () => {
    const limited = (game: number, provider: number) =>
      new Play(10 * HOUR, planOf(TODAY, { limitMs: { game, provider, agent: null, person: null } }));
    expect(limited(INTERVAL, INTERVAL).beat(10 * HOUR + INTERVAL).session.endCause).toBe('game');
    expect(limited(INTERVAL, INTERVAL - 1).beat(10 * HOUR + INTERVAL).session.endCause).toBe('provider');
  });

  test('after the end nothing counts; it is overrun', () => {
    const play = new Play(
      10 * HOUR,
      planOf(TODAY, { limitMs: { game: INTERVAL, provider: null, agent: null, person: null } }),
    );
    play.beat(10 * HOUR + INTERVAL);
    play.beat(10 * HOUR + 2 * INTERVAL);
    play.beat(10 * HOUR + 3 * INTERVAL);
    expect(play.used().game).toBe(INTERVAL);
    expect(play.session.overrunMs).toBe(2 * INTERVAL);
  });

  test('overrun is noted once per interval of it, and by the close', () => {
    const play = new Play(
      10 * HOUR,
      planOf(TODAY, { limitMs: { game: INTERVAL, provider: null, agent: null, person: null } }),
    );
    const atEnd = 10 * HOUR + INTERVAL + 4;
    play.beat(atEnd);
    const third = INTERVAL / 3;
    for (let beats = 1; beats <= 7; beats += 1) play.beat(atEnd + beats * third);
    play.beat(atEnd + 10 * third, { kind: 'close', seq: null });
    play.beat(atEnd + 13 * third);
    expect(play.entries.filter(({ kind }) => kind === 'overrun' || kind === 'closed')).toEqual([
      { kind: 'overrun', at: atEnd + INTERVAL, overrunMs: INTERVAL + 4 },
      { kind: 'overrun', at: atEnd + 2 * INTERVAL, overrunMs: 2 * INTERVAL + 4 },
      { kind: 'closed', at: atEnd + 10 * third, overrunMs: 10 * third + 4 },
    ]);
  });

  test('a game that says it is paused after the end runs over no longer', () => {
    const play = new Play(10 * HOUR, planOf(TODAY, { stopsAt: 10 * HOUR + INTERVAL }));
    play.beat(10 * HOUR + INTERVAL, { kind: 'paused' });
    play.beat(10 * HOUR + 5 * INTERVAL);
    expect(play.session.overrunMs).toBe(0);
    expect(play.entries.map(({ kind }) => kind)).not.toContain('overrun');
  });

  test('an edge ends play at the edge', () => {
    const play = new Play(21 * HOUR - INTERVAL, planOf(TODAY, { stopsAt: 21 * HOUR }));
    play.beat(21 * HOUR - 1);
    expect(play.session.endedAt).toBeNull();
    play.beat(21 * HOUR + 7);
    expect(play.session).toMatchObject({ endedAt: 21 * HOUR, endCause: 'stop', limitAt: 21 * HOUR, overrunMs: 7 });
    expect(play.used().game).toBe(INTERVAL);
  });

  test.each([
    [HOUR, HOUR, 'spent'],
    [HOUR - 1, HOUR - 1, 'too_little_left'],
    [HOUR - 1000, HOUR - 1000, 'admitted'],
    [0, 3 * HOUR, 'spent'],
  ])('admission with %i and %i ms used is %s', (game, provider, wanted) => {
    expect(admitSession(planOf(TODAY), { game, provider, agent: 0, person: 0 }, 1000, 10 * HOUR)).toBe(wanted);
  });

  test('a rest that midnight refills before it is spent is enough to start', () => {
    expect(
      admitSession(planOf(TODAY), { game: HOUR - 500, provider: 0, agent: 0, person: 0 }, 1000, TODAY.endsAt - 400),
    ).toBe('admitted');
  });
});

describe('midnight', () => {
  test('without a plan for the new day the beat is stale and changes nothing', () => {
    const play = new Play(23 * HOUR + 59 * MINUTE);
    const before = play.session;
    expect(play.beat(24 * HOUR)).toMatchObject({ status: 'stale', entries: [] });
    expect(play.session).toBe(before);
  });

  test('23:40 to 00:20 is 20 minutes on each day', () => {
    const play = new Play(23 * HOUR + 40 * MINUTE + 7);
    for (let now = play.session.openedAt; now < 24 * HOUR + 20 * MINUTE; ) {
      now = Math.min(now + INTERVAL, 24 * HOUR + 20 * MINUTE);
      play.beat(now, { plan: now >= 24 * HOUR ? planOf(TOMORROW) : null });
    }
    play.beat(24 * HOUR + 20 * MINUTE, { kind: 'close', seq: null });
    expect([play.used(TODAY).game, play.used(TOMORROW).game]).toEqual([20 * MINUTE - 7, 20 * MINUTE]);
    expect(play.entries.filter((entry) => entry.kind === 'play')).toEqual([
      { kind: 'play', date: TODAY.date, startsAt: 23 * HOUR + 40 * MINUTE + 7, endsAt: 24 * HOUR, leasedMs: 0 },
      { kind: 'play', date: TOMORROW.date, startsAt: 24 * HOUR, endsAt: 24 * HOUR + 20 * MINUTE, leasedMs: 0 },
    ]);
  });
});

test('a close whose number was used before still closes, once', () => {
  const play = new Play(10 * HOUR);
  play.beat(10 * HOUR + 30_000, { seq: 7 });
  play.beat(10 * HOUR + 45_000, { kind: 'close', seq: 7 });
  expect(play.session).toMatchObject({ closedAt: 10 * HOUR + 45_000, endCause: 'closed', seq: 7 });
  expect(play.beat(11 * HOUR, { kind: 'close', seq: 9 }).status).toBe('repeated');
});

test('closing credits the last stretch, twice closing is once', () => {
  const play = new Play(10 * HOUR);
  play.beat(10 * HOUR + 1234, { kind: 'close', seq: null });
  const again = play.beat(11 * HOUR, { kind: 'close', seq: null });
  expect(again.status).toBe('repeated');
  expect(play.session).toMatchObject({ closedAt: 10 * HOUR + 1234, endCause: 'closed' });
  expect(play.used().game).toBe(1234);
});

test('an end from outside counts nothing after the last beat', () => {
  const play = new Play(10 * HOUR);
  play.beat(10 * HOUR + INTERVAL);
  const ended = endAtLastBeat(play.session, play.days, 'takeover');
  expect(ended.entries).toEqual([
    { kind: 'play', date: TODAY.date, startsAt: 10 * HOUR, endsAt: 10 * HOUR + INTERVAL, leasedMs: 0 },
    {
      kind: 'ended',
      at: 10 * HOUR + INTERVAL,
      cause: 'takeover',
      limitAt: null,
      orderedAt: null,
      used: { game: INTERVAL, provider: INTERVAL, agent: 0, person: 0 },
      limitMs: { game: HOUR, provider: 3 * HOUR, agent: null, person: null },
      overrunMs: 0,
      gaps: 0,
    },
  ]);
});

test('unmetered play is not counted and is never lost to silence', () => {
  const session = openSessionRecord(
    planOf(TODAY, { metered: false, attended: false }),
    ['game', 'provider'],
    10 * HOUR,
  );
  const outcome = recordBeat(session, {}, { seq: 1, kind: 'active', now: 15 * HOUR, pace: 1, plan: null });
  expect(outcome).toMatchObject({ status: 'recorded', days: {}, entries: [] });
  expect(outcome.session.endedAt).toBeNull();
});

test('a minor who comes of age at midnight is counted until then', () => {
  const play = new Play(24 * HOUR - MINUTE);
  const free = planOf(TOMORROW, {
    metered: false,
    attended: false,
    limitMs: { game: null, provider: null, agent: null, person: null },
  });
  play.beat(24 * HOUR + 20_000, { plan: free });
  play.beat(30 * HOUR, { kind: 'close', seq: null });
  expect([play.used(TODAY).game, play.used(TOMORROW).game]).toEqual([MINUTE, 0]);
  expect(play.session).toMatchObject({ endCause: 'closed', gaps: 0 });
  expect(play.entries.filter((entry) => entry.kind === 'play')).toHaveLength(1);
});

test('an attended session that is not counted is lost to silence, and its gaps are told', () => {
  const seat = planOf(TODAY, { metered: false, limitMs: { game: null, provider: null, agent: null, person: null } });
  const play = new Play(10 * HOUR, seat);
  play.beat(10 * HOUR + LEASE + 1);
  expect(play.used().game).toBe(0);
  expect(play.entries).toEqual([{ kind: 'gap', startsAt: 10 * HOUR, endsAt: 10 * HOUR + LEASE + 1 }]);
  const lastBeatAt = play.session.lastBeatAt;
  play.beat(lastBeatAt + LEASE + REVIVE + 1);
  expect(play.session).toMatchObject({ endCause: 'silence', endedAt: lastBeatAt });
});

describe('what was credited across a missed beat', () => {
  const leasedOf = (play: Play) => play.entries.flatMap((entry) => (entry.kind === 'play' ? [entry.leasedMs] : []));

  test.each([
    [2 * INTERVAL, 0],
    [2 * INTERVAL + 1, 2 * INTERVAL + 1],
    [LEASE, LEASE],
    [LEASE + 1, INTERVAL],
  ])('of a silence of %i ms is %i ms', (silentMs, leasedMs) => {
    const play = new Play(10 * HOUR);
    play.beat(10 * HOUR + INTERVAL, {});
    play.beat(10 * HOUR + INTERVAL + silentMs, {});
    play.beat(10 * HOUR + 2 * INTERVAL + silentMs, { kind: 'close', seq: null });
    expect(leasedOf(play).reduce((sum, ms) => sum + ms, 0)).toBe(leasedMs);
  });

  test('is split at midnight like the play itself', () => {
    const play = new Play(24 * HOUR - 50_000);
    play.beat(24 * HOUR + 30_000, { plan: planOf(TOMORROW) });
    play.beat(24 * HOUR + 40_000, { kind: 'close', seq: null });
    expect(leasedOf(play)).toEqual([50_000, 30_000]);
  });
});

describe('the first warning', () => {
  const limited = (changes: Partial<SessionPlan>) =>
    planOf(TODAY, {
      warnMs: 15 * MINUTE,
      limitMs: { game: HOUR, provider: null, agent: null, person: null },
      ...changes,
    });
  const warningsOf = (play: Play) => play.entries.filter((entry) => entry.kind === 'warned');
  const playOn = (play: Play, untilAt: number) => {
    for (let now = play.session.openedAt + INTERVAL; now < untilAt; now += INTERVAL) play.beat(now);
    play.beat(untilAt);
  };

  test('is noted once, at the first beat with as little left', () => {
    const play = new Play(10 * HOUR, limited({}));
    playOn(play, 10 * HOUR + 45 * MINUTE - 1);
    expect(warningsOf(play)).toEqual([]);
    play.beat(10 * HOUR + 45 * MINUTE);
    playOn(play, 10 * HOUR + 50 * MINUTE);
    expect(warningsOf(play)).toEqual([{ kind: 'warned', at: 10 * HOUR + 45 * MINUTE, leftMs: 15 * MINUTE }]);
  });

  test('is for an edge of time too, also of play that is not counted', () => {
    const stopsAt = 10 * HOUR + 10 * MINUTE;
    const free = { game: null, provider: null, agent: null, person: null };
    const play = new Play(10 * HOUR, limited({ metered: false, stopsAt, limitMs: free }));
    play.beat(10 * HOUR + INTERVAL);
    expect(warningsOf(play)).toMatchObject([{ leftMs: 10 * MINUTE - INTERVAL }]);
  });

  test('is not for a limit that midnight refills first, but for the same limit of the next day', () => {
    const refilled = new Play(
      TODAY.endsAt - 5 * MINUTE,
      limited({ limitMs: { ...limited({}).limitMs, game: 20 * MINUTE } }),
    );
    refilled.beat(TODAY.endsAt - 4 * MINUTE);
    expect(warningsOf(refilled)).toEqual([]);
    const short = new Play(
      TODAY.endsAt - 5 * MINUTE,
      limited({ limitMs: { ...limited({}).limitMs, game: 8 * MINUTE } }),
    );
    short.beat(TODAY.endsAt - 4 * MINUTE);
    expect(warningsOf(short)).toMatchObject([{ leftMs: 12 * MINUTE }]);
  });

  test('is not at a beat that ends the session', () => {
    const play = new Play(10 * HOUR, limited({ limitMs: { ...limited({}).limitMs, game: INTERVAL } }));
    play.beat(10 * HOUR + INTERVAL);
    expect(play.entries.map(({ kind }) => kind)).toEqual(['play', 'ended']);
  });
});

describe('an order from outside', () => {
  const order = { kind: 'order', seq: null } as const;

  test('credits like a beat and ends the session without closing it, once', () => {
    const play = new Play(10 * HOUR);
    play.beat(10 * HOUR + INTERVAL);
    const now = 10 * HOUR + INTERVAL + 1234;
    play.beat(now, order);
    expect(play.session).toMatchObject({ seq: 1, endCause: 'order', endedAt: now, limitAt: null, closedAt: null });
    expect(play.used().game).toBe(INTERVAL + 1234);
    expect(play.entries.at(-1)).toMatchObject({ kind: 'ended', cause: 'order', at: now, orderedAt: now });
    expect(play.beat(now + 1, order).status).toBe('repeated');
    play.beat(now + INTERVAL);
    expect(play.session).toMatchObject({ seq: 2, overrunMs: INTERVAL });
    expect(play.used().game).toBe(INTERVAL + 1234);
  });

  test('finds a limit that was reached before it', () => {
    const play = new Play(10 * HOUR, planOf(TODAY, { limitMs: { ...planOf(TODAY).limitMs, game: INTERVAL } }));
    play.beat(10 * HOUR + 2 * INTERVAL, order);
    expect(play.session).toMatchObject({ endCause: 'game', limitAt: 10 * HOUR + INTERVAL });
  });

  test('needs no plan: past the old one nothing is counted', () => {
    const play = new Play(TODAY.endsAt - INTERVAL);
    expect(play.beat(TODAY.endsAt + 10_000, order).status).toBe('recorded');
    expect(play.session).toMatchObject({ endCause: 'order', endedAt: TODAY.endsAt + 10_000 });
    expect(play.entries[0]).toMatchObject({ kind: 'play', endsAt: TODAY.endsAt });
    expect([play.used(TODAY).game, play.used(TOMORROW).game]).toEqual([INTERVAL, 0]);
  });
});

test.each([
  ['a beat that finds the limit reached', {}, 10 * HOUR + 2 * INTERVAL],
  ['a close that does', { kind: 'close', seq: null } as const, null],
])('%s tells the end at %i', (_, changes, orderedAt) => {
  const play = new Play(10 * HOUR, planOf(TODAY, { limitMs: { ...planOf(TODAY).limitMs, game: INTERVAL } }));
  play.beat(10 * HOUR + 2 * INTERVAL, changes);
  const ended = play.entries.find((entry) => entry.kind === 'ended');
  expect(ended).toMatchObject({ cause: 'game', limitAt: 10 * HOUR + INTERVAL, orderedAt, overrunMs: INTERVAL });
});

describe('laws', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 2 * LEASE }), { minLength: 1, maxLength: 40 });
  const unlimited = planOf(TODAY, { limitMs: { game: null, provider: null, agent: null, person: null } });

  test('counted time is at most the wall time and never negative', () => {
    fc.assert(
      fc.property(gaps, (steps) => {
        const play = new Play(HOUR, unlimited);
        let now = HOUR;
        for (const step of steps) {
          now += step;
          play.beat(now);
        }
        expect(play.used().game).toBeGreaterThanOrEqual(0);
        expect(play.used().game).toBeLessThanOrEqual(now - HOUR);
      }),
    );
  });

  test('splitting a beat in two gives the same total while gaps stay within the lease', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: LEASE }), { minLength: 1 }), fc.nat(), (steps, where) => {
        const once = new Play(HOUR, unlimited);
        const twice = new Play(HOUR, unlimited);
        let now = HOUR;
        for (const step of steps) {
          twice.beat(now + 1 + (where % (step - 1)));
          now += step;
          once.beat(now);
          twice.beat(now);
        }
        expect(twice.used()).toEqual(once.used());
      }),
    );
  });

  test('beats at given instants in any order and number give one ledger, up to the newest', () => {
    const deliveries = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: LEASE })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(deliveries, (given) => {
        const play = new Play(HOUR, unlimited);
        let now = HOUR;
        let newest = 0;
        let provenAt = HOUR;
        for (const [seq, step] of given) {
          now += step;
          play.beat(now, { seq });
          if (seq <= newest) continue;
          newest = seq;
          provenAt = now;
        }
        expect(play.session.seq).toBe(newest);
        expect(play.session.lastBeatAt).toBe(provenAt);
        expect(play.used().game).toBeLessThanOrEqual(provenAt - HOUR);
      }),
    );
  });

  test('parallel devices count as the union, however their beats interleave', () => {
    const device = fc.record({ startsAt: fc.nat(2 * HOUR), beats: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(device, { minLength: 1, maxLength: 4 }), (devices) => {
        let days: DayLedger = {};
        for (const { startsAt, beats } of devices) {
          const play = new Play(startsAt, unlimited, days);
          for (let beat = 1; beat <= beats; beat++) play.beat(startsAt + beat * INTERVAL);
          days = play.days;
        }
        const union = devices.reduce<readonly { startsAt: number; endsAt: number }[]>(
          (sum, { startsAt, beats }) => unionIntervals(sum, [{ startsAt, endsAt: startsAt + beats * INTERVAL }]),
          [],
        );
        expect(usedOfDay(days[TODAY.date] ?? EMPTY_DAY).provider).toBe(measureIntervals(union));
      }),
    );
  });
});

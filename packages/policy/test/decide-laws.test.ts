// Laws that hold for any policy: generated documents with windows, opening hours and budgets in zones with and
// without clock changes.
import {
  type AllowanceRequest,
  type Budget,
  clipInterval,
  DAY_MS,
  type DayKind,
  dayOf,
  decideBeat,
  decideStart,
  foretellNextStart,
  HOUR_MS,
  type Instant,
  nextPlayableAt,
  type Policy,
  resolveAllowance,
  type UsedByScope,
  type Window,
} from '@playgate/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packs } from './policies.ts';

const base = packs.get('cn-nppa-2021')!.document;
const SOURCE = { cite: 'none', verified: false };
const SCOPES = ['game', 'provider', 'agent', 'person'] as const;
const NOTHING: UsedByScope = { game: 0, provider: 0, agent: 0, person: 0 };
const FRESH = { player: { ageBand: '16_17', verified: true, verifiedPhoneCountry: null, hasGuardian: false } } as const;

const anyTime = fc.integer({ min: 0, max: 95 }).map((quarters) => {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(quarters / 4))}:${two((quarters % 4) * 15)}`;
});
const anyDays = fc.uniqueArray(fc.constantFrom<DayKind>('mon', 'wed', 'fri', 'sat', 'sun', 'holiday', 'workday'), {
  minLength: 1,
});
const anyWindow = fc.record({ days: anyDays, from: anyTime, to: anyTime, effect: fc.constantFrom('allow', 'forbid') });
const anyBudget = fc.record({
  scope: fc.constantFrom('game', 'provider', 'agent', 'person'),
  limitMs: fc.oneof(fc.integer({ min: 1_000, max: 4 * HOUR_MS }), fc.integer({ min: 22 * HOUR_MS, max: DAY_MS })),
});

const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    zone: fc.constantFrom('Asia/Ho_Chi_Minh', 'America/New_York', 'America/Sao_Paulo', 'Australia/Lord_Howe'),
    windows: fc.array(anyWindow, { maxLength: 3 }),
    budgets: fc.array(anyBudget, { maxLength: 3 }),
  })
  .map(({ zone, windows, budgets }) => ({
    hash: '',
    document: {
      ...base,
      zone,
      windows: windows.map((window, index) => ({ ...window, ...SOURCE, id: `w${index}` }) as Window),
      budgets: budgets.map(
        (budget, index) => ({ ...budget, ...SOURCE, id: `b${index}`, period: 'calendar_day' }) as Budget,
      ),
    },
  }));

/** 2018 has skipped midnights in São Paulo and no calendar; 2026 has the calendar. */
const anyNow = fc.oneof(
  fc.integer({ min: Date.UTC(2018, 1, 1), max: Date.UTC(2018, 11, 1) }),
  fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
);
const anyHours = fc.option(fc.record({ opensAt: anyTime, closesAt: anyTime }), { freq: 2 });
const anyRequest: fc.Arbitrary<AllowanceRequest> = fc
  .record({ policy: anyPolicy, agentHours: anyHours, now: anyNow })
  .map((request) => ({ ...request, ...FRESH, rating: '00+' }));
const anyMs = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4 * HOUR_MS }), fc.integer({ min: 0, max: DAY_MS }));
const anyUsed: fc.Arbitrary<UsedByScope> = fc.record({ game: anyMs, provider: anyMs, agent: anyMs, person: anyMs });

function startAt(request: AllowanceRequest, used: UsedByScope, now: Instant) {
  return decideStart(resolveAllowance({ ...request, now }), used, now);
}

/** Seconds before midnight a nearly spent budget may be of use again: it refills before it is spent. */
const REFILL_MS = base.minStartMs;

const RUNS = 500;

describe('for any policy', () => {
  it('nothing is ever negative or past the stop edge', () => {
    fc.assert(
      fc.property(anyRequest, anyUsed, (request, used) => {
        const allowance = resolveAllowance(request);
        const decision = decideBeat(allowance, used, null, request.now);
        if (decision.remainingMs !== null) expect(decision.remainingMs).toBeGreaterThanOrEqual(0);
        if (decision.endsAt !== null) {
          expect(decision.endsAt).toBeGreaterThan(request.now);
          expect(decision.endsAt).toBeLessThanOrEqual(allowance.stopsAt ?? Number.POSITIVE_INFINITY);
        }
        expect(decision.endsAt === null).toBe(decision.verdict === 'end' || decision.bindingRule === null);
      }),
      { numRuns: RUNS },
    );
  });

  it('a start that may play is a beat that goes on with the same numbers', () => {
    fc.assert(
      fc.property(anyRequest, anyUsed, (request, used) => {
        const allowance = resolveAllowance(request);
        const start = decideStart(allowance, used, request.now);
        const beat = decideBeat(allowance, used, null, request.now);
        if (start.verdict === 'denied') {
          expect(start.reason === 'too_little_left' || beat.verdict === 'end').toBe(true);
          return;
        }
        const { verdict: _start, ...told } = start;
        expect(beat).toMatchObject(told);
        expect(beat.verdict).not.toBe('end');
      }),
      { numRuns: RUNS },
    );
  });

  it('when play is allowed again is foretold as it is answered at the end that was foretold', () => {
    fc.assert(
      fc.property(anyRequest, anyUsed, (request, used) => {
        const { now } = request;
        const allowance = resolveAllowance(request);
        const { endsAt } = decideBeat(allowance, used, null, now);
        const resolveAt = (at: Instant) => resolveAllowance({ ...request, now: at });
        const foretold = foretellNextStart(allowance, { endsAt, now, used }, resolveAt);
        if (endsAt === null) {
          expect(foretold).toBeNull();
          return;
        }
        const then = resolveAt(endsAt);
        const played = clipInterval({ startsAt: now, endsAt }, then.day.startsAt, then.day.endsAt);
        const isSameDay = then.day.date === allowance.day.date;
        const usedThen = { ...(isSameDay ? used : NOTHING) };
        for (const scope of SCOPES) usedThen[scope] += played === null ? 0 : played.endsAt - played.startsAt;
        expect(decideBeat(then, usedThen, null, endsAt).verdict).toBe('end');
        const answered = decideStart(then, usedThen, endsAt);
        expect(foretold).toBe(answered.verdict === 'denied' ? answered.nextAllowedAt : endsAt);
      }),
      { numRuns: RUNS },
    );
  });

  it('more play never gives more', () => {
    fc.assert(
      fc.property(anyRequest, anyUsed, anyUsed, (request, used, more) => {
        const sum = { ...used };
        for (const scope of ['game', 'provider', 'agent', 'person'] as const) sum[scope] += more[scope];
        const allowance = resolveAllowance(request);
        const less = decideStart(allowance, used, request.now);
        const greater = decideStart(allowance, sum, request.now);
        if (less.verdict === 'denied') expect(greater.verdict).toBe('denied');
        if (less.verdict === 'denied' || greater.verdict === 'denied') return;
        expect(greater.remainingMs ?? Infinity).toBeLessThanOrEqual(less.remainingMs ?? Infinity);
        expect(greater.endsAt ?? Infinity).toBeLessThanOrEqual(less.endsAt ?? Infinity);
      }),
      { numRuns: RUNS },
    );
  });

  it('a denied start is denied until the instant it was told, and may play then', () => {
    fc.assert(
      fc.property(anyRequest, anyUsed, fc.double({ min: 0, max: 1, noNaN: true }), (request, used, fraction) => {
        const start = startAt(request, used, request.now);
        fc.pre(start.verdict === 'denied');
        const nextAt = start.nextAllowedAt;
        const { zone } = request.policy.document;
        const usedAt = (at: Instant) => (at < dayOf(zone, request.now).endsAt ? used : NOTHING);
        const untilAt = (nextAt ?? request.now + 30 * DAY_MS) - REFILL_MS;
        const at = Math.floor(request.now + fraction * (untilAt - request.now));
        if (at >= request.now && at < untilAt) expect(startAt(request, usedAt(at), at).verdict).toBe('denied');
        if (nextAt !== null) expect(startAt(request, usedAt(nextAt), nextAt).verdict).toBe('play');
      }),
      { numRuns: RUNS },
    );
  });

  it('play that goes on to endsAt is allowed all the way and not beyond', () => {
    fc.assert(
      fc.property(anyRequest, anyUsed, fc.double({ min: 0, max: 1, noNaN: true }), (request, used, fraction) => {
        const start = startAt(request, used, request.now);
        fc.pre(start.verdict === 'play' && start.endsAt !== null);
        const endsAt = start.verdict === 'play' ? start.endsAt! : 0;
        const { zone } = request.policy.document;
        const usedAfter = (at: Instant): UsedByScope => {
          const day = dayOf(zone, at);
          const isToday = day.startsAt <= request.now;
          const playedMs = at - Math.max(request.now, day.startsAt);
          const ms = (scope: keyof UsedByScope) => (isToday ? used[scope] : 0) + playedMs;
          return { game: ms('game'), provider: ms('provider'), agent: ms('agent'), person: ms('person') };
        };
        const beatAt = (at: Instant) =>
          decideBeat(resolveAllowance({ ...request, now: at }), usedAfter(at), null, at).verdict;
        const at = Math.floor(request.now + fraction * (endsAt - 1 - request.now));
        expect(beatAt(at)).not.toBe('end');
        expect(beatAt(endsAt - 1)).not.toBe('end');
        expect(beatAt(endsAt)).toBe('end');
      }),
      { numRuns: RUNS },
    );
  });

  it('an allowance holds until it says so: within the stretch and the day, resolving again gives the same', () => {
    fc.assert(
      fc.property(anyRequest, fc.double({ min: 0, max: 1, noNaN: true }), (request, fraction) => {
        const allowance = resolveAllowance(request);
        const { refusal, stopsAt, validUntilAt } = allowance;
        const edgeAt = Math.min(validUntilAt, stopsAt ?? Infinity, refusal?.nextAllowedAt ?? Infinity);
        const at = Math.floor(request.now + fraction * (edgeAt - 1 - request.now));
        const again = resolveAllowance({ ...request, now: at });
        // A closed stretch too short to start in may lie before the next opening; the rule named may then be another.
        const { day, budgets, metered, alarms } = allowance;
        expect(again).toMatchObject({ day, budgets, metered, alarms });
        if (refusal === null) expect(again).toEqual(allowance);
      }),
      { numRuns: RUNS },
    );
  });

  it('the next playable instant is the first one', () => {
    fc.assert(
      fc.property(anyRequest, fc.double({ min: 0, max: 1, noNaN: true }), (request, fraction) => {
        const nextAt = nextPlayableAt(request, request.now);
        const untilAt = nextAt ?? request.now + 30 * DAY_MS;
        const at = Math.floor(request.now + fraction * (untilAt - 1 - request.now));
        if (at < untilAt && at >= request.now) expect(startAt(request, NOTHING, at).verdict).toBe('denied');
        if (nextAt !== null) expect(startAt(request, NOTHING, nextAt).verdict).toBe('play');
      }),
      { numRuns: RUNS },
    );
  });
});

// The laws of the machine, on generated lives: what the game, the page and the network do, in any order.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOCK_GRACE_MS } from '../src/session/predictor.ts';
import type { ModelRules } from './model-gateway.ts';
import { PolicyGateway, type PolicyLife } from './policy-gateway.ts';
import { type Books, CONFIG, type Fate, Simulation } from './simulation.ts';

const RUNS = 300;
const CAFE_CLOSES_AT = Date.parse('2026-11-20T22:00:00+07:00');

const act = fc.constantFrom('pause', 'resume', 'hide', 'show', 'sync', 'sleep', 'wait', 'wait', 'wait');
/** A simulated sleep holds up the network too. */
const awakeAct = act.filter((name) => name !== 'sleep');
const calmAct = fc.constantFrom('sync', 'wait', 'wait');
type Act = 'pause' | 'resume' | 'hide' | 'show' | 'sync' | 'sleep' | 'wait';

const fate: fc.Arbitrary<Fate> = fc.record({
  kind: fc.constantFrom('answered', 'answered', 'answered', 'lost', 'unanswered', 'busy'),
  thereMs: fc.oneof(fc.nat(50), fc.nat(6_000)),
  backMs: fc.oneof(fc.nat(50), fc.nat(6_000)),
});

const rules = fc.record({
  budgetMs: fc.integer({ min: 20_000, max: 600_000 }),
  windowClosesMs: fc.option(fc.integer({ min: 20_000, max: 600_000 }), { nil: null }),
  leaseMs: fc.integer({ min: 40_000, max: 120_000 }),
});

interface Life {
  readonly rules: Partial<ModelRules>;
  readonly steps: readonly { readonly waitMs: number; readonly act: Act }[];
  readonly fates: readonly Fate[];
  readonly chances: readonly number[];
  readonly startRoundTripMs: number;
}

function lives(acts: fc.Arbitrary<Act>): fc.Arbitrary<Life> {
  return fc.record({
    rules,
    steps: fc.array(fc.record({ waitMs: fc.oneof(fc.nat(2_000), fc.nat(90_000)), act: acts }), { maxLength: 25 }),
    fates: fc.array(fate, { minLength: 1, maxLength: 40 }),
    chances: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 10 }),
    startRoundTripMs: fc.nat(4_000),
  });
}

function begin(life: Life, books?: Books): Simulation {
  let sent = 0;
  let drawn = 0;
  return new Simulation({
    rules: life.rules,
    startRoundTripMs: life.startRoundTripMs,
    ...(books && { books }),
    fate: () => life.fates[sent++ % life.fates.length]!,
    random: () => life.chances[drawn++ % life.chances.length]!,
  });
}

function live(simulation: Simulation, life: Life): void {
  for (const { waitMs, act: name } of life.steps) {
    if (name === 'sleep') simulation.sleep(waitMs);
    else simulation.runUntil(simulation.now + waitMs);
    if (name === 'pause' || name === 'resume' || name === 'sync') simulation.input({ type: name });
    if (name === 'hide') simulation.input({ type: 'page', page: 'hidden' });
    if (name === 'show') simulation.input({ type: 'page', page: 'visible' });
  }
  simulation.runUntil(simulation.now + 1_200_000);
}

function isPlaying({ state }: Simulation): boolean {
  return state.phase === 'playing' || state.phase === 'saving';
}

/** The last instant at which the gateway's own books allow play, for a player who goes on playing since `playsSinceAt`. */
function allowedUntil({ gateway }: Simulation, playsSinceAt: number): number {
  const countsFrom = gateway.state === 'active' ? gateway.lastBeatAt : Math.max(playsSinceAt, gateway.lastBeatAt);
  const byBudget = countsFrom + (gateway.leftMs() ?? Number.POSITIVE_INFINITY);
  return Math.min(byBudget, gateway.windowClosesAt ?? Number.POSITIVE_INFINITY, gateway.leaseEndsAt);
}

/** Runs a life and finds how long anybody ever played past what the gateway's books allow. */
function excessMs(life: Life): number {
  const simulation = begin(life);
  let worst = 0;
  let playsSinceAt = 0;
  let wasPlaying = true;
  simulation.check = () => {
    if (isPlaying(simulation) && !wasPlaying) playsSinceAt = simulation.now;
    if (wasPlaying && simulation.gateway.closed === null) {
      worst = Math.max(worst, simulation.now - Math.max(playsSinceAt, allowedUntil(simulation, playsSinceAt)));
    }
    wasPlaying = isPlaying(simulation);
  };
  live(simulation, life);
  return worst;
}

describe('play never outlasts what the gateway allows', () => {
  test('by more than the grace of the clock while one plays on', () => {
    fc.assert(
      fc.property(lives(calmAct), (life) => {
        expect(excessMs(life)).toBeLessThanOrEqual(CLOCK_GRACE_MS);
      }),
      { numRuns: RUNS },
    );
  });

  test('by more than the grace and one question to the gateway after pauses', () => {
    fc.assert(
      fc.property(lives(awakeAct), (life) => {
        expect(excessMs(life)).toBeLessThanOrEqual(CLOCK_GRACE_MS + CONFIG.confirmMs);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('play never outlasts what the core of the gateway allows', () => {
  const policyLife: fc.Arbitrary<PolicyLife> = fc.record({
    // Noon, shortly before a café closes, shortly before midnight.
    startsAt: fc
      .tuple(fc.constantFrom('12:00', '22:00', '24:00'), fc.integer({ min: 20_000, max: 600_000 }))
      .map(([time, beforeMs]) => Date.parse(`2026-11-20T${time}:00+07:00`) - (time === '12:00' ? 0 : beforeMs)),
    leftMs: fc.integer({ min: 20_000, max: 600_000 }),
    isAtStation: fc.boolean(),
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

describe('on a link that answers within the grace of the clock', () => {
  const prompt: fc.Arbitrary<Fate> = fc.record({
    kind: fc.constant('answered'),
    thereMs: fc.nat(CLOCK_GRACE_MS / 2),
    backMs: fc.nat(CLOCK_GRACE_MS / 2),
  });

  test('nobody is stopped before the time', () => {
    fc.assert(
      fc.property(lives(awakeAct), fc.array(prompt, { minLength: 1, maxLength: 20 }), (anyLife, fates) => {
        const simulation = begin({ ...anyLife, fates, startRoundTripMs: anyLife.startRoundTripMs % CLOCK_GRACE_MS });
        let playsSinceAt = 0;
        simulation.check = () => {
          if (simulation.events.at(-1)?.type === 'resumed') playsSinceAt = simulation.now;
          const ended = simulation.events.at(-1);
          if (ended?.type !== 'ended' || ended.by !== 'limit' || simulation.gateway.closed !== null) return;
          expect(simulation.now).toBeGreaterThanOrEqual(allowedUntil(simulation, playsSinceAt));
        };
        live(simulation, anyLife);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('in every life', () => {
  const anyLife = lives(act);

  test('nothing is told after the end, and the end is told once', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const simulation = begin(life);
        live(simulation, life);
        const types = simulation.events.map(({ type }) => type);
        const endedCount = types.filter((type) => type === 'ended').length;
        expect(endedCount).toBeLessThanOrEqual(1);
        if (endedCount === 1) expect(types.at(-1)).toBe('ended');
        expect(simulation.state.phase === 'closing' || simulation.state.phase === 'closed').toBe(endedCount === 1);
      }),
      { numRuns: RUNS },
    );
  });

  test('a beat keeps its seq until it is answered, and the next one counts up by one', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const simulation = begin(life);
        live(simulation, life);
        const bodies = simulation.sent.flatMap(({ request }) => (request.kind === 'beat' ? [request.body] : []));
        bodies.forEach((body, index) => {
          const before = bodies[index - 1];
          if (before === undefined) expect(body.seq).toBe(1);
          else if (body.seq === before.seq) expect(body).toEqual(before);
          else expect(body.seq).toBe(before.seq + 1);
        });
      }),
      { numRuns: RUNS },
    );
  });

  test('no request is sent while another one is under way, save to give it up', () => {
    fc.assert(
      fc.property(lives(awakeAct), (life) => {
        const simulation = begin(life);
        let sentCount = 0;
        let before = simulation.state.outgoing;
        simulation.check = () => {
          const isBeatOverBeat = before?.sentAt != null && simulation.sent.at(-1)?.request.kind === 'beat';
          const isSettled = simulation.state.outgoing !== before;
          if (simulation.sent.length > sentCount && isBeatOverBeat) expect(isSettled).toBe(true);
          expect(simulation.sent.length - sentCount).toBeLessThanOrEqual(1);
          sentCount = simulation.sent.length;
          before = simulation.state.outgoing;
        };
        live(simulation, life);
      }),
      { numRuns: RUNS },
    );
  });

  test('each step of warning comes once per rule and day, ever tighter', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const simulation = begin(life);
        live(simulation, life);
        const tightest = new Map<string, number>();
        for (const event of simulation.events) {
          if (event.type === 'dayReset') tightest.clear();
          if (event.type !== 'warning') continue;
          const rule = event.bindingRule?.id ?? '';
          expect(event.stepMs).toBeLessThan(tightest.get(rule) ?? Number.POSITIVE_INFINITY);
          tightest.set(rule, event.stepMs);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('time left is never negative', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const simulation = begin(life);
        live(simulation, life);
        for (const event of simulation.events) {
          if ('remainingMs' in event && event.remainingMs !== null) expect(event.remainingMs).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

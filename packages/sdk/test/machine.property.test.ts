// The laws of the machine, on generated lives.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOCK_GRACE_MS } from '../src/session/predictor.ts';
import { act, awakeAct, begin, calmAct, isPlaying, type Life, live, lives, RUNS } from './lives.ts';
import { CONFIG, type Fate, type Simulation } from './simulation.ts';

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

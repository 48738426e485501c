// The rows of docs/failure-matrix.md that no other test shows, each in virtual time.
import { describe, expect, test } from 'vitest';
import { type Fate, Simulation } from './simulation.ts';

const MINUTE = 60_000;
const SECOND = 1_000;

test('gateway slow: answers that take 4 s neither end play early nor let it outlast the limit by more than the grace', () => {
  const simulation = new Simulation({ fate: () => ({ kind: 'answered', thereMs: 2 * SECOND, backMs: 2 * SECOND }) });
  simulation.runUntil(70 * MINUTE);
  const closes = simulation.sent.filter(({ request }) => request.kind === 'close');
  expect(closes).toHaveLength(1);
  expect(closes[0]!.at).toBeGreaterThan(60 * MINUTE - 4 * SECOND);
  expect(closes[0]!.at).toBeLessThanOrEqual(60 * MINUTE + SECOND);
  expect(simulation.types()).not.toContain('offline');
});

describe('1,000 players on a network that loses and delays', () => {
  /** Deterministic, one stream per player (mulberry32). */
  function randomOf(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
  }

  function fateOf(random: () => number): Fate {
    const luck = random();
    const delays = { thereMs: Math.floor(random() * 400), backMs: Math.floor(random() * 400) };
    if (luck < 0.1) return { kind: 'lost', ...delays };
    if (luck < 0.2) return { kind: 'unanswered', ...delays };
    return luck < 0.25 ? { kind: 'busy', ...delays } : { kind: 'answered', ...delays };
  }

  test('end within 1 s of the limit, and none before it', () => {
    for (let player = 1; player <= 1_000; player += 1) {
      const random = randomOf(player);
      const usedMs = Math.floor((50 + 9 * random()) * MINUTE);
      const simulation = new Simulation({ rules: { usedMs }, random, fate: () => fateOf(random) });
      const limitAt = 60 * MINUTE - usedMs;
      simulation.runUntil(limitAt + 10 * SECOND);
      expect(
        simulation.types().filter((type) => type === 'ended'),
        `player ${player}`,
      ).toEqual(['ended']);
      const ended = simulation.sent.find(({ request }) => request.kind === 'close');
      expect(ended?.request.body, `player ${player}`).toMatchObject({ reason: 'limit' });
      expect(ended!.at - limitAt, `player ${player}`).toBeGreaterThanOrEqual(0);
      expect(ended!.at - limitAt, `player ${player}`).toBeLessThanOrEqual(SECOND);
    }
  });

  test('none is kicked who has time left, through an hour of it', () => {
    let offline = 0;
    for (let player = 1; player <= 1_000; player += 1) {
      const random = randomOf(player);
      const simulation = new Simulation({ rules: { budgetMs: null }, random, fate: () => fateOf(random) });
      simulation.runUntil(60 * MINUTE);
      expect(simulation.types(), `player ${player}`).not.toContain('ended');
      expect(simulation.state.phase, `player ${player}`).toBe('playing');
      offline += simulation.types().filter((type) => type === 'offline').length;
    }
    // The network was as bad as it is said to be.
    expect(offline).toBeGreaterThan(10_000);
  });
});

// Generated lives of a session, for the laws of its machine: what the game, the page and the network do, in any order.
import fc from 'fast-check';
import type { ModelRules } from './model-gateway.ts';
import { type Books, type Fate, Simulation } from './simulation.ts';

export const RUNS = 300;

export const act = fc.constantFrom('pause', 'resume', 'hide', 'show', 'sync', 'sleep', 'wait', 'wait', 'wait');
/** A simulated sleep holds up the network too. */
export const awakeAct = act.filter((name) => name !== 'sleep');
export const calmAct = fc.constantFrom('sync', 'wait', 'wait');
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

export interface Life {
  readonly rules: Partial<ModelRules>;
  readonly steps: readonly { readonly waitMs: number; readonly act: Act }[];
  readonly fates: readonly Fate[];
  readonly chances: readonly number[];
  readonly startRoundTripMs: number;
}

export function lives(acts: fc.Arbitrary<Act>): fc.Arbitrary<Life> {
  return fc.record({
    rules,
    steps: fc.array(fc.record({ waitMs: fc.oneof(fc.nat(2_000), fc.nat(90_000)), act: acts }), { maxLength: 25 }),
    fates: fc.array(fate, { minLength: 1, maxLength: 40 }),
    chances: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 10 }),
    startRoundTripMs: fc.nat(4_000),
  });
}

export function begin(life: Life, books?: Books): Simulation {
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

export function live(simulation: Simulation, life: Life): void {
  for (const { waitMs, act: name } of life.steps) {
    if (name === 'sleep') simulation.sleep(waitMs);
    else simulation.runUntil(simulation.now + waitMs);
    if (name === 'pause' || name === 'resume' || name === 'sync') simulation.input({ type: name });
    if (name === 'hide') simulation.input({ type: 'page', page: 'hidden' });
    if (name === 'show') simulation.input({ type: 'page', page: 'visible' });
  }
  simulation.runUntil(simulation.now + 1_200_000);
}

export function isPlaying({ state }: Simulation): boolean {
  return state.phase === 'playing' || state.phase === 'saving';
}

// The short part of the chaos suite, as it runs with every change; `npm run chaos` runs all of it over the built gateway.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readArguments } from './arguments.ts';
import { brokenBounds, isOk } from './finding.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { Suite } from './stage.ts';
import { PlayedTime } from './truth.ts';

const SCENARIO_MS_MAX = 60_000;
const NAMES = SCENARIOS.map(({ name }) => name);

describe('short scenarios', () => {
  let suite: Suite;
  beforeAll(() => {
    suite = new Suite({ isBuilt: false, isFull: false });
  });
  afterAll(() => suite[Symbol.asyncDispose]());

  const short = SCENARIOS.filter(({ isShort }) => isShort === true);
  test.each(short)('$name: $what', { timeout: SCENARIO_MS_MAX }, async (scenario) => {
    const outcome = await scenario.run(suite);
    expect(outcome.failures).toEqual([]);
    expect(brokenBounds(outcome), JSON.stringify(outcome.measured)).toEqual([]);
  });
});

test('what is not measured does not hold, nor does what was seen and must not be', () => {
  const outcome = { bounds: { lateMs: { atMost: 5 } }, measured: { lateMs: 5 }, failures: [] };
  expect(isOk(outcome)).toBe(true);
  expect(isOk({ ...outcome, measured: { lateMs: 6 } })).toBe(false);
  expect(isOk({ ...outcome, measured: {} })).toBe(false);
  expect(isOk({ ...outcome, failures: ['counted twice'] })).toBe(false);
});

test('play lies between what certainly was and what can have been', () => {
  const played = new PlayedTime();
  played.begin(100, 110);
  expect(played.atLeastBy(150)).toBe(40);
  played.end(200, 230);
  played.end(500, 600);
  played.begin(1_000, 1_010);
  played.end(1_100, 1_100);
  expect(played.bounded).toEqual({ atLeastMs: 180, atMostMs: 230 });
});

test('arguments are read, and one that is not known is named', () => {
  expect(readArguments(['--', '--only', 'network,flushall'], NAMES)).toMatchObject({ only: ['network', 'flushall'] });
  expect(readArguments(['--full'], NAMES)).toEqual({ isFull: true, isList: false, only: null });
  expect(() => readArguments(['--only', 'nothing'], NAMES)).toThrow(/nothing/);
  expect(() => readArguments(['--fast'], NAMES)).toThrow(/--fast/);
});

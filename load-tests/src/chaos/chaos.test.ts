// The short part of the chaos suite, as it runs with every change; `npm run chaos` runs all of it over the built gateway.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readArguments } from './arguments.ts';
import { brokenBounds, exitCodeOf, lineOf, type Outcome, resultOf, skippedBecause } from './finding.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { Suite } from './stage.ts';
import { Stalls } from './stalls.ts';
import { tableOf } from './table.ts';
import { boundedOf, PlayedTime, unionMs } from './truth.ts';

const SCENARIO_MS_MAX = 240_000;
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
    expect(outcome.skipped).toBeUndefined();
    expect(brokenBounds(outcome), JSON.stringify(outcome.measured)).toEqual([]);
  });
});

test('what is not measured does not hold, nor does what was seen and must not be', () => {
  const outcome: Outcome = { bounds: { lateMs: { atMost: 5 } }, measured: { lateMs: 5 }, failures: [] };
  expect(resultOf(outcome)).toBe('holds');
  expect(resultOf({ ...outcome, measured: { lateMs: 6 } })).toBe('broken');
  expect(resultOf({ ...outcome, measured: {} })).toBe('broken');
  expect(resultOf({ ...outcome, failures: ['counted twice'] })).toBe('broken');
  expect(resultOf({ ...outcome, failures: ['counted twice'], skipped: 'no root' })).toBe('broken');
});

test('what was skipped is told as that, holds nothing and does not end well unless it may', () => {
  const outcome = skippedBecause('no root');
  expect(resultOf(outcome)).toBe('skipped');
  expect(JSON.parse(lineOf('disk-full', [12], outcome, 5))).toMatchObject({ result: 'skipped', ok: false });
  const scenario = { name: 'disk-full', targets: [12], what: '', run: async () => outcome };
  expect(tableOf([{ scenario, outcome, tookMs: 5 }])).toMatch(
    /disk-full +SKIPPED 0 s.*no root.*0 of 1 scenarios hold, 1 skipped/s,
  );
  const codeOf = (allowsSkips: boolean) => exitCodeOf(['holds', 'skipped'], { allowsSkips });
  expect([codeOf(false), codeOf(true)]).toEqual([3, 0]);
  expect(exitCodeOf(['skipped', 'broken'], { allowsSkips: true })).toBe(1);
  expect(exitCodeOf(['holds'], { allowsSkips: false })).toBe(0);
});

test('play lies between what certainly was and what can have been', () => {
  const played = new PlayedTime();
  played.begin(100, 110);
  expect(unionMs(played.certainBy(150))).toBe(40);
  expect(unionMs(played.heard)).toBe(0);
  played.prove(140);
  expect(unionMs(played.heard)).toBe(30);
  played.end(200, 230);
  played.end(500, 600);
  played.begin(1_000, 1_010);
  played.end(1_100, 1_100);
  expect(boundedOf([played])).toEqual({ atLeastMs: 180, atMostMs: 230 });
});

test('play on two devices at once counts once', () => {
  const [one, other] = [new PlayedTime(), new PlayedTime()];
  one.begin(100, 110);
  other.begin(150, 160);
  one.end(200, 210);
  other.end(300, 330);
  expect(boundedOf([one, other])).toEqual({ atLeastMs: 190, atMostMs: 230 });
});

test('what this process was late itself is known, also while it is', () => {
  using stalls = new Stalls();
  const startedAt = performance.now();
  while (performance.now() < startedAt + 60);
  expect(stalls.since(startedAt)).toBeGreaterThan(30);
  expect(stalls.since(performance.now())).toBeLessThan(1);
});

test('a scenario that does not end is broken off, with what it started', async () => {
  await using suite = new Suite({ isBuilt: false, isFull: false });
  let isStopped = false;
  const scenario: Scenario = {
    name: 'endless',
    targets: [],
    what: '',
    run: (running) => {
      running.track({
        [Symbol.asyncDispose]: async () => {
          isStopped = true;
        },
      });
      return new Promise(() => undefined);
    },
  };
  const ran = await runScenario(suite, scenario, 20);
  expect([isStopped, resultOf(ran.outcome)]).toEqual([true, 'broken']);
  expect(tableOf([ran])).toMatch(/endless +BROKEN 0 s.*not over after 0.02 s.*0 of 1 scenarios hold, 1 broken/s);
});

test('arguments are read, and one that is not known is named', () => {
  expect(readArguments(['--', '--only', 'network,flushall'], NAMES)).toMatchObject({ only: ['network', 'flushall'] });
  expect(readArguments(['--full'], NAMES)).toEqual({ allowsSkips: false, isFull: true, isList: false, only: null });
  expect(readArguments(['--allow-skips'], NAMES)).toMatchObject({ allowsSkips: true });
  expect(() => readArguments(['--only', 'nothing'], NAMES)).toThrow(/nothing/);
  expect(() => readArguments(['--fast'], NAMES)).toThrow(/--fast/);
});

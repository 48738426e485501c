// One scenario, bounded in time: what does not end is broken off with everything it started.
import type { Outcome } from './finding.ts';
import type { Scenario } from './scenario.ts';
import type { Suite } from './stage.ts';

const SCENARIO_MS_MAX = 100_000;
/** What takes minutes with --full: ten of them, and what is around it. */
const FULL_MS_MAX = 900_000;

export interface Ran {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  readonly tookMs: number;
}

/** Never rejects: what went wrong is a failure of the outcome. */
export async function runScenario(
  suite: Suite,
  scenario: Scenario,
  msMax = suite.isFull ? FULL_MS_MAX : SCENARIO_MS_MAX,
): Promise<Ran> {
  const startedAt = performance.now();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not over after ${msMax / 1_000} s`)), msMax);
  const running = scenario.run(suite);
  try {
    const outcome = await Promise.race([running, late]);
    return { scenario, outcome, tookMs: performance.now() - startedAt };
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    running.catch(() => undefined);
    await suite.breakOff();
    return {
      scenario,
      outcome: { bounds: {}, measured: {}, failures: [failure] },
      tookMs: performance.now() - startedAt,
    };
  } finally {
    clearTimeout(timer);
  }
}

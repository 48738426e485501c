// What a scenario found, against its bounds.
import { passes, type Target, targetText } from '../bench/finding.ts';

export type Bounds = Readonly<Record<string, Target>>;
export type Measured = Readonly<Record<string, number>>;

export interface Outcome {
  /** Every name is one of `measured`. */
  readonly bounds: Bounds;
  readonly measured: Measured;
  /** What was seen and must not be, in words. */
  readonly failures: readonly string[];
  /** Set when less was done than the target speaks of. */
  readonly reduced?: string;
  /** Set when it could not be run on this machine: why. */
  readonly skipped?: string;
}

export const atMost = (limit: number): Target => ({ atMost: limit });
export const atLeast = (limit: number): Target => ({ atLeast: limit });

export const skippedBecause = (skipped: string): Outcome => ({ bounds: {}, measured: {}, failures: [], skipped });

/** The names of the bounds that do not hold. */
export function brokenBounds({ bounds, measured }: Pick<Outcome, 'bounds' | 'measured'>): readonly string[] {
  return Object.entries(bounds)
    .filter(([name, target]) => !passes({ target, value: measured[name] ?? Number.NaN }))
    .map(([name]) => name);
}

export const RESULTS = ['holds', 'broken', 'skipped'] as const;
export type Result = (typeof RESULTS)[number];

/** What was skipped holds nothing: nobody looked. */
export function resultOf(outcome: Outcome): Result {
  if (outcome.failures.length > 0 || brokenBounds(outcome).length > 0) return 'broken';
  return outcome.skipped === undefined ? 'holds' : 'skipped';
}

export const EXIT_CODES = { holds: 0, broken: 1, badArgument: 2, skipped: 3 } as const;

/** Of the process, once all of it has run. */
export function exitCodeOf(results: readonly Result[], { allowsSkips }: { readonly allowsSkips: boolean }): number {
  if (results.includes('broken')) return EXIT_CODES.broken;
  return results.includes('skipped') && !allowsSkips ? EXIT_CODES.skipped : EXIT_CODES.holds;
}

/** One line of JSON. */
export function lineOf(scenario: string, targets: readonly number[], outcome: Outcome, tookMs: number): string {
  const { bounds, failures, measured, reduced, skipped } = outcome;
  return JSON.stringify({
    scenario,
    targets,
    result: resultOf(outcome),
    ok: resultOf(outcome) === 'holds',
    ...(skipped !== undefined && { skipped }),
    bounds: Object.fromEntries(Object.entries(bounds).map(([name, target]) => [name, targetText(target)])),
    measured: Object.fromEntries(
      Object.entries(measured).map(([name, value]) => [name, Math.round(value * 1000) / 1000]),
    ),
    ...(brokenBounds(outcome).length > 0 && { broken: brokenBounds(outcome) }),
    ...(failures.length > 0 && { failures: failures.slice(0, FAILURES_TOLD_MAX), failureCount: failures.length }),
    ...(reduced !== undefined && { reduced }),
    tookMs: Math.round(tookMs),
  });
}

const FAILURES_TOLD_MAX = 10;

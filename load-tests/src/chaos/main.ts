// The chaos suite: children play against real processes while these are killed, stopped, cut off, filled up and emptied. Prints a
// line of JSON for each scenario on the standard output. Ends with 0 when all hold, 1 when one does not, 2 when an argument is
// not known. Talks to this machine only.
//   npm run chaos -- [--list] [--full] [--only a,b]
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { forgetSettings } from '../k6/forget-settings.ts';
import { type ChaosArguments, readArguments, USAGE } from './arguments.ts';
import { isOk, lineOf, type Outcome } from './finding.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { Suite } from './stage.ts';

const EXIT_CODES = { holds: 0, broken: 1, badArgument: 2 } as const;

function readArgumentsOrEnd(): ChaosArguments {
  try {
    return readArguments(
      process.argv.slice(2),
      SCENARIOS.map(({ name }) => name),
    );
  } catch (error) {
    console.error(`chaos: ${(error as Error).message}\n${USAGE}`);
    process.exit(EXIT_CODES.badArgument);
  }
}

/** Everything temporary lies in one directory and goes with this process however it ends. */
function useOwnDirectory(): void {
  const home = mkdtempSync(path.join(tmpdir(), 'playgate-chaos-'));
  // PostgreSQL runs under another user where this runs as root.
  chmodSync(home, 0o755);
  process.env.TMPDIR = home;
  process.on('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
}

async function runAll(suite: Suite, scenarios: readonly Scenario[]): Promise<boolean> {
  let holds = true;
  for (const scenario of scenarios) {
    console.error(`chaos: ${scenario.name}: ${scenario.what}`);
    const startedAt = performance.now();
    const outcome = await scenario.run(suite).catch((error: unknown): Outcome => {
      const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { bounds: {}, measured: {}, failures: [failure] };
    });
    console.log(lineOf(scenario.name, scenario.targets, outcome, performance.now() - startedAt));
    holds &&= isOk(outcome);
  }
  return holds;
}

const { isFull, isList, only } = readArgumentsOrEnd();
if (isList) {
  for (const { name, targets, what } of SCENARIOS)
    console.log(`${name.padEnd(20)} ${String(targets).padEnd(7)} ${what}`);
  process.exit(EXIT_CODES.holds);
}
forgetSettings();
useOwnDirectory();
const suite = new Suite({ isBuilt: true, isFull });
const stop = () => void suite[Symbol.asyncDispose]().finally(() => process.exit(EXIT_CODES.broken));
process.once('SIGINT', stop).once('SIGTERM', stop);
const holds = await runAll(
  suite,
  SCENARIOS.filter(({ name }) => only?.includes(name) ?? true),
);
await suite[Symbol.asyncDispose]();
process.exit(holds ? EXIT_CODES.holds : EXIT_CODES.broken);

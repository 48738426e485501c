// The chaos suite: children play against real processes while these are killed, stopped, cut off, filled up and emptied. Prints a
// line of JSON for each scenario on the standard output, and a table of them at the end on the standard error output. Ends with
// 0 when all hold, 1 when one does not, 2 when an argument is not known, 3 when none is broken but one was skipped (0 with
// --allow-skips). Talks to this machine only.
//   npm run chaos -- [--list] [--full] [--only a,b] [--allow-skips]
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { forgetSettings } from '../k6/forget-settings.ts';
import { type ChaosArguments, readArguments, USAGE } from './arguments.ts';
import { EXIT_CODES, exitCodeOf, lineOf, resultOf } from './finding.ts';
import { type Ran, runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { Suite } from './stage.ts';
import { tableOf } from './table.ts';

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

async function runAll(suite: Suite, scenarios: readonly Scenario[]): Promise<readonly Ran[]> {
  const all: Ran[] = [];
  for (const scenario of scenarios) {
    console.error(`chaos: ${scenario.name}: ${scenario.what}`);
    const ran = await runScenario(suite, scenario);
    console.log(lineOf(scenario.name, scenario.targets, ran.outcome, ran.tookMs));
    all.push(ran);
  }
  return all;
}

const { allowsSkips, isFull, isList, only } = readArgumentsOrEnd();
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
const all = await runAll(
  suite,
  SCENARIOS.filter(({ name }) => only?.includes(name) ?? true),
);
await suite[Symbol.asyncDispose]();
console.error(tableOf(all));
const results = all.map(({ outcome }) => resultOf(outcome));
process.exit(exitCodeOf(results, { allowsSkips }));

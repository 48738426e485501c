// The benchmark: starts everything it needs, measures the speed targets, prints a line of JSON for each figure on the standard
// output and a table on the standard error output. Ends with 0 when all were met, 1 when one falls short, 2 when an argument is
// not known, 3 when a figure could not be measured.
//   npm run bench -- [--quick] [--only S1,S5]
import { cpus, loadavg } from 'node:os';
import { forgetSettings } from '../k6/forget-settings.ts';
import { type BenchArguments, type FigureName, readArguments, USAGE } from './arguments.ts';
import { Bench } from './bench.ts';
import { measureBatch } from './figures/batch.ts';
import { measureBoot } from './figures/boot.ts';
import { measureCost } from './figures/cost.ts';
import { measureLatency } from './figures/latency.ts';
import { measureLedgerSize } from './figures/ledger-size.ts';
import { measureMemory } from './figures/memory.ts';
import { measureRecord } from './figures/record.ts';
import { measureStarts } from './figures/starts.ts';
import { measureThroughput } from './figures/throughput.ts';
import { type Finding, isMet, lineOf, tableOf } from './finding.ts';
import { useOwnDirectory } from './own-directory.ts';

const EXIT_CODES = { met: 0, short: 1, badArgument: 2, notMeasured: 3 } as const;

/** In the order in which they run: S4 takes half of what S1 found. */
const MEASUREMENTS: readonly (readonly [readonly FigureName[], (bench: Bench) => Promise<readonly Finding[]>])[] = [
  [['S1', 'S2'], measureThroughput],
  [['S3'], measureBatch],
  [['S4'], measureLatency],
  [['S5'], measureCost],
  [['S6'], measureStarts],
  [['S7'], measureLedgerSize],
  [['S8'], measureRecord],
  [['S10'], measureBoot],
  [['S11'], measureMemory],
];

function readArgumentsOrEnd(): BenchArguments {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\n${USAGE}`);
    process.exit(EXIT_CODES.badArgument);
  }
}

async function measureAll(bench: Bench, { only }: BenchArguments): Promise<readonly Finding[] | null> {
  const findings: Finding[] = [];
  let isComplete = true;
  for (const [figures, measure] of MEASUREMENTS) {
    if (!figures.some((figure) => only.has(figure))) continue;
    try {
      const found = (await measure(bench)).filter(({ figure }) => only.has(figure));
      findings.push(...found);
      for (const finding of found) console.log(lineOf(finding));
    } catch (error) {
      isComplete = false;
      console.error(`bench: ${figures.join(', ')} could not be measured:`, error);
    }
  }
  const [load] = loadavg();
  console.error(`\n${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, load ${load!.toFixed(1)}`);
  console.error(tableOf(findings));
  return isComplete ? findings : null;
}

const wanted = readArgumentsOrEnd();
forgetSettings();
useOwnDirectory();
const bench = new Bench(wanted);
const stop = () => void bench[Symbol.asyncDispose]().finally(() => process.exit(EXIT_CODES.notMeasured));
process.once('SIGINT', stop).once('SIGTERM', stop);
const findings = await measureAll(bench, wanted);
await bench[Symbol.asyncDispose]();
process.exit(findings === null ? EXIT_CODES.notMeasured : findings.every(isMet) ? EXIT_CODES.met : EXIT_CODES.short);

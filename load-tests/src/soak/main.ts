// The soak: a gateway under half of its load for a long time, with players who come and go. Prints a line of JSON for each figure on
// the standard output and a table on the standard error output. Ends with 0 when all were met, 1 when one falls short, 2 when an
// argument is not known, 3 when it could not be measured.
//   npm run soak -- [--minutes 20] [--rate 1500] [--samples <file>]
import { cpus, loadavg } from 'node:os';
import { lineOf, passes, tableOf } from '../bench/finding.ts';
import { useOwnDirectory } from '../bench/own-directory.ts';
import { forgetSettings } from '../k6/forget-settings.ts';
import { readArguments, type SoakArguments, USAGE } from './arguments.ts';
import { Soak } from './soak.ts';

const EXIT_CODES = { met: 0, short: 1, badArgument: 2, notMeasured: 3 } as const;

function readArgumentsOrEnd(): SoakArguments {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`soak: ${(error as Error).message}\n${USAGE}`);
    process.exit(EXIT_CODES.badArgument);
  }
}

async function measure(soak: Soak): Promise<number> {
  try {
    const findings = await soak.run();
    for (const finding of findings) console.log(lineOf(finding));
    const [load] = loadavg();
    console.error(`\n${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, load ${load!.toFixed(1)}`);
    console.error(tableOf(findings));
    return findings.every(passes) ? EXIT_CODES.met : EXIT_CODES.short;
  } catch (error) {
    console.error('soak: could not be measured:', error);
    return EXIT_CODES.notMeasured;
  }
}

const wanted = readArgumentsOrEnd();
forgetSettings();
useOwnDirectory();
const soak = new Soak(wanted);
const stop = () => void soak[Symbol.asyncDispose]().finally(() => process.exit(EXIT_CODES.notMeasured));
process.once('SIGINT', stop).once('SIGTERM', stop);
const code = await measure(soak);
await soak[Symbol.asyncDispose]();
process.exit(code);

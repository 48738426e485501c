// Runs load tests: k6 against a gateway on this machine. Ends with 0 when every target was met, 1 when one falls short, 2 when
// an argument is not known, 3 when something could not be measured.
//   load-tests/run <scenario>|all [options]
import { type RunArguments, readArguments, USAGE } from './arguments.ts';
import { buildK6, findK6, HOW_TO_GET_K6 } from './find-k6.ts';
import { forgetSettings } from './forget-settings.ts';
import { type Run, runScenario } from './run-scenario.ts';

const EXIT_CODES = { met: 0, short: 1, badArgument: 2, notMeasured: 3 } as const;

function readArgumentsOrEnd(): RunArguments {
  const argv = process.argv.slice(2);
  if (argv.some((argument) => argument === '--help' || argument === '-h')) {
    console.log(USAGE);
    process.exit(EXIT_CODES.met);
  }
  try {
    return readArguments(argv);
  } catch (error) {
    console.error(`load-tests/run: ${(error as Error).message}\n${USAGE}`);
    process.exit(EXIT_CODES.badArgument);
  }
}

function findK6OrEnd(): string {
  const k6 = findK6() ?? buildK6();
  if (k6 !== null) return k6;
  console.error(`load-tests/run: ${HOW_TO_GET_K6}`);
  process.exit(EXIT_CODES.notMeasured);
}

async function runAll(run: Run, stop: AbortSignal): Promise<number> {
  let code: number = EXIT_CODES.met;
  for (const scenario of run.wanted.scenarios) {
    if (stop.aborted) return EXIT_CODES.notMeasured;
    try {
      if (!(await runScenario(scenario, { ...run, stop }))) code = Math.max(code, EXIT_CODES.short);
    } catch (error) {
      console.error(`load-tests/run: ${scenario} could not be measured:`, error);
      code = EXIT_CODES.notMeasured;
    }
  }
  return code;
}

const wanted = readArgumentsOrEnd();
forgetSettings();
// What was started is ended before this process is.
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
process.exit(await runAll({ k6: findK6OrEnd(), wanted }, stopping.signal));

import { isLoopback } from '../../k6/stage/loopback.ts';

/** Each a file of k6/scenarios; in the order in which `all` runs them. */
export const SCENARIOS = [
  'steady-heartbeats',
  'evening-start',
  'midnight',
  'verification-burst',
  'batch',
  'failover',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

export interface RunArguments {
  readonly scenarios: readonly Scenario[];
  /** What the scripts of k6 read, by the names of their variables. */
  readonly numbers: Readonly<Record<string, string>>;
  /** Null: a gateway, a Redis and a PostgreSQL are started for the run. */
  readonly url: string | null;
  /** `demo.json` of the gateway at `url`. */
  readonly keysFile: string;
  readonly resultsDirectory: string | null;
}

export const USAGE = `usage: load-tests/run <scenario>|all [options]
  scenarios: ${SCENARIOS.join(', ')}
  all of them take about five minutes, a minute of load at most each, unless their numbers are raised
  --rate <n>           requests a second; of a burst, in its peak
  --duration <s>       length of the load, where the scenario has one
  --sessions <n>       sessions (or players) that are set up before
  --set <NAME>=<n>     another number of the scenario, see its file in load-tests/k6/scenarios
  --url <url>          a running gateway on this machine, with its demo on; not for failover
  --keys <file>        demo.json of that gateway (default .playgate/demo.json)
  --results <folder>   where to write to (default load-tests/results)`;

const VARIABLES: Readonly<Record<string, string>> = {
  '--rate': 'RATE',
  '--duration': 'DURATION_S',
  '--sessions': 'SESSIONS',
};
const VARIABLE = /^([A-Z][A-Z_]*)=(\d{1,6})$/;
const WHOLE_NUMBER = /^\d{1,6}$/;

/** Throws a TypeError that names the argument. */
export function readArguments(argv: readonly string[]): RunArguments {
  const [wanted, ...rest] = argv.filter((argument) => argument !== '--');
  const scenarios = SCENARIOS.filter((name) => name === wanted || wanted === 'all');
  if (scenarios.length === 0) throw new TypeError(`${wanted ?? 'nothing'}: no such scenario`);
  const options = readOptions(rest);
  const url = options.texts['--url']?.replace(/\/$/, '') ?? null;
  if (url !== null && !isLoopback(url)) throw new TypeError('--url: load is sent to this machine only');
  if (url !== null && wanted === 'failover') throw new TypeError('--url: failover kills a Redis of its own only');
  return {
    scenarios: url === null ? scenarios : scenarios.filter((name) => name !== 'failover'),
    numbers: options.numbers,
    url,
    keysFile: options.texts['--keys'] ?? '.playgate/demo.json',
    resultsDirectory: options.texts['--results'] ?? null,
  };
}

interface Options {
  readonly numbers: Record<string, string>;
  readonly texts: Record<string, string>;
}

function readOptions(rest: readonly string[]): Options {
  const options: Options = { numbers: {}, texts: {} };
  for (let at = 0; at < rest.length; at += 2) {
    const [name, value] = [rest[at]!, rest[at + 1]];
    if (value === undefined) throw new TypeError(`${name}: no value, or no such argument`);
    readOption(options, name, value);
  }
  return options;
}

function readOption({ numbers, texts }: Options, name: string, value: string): void {
  const variable = VARIABLES[name];
  const set = name === '--set' ? VARIABLE.exec(value) : null;
  if (variable !== undefined && WHOLE_NUMBER.test(value)) numbers[variable] = value;
  else if (set !== null) numbers[set[1]!] = set[2]!;
  else if (name === '--url' || name === '--keys' || name === '--results') texts[name] = value;
  else throw new TypeError(`${name} ${value}: no such argument, or no whole number`);
}

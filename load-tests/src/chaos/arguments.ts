export interface ChaosArguments {
  /** A scenario that cannot be run on this machine is no reason to fail. */
  readonly allowsSkips: boolean;
  readonly isFull: boolean;
  readonly isList: boolean;
  /** Null: all. */
  readonly only: readonly string[] | null;
}

export const USAGE = `usage: npm run chaos -- [--list] [--full] [--only a,b] [--allow-skips]
  --list          the scenarios, one a line
  --full          waits as long as the targets say where that is minutes
  --only <list>   some of them, in their order
  --allow-skips   ends with 0 although one could not be run on this machine`;

const FLAGS: ReadonlySet<string> = new Set(['--allow-skips', '--full', '--list']);

/** Throws a TypeError that names the argument. */
export function readArguments(argv: readonly string[], names: readonly string[]): ChaosArguments {
  let only: readonly string[] | null = null;
  const flags = new Set<string>();
  for (let at = 0; at < argv.length; at++) {
    const [name, inline] = argv[at]!.split('=', 2);
    if (name === '--only') only = readNames(inline ?? argv[++at], names);
    else if (FLAGS.has(argv[at]!)) flags.add(argv[at]!);
    // npm hands on its own separator.
    else if (argv[at] !== '--') throw new TypeError(`${argv[at]}: no such argument`);
  }
  return {
    allowsSkips: flags.has('--allow-skips'),
    isFull: flags.has('--full'),
    isList: flags.has('--list'),
    only,
  };
}

function readNames(list: string | undefined, names: readonly string[]): readonly string[] {
  const wanted = (list ?? '').split(',').map((name) => name.trim());
  for (const name of wanted) if (!names.includes(name)) throw new TypeError(`--only: there is no "${name}"`);
  return wanted;
}

export const FIGURES = ['S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8', 'S10', 'S11'] as const;
export type FigureName = (typeof FIGURES)[number];

export interface BenchArguments {
  /** Few and short rounds over less data: shows that all runs, under two minutes. */
  readonly isQuick: boolean;
  readonly only: ReadonlySet<FigureName>;
}

export const USAGE = `usage: npm run bench -- [--quick] [--only S1,S5]
  --quick         few and short rounds over less data, under two minutes
  --only <list>   some of ${FIGURES.join(', ')}`;

/** Throws a TypeError that names the argument. */
export function readArguments(argv: readonly string[]): BenchArguments {
  let isQuick = false;
  let only: ReadonlySet<FigureName> = new Set(FIGURES);
  for (let at = 0; at < argv.length; at++) {
    const [name, inline] = argv[at]!.split('=', 2);
    if (name === '--quick' && inline === undefined) isQuick = true;
    else if (name === '--only') only = readFigures(inline ?? argv[++at]);
    // npm hands on its own separator.
    else if (name !== '--') throw new TypeError(`${argv[at]}: no such argument`);
  }
  return { isQuick, only };
}

function readFigures(list: string | undefined): ReadonlySet<FigureName> {
  const names = (list ?? '').split(',').map((name) => name.trim().toUpperCase());
  return new Set(
    names.map((name) => {
      const figure = FIGURES.find((known) => known === name);
      if (figure === undefined) throw new TypeError(`--only: "${name}" is none of ${FIGURES.join(', ')}`);
      return figure;
    }),
  );
}

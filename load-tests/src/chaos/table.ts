import { targetText } from '../bench/finding.ts';
import { brokenBounds, RESULTS, type Result, resultOf } from './finding.ts';
import type { Ran } from './run-scenario.ts';

const MS_PER_S = 1_000;

/** For people: a row for each bound of each scenario, and the time all of it took. */
export function tableOf(all: readonly Ran[]): string {
  const rows = all.flatMap(rowsOf);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const tookS = Math.round(all.reduce((total, { tookMs }) => total + tookMs, 0) / MS_PER_S);
  const count = (result: Result) => all.filter(({ outcome }) => resultOf(outcome) === result).length;
  const others = RESULTS.filter((result) => result !== 'holds' && count(result) > 0);
  const told = [
    `${count('holds')} of ${all.length} scenarios hold`,
    ...others.map((result) => `${count(result)} ${result}`),
  ];
  return [...lines, `${told.join(', ')}; ${tookS} s`].join('\n');
}

const WORDS: Readonly<Record<Result, string>> = { holds: 'holds', broken: 'BROKEN', skipped: 'SKIPPED' };

function rowsOf({ outcome, scenario, tookMs }: Ran): readonly (readonly string[])[] {
  const { bounds, measured, reduced, skipped } = outcome;
  const broken = brokenBounds(outcome);
  const figures = Object.entries(bounds).map(([name, target]) => [
    `${name} ${rounded(measured[name])}`,
    targetText(target),
    broken.includes(name) ? 'BROKEN' : '',
  ]);
  const notes = [skipped, reduced, ...outcome.failures.slice(0, 1)].filter((note) => note !== undefined);
  const [first = ['', '', ''], ...others] = figures;
  return [
    [scenario.name, `${WORDS[resultOf(outcome)]} ${Math.round(tookMs / MS_PER_S)} s`, ...first],
    ...others.map((figure) => ['', '', ...figure]),
    ...notes.map((note) => ['', '', firstLineOf(note), '', '']),
  ];
}

const rounded = (value: number | undefined): string =>
  value === undefined ? 'not measured' : String(Math.round(value * 1_000) / 1_000);

const NOTE_LENGTH_MAX = 120;
const firstLineOf = (note: string): string => note.split('\n', 1)[0]!.slice(0, NOTE_LENGTH_MAX);

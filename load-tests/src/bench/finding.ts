// What was found of one figure, against its target.
import type { FigureName } from './arguments.ts';
import { median, rounded, spread } from './statistics.ts';

export type Target = { readonly atLeast: number } | { readonly atMost: number };

export interface Finding<Figure extends string = FigureName> {
  readonly figure: Figure;
  readonly name: string;
  /** The median of the samples. */
  readonly value: number;
  readonly unit: string;
  readonly target: Target;
  readonly samples: readonly number[];
  /** Least and greatest sample. */
  readonly spread: readonly [number, number];
  /** What helps to read the value: the figures it was made of, what the programs cost. */
  readonly detail: object;
  /** Set when less was measured than the target speaks of. */
  readonly reduced: string | null;
  /** What ours is held against was kept back by the generator: the value flatters, and meets no target. */
  readonly isGeneratorLimited: boolean;
}

export interface FindingFacts<Figure extends string = FigureName> {
  readonly figure: Figure;
  readonly name: string;
  readonly unit: string;
  readonly target: Target;
  readonly samples: readonly number[];
  readonly detail?: object;
  readonly reduced?: string | null;
  readonly isGeneratorLimited?: boolean;
}

/** Throws an Error when a sample is no number. */
export function findingOf<Figure extends string>({
  detail = {},
  reduced = null,
  isGeneratorLimited = false,
  ...facts
}: FindingFacts<Figure>): Finding<Figure> {
  const value = median(facts.samples);
  if (!Number.isFinite(value)) throw new Error(`${facts.figure} ${facts.name}: nothing was measured`);
  return { ...facts, value, spread: spread(facts.samples), detail, reduced, isGeneratorLimited };
}

export function passes({ target, value }: Pick<Finding, 'target' | 'value'>): boolean {
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}

/** It passes, and the figure can be believed. */
export const isMet = (finding: Finding<string>): boolean => passes(finding) && !finding.isGeneratorLimited;

export const targetText = (target: Target): string =>
  'atLeast' in target ? `>= ${target.atLeast}` : `<= ${target.atMost}`;

/** One line of JSON. */
export function lineOf(finding: Finding<string>): string {
  const { detail, figure, name, reduced, samples, target, unit, value } = finding;
  return JSON.stringify({
    figure,
    name,
    value: rounded(value),
    unit,
    target: targetText(target),
    pass: isMet(finding),
    ...(finding.isGeneratorLimited && { generatorLimited: true }),
    ...(reduced !== null && { reduced }),
    spread: finding.spread.map(rounded),
    samples: samples.map(rounded),
    ...detail,
  });
}

function resultOf(finding: Finding<string>): string {
  if (finding.isGeneratorLimited) return 'not shown: the generator is the limit';
  return isMet(finding) ? 'pass' : 'falls short';
}

/** For people, one row per finding. */
export function tableOf(findings: readonly Finding<string>[]): string {
  const rows = findings.map((finding) => [
    finding.figure,
    finding.name,
    `${rounded(finding.value)} ${finding.unit}`,
    finding.spread.map(rounded).join(' - '),
    targetText(finding.target),
    resultOf(finding) + (finding.reduced === null ? '' : ` (${finding.reduced})`),
  ]);
  const all = [['', 'figure', 'median', 'spread', 'target', ''], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

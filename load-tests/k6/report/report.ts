// What a run leaves behind, as its JSON has it.
import type { Figure } from './figures.ts';

/** What the runner says of the machine and the sources; empty without a runner. */
export type RunFacts = Readonly<Record<string, string | number | boolean>>;

export interface Report {
  readonly scenario: string;
  readonly isMet: boolean;
  readonly run: RunFacts;
  readonly settings: Readonly<Record<string, number>>;
  readonly durationMs: number;
  readonly figures: readonly Figure[];
}

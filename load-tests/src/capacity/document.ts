// docs/capacity.md shows the tables between lines that name them.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../bench/processes.ts';
import { constantsTable, plansTable } from './tables.ts';

const DOCUMENT = path.join(ROOT, 'docs/capacity.md');
const TABLES = { constants: constantsTable, plans: plansTable } as const;

const markOf = (name: string): string => `<!-- table: ${name} -->`;

/** The document with its tables as they are now. Throws an Error where one has no place. */
export function withTables(text: string): string {
  let lines = text.split('\n');
  for (const [name, table] of Object.entries(TABLES)) {
    const at = lines.indexOf(markOf(name));
    if (at < 0) throw new Error(`${DOCUMENT} has no ${markOf(name)}`);
    let end = at + 2;
    while (lines[end]?.startsWith('|')) end += 1;
    lines = [...lines.slice(0, at + 1), '', ...table(), ...lines.slice(end)];
  }
  return lines.join('\n');
}

export const readDocument = (): string => readFileSync(DOCUMENT, 'utf8');

export const writeDocument = (): void => writeFileSync(DOCUMENT, withTables(readDocument()));

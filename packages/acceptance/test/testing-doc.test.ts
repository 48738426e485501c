// docs/testing.md: its table of cases is the one that is played.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PUBLISHED_CASES } from '../src/index.ts';

const DOC = readFileSync(new URL('../../../docs/testing.md', import.meta.url), 'utf8');

test('every case stands in the table with what must happen and its citation', () => {
  const rows = DOC.split('\n').filter((line) => line.startsWith('| `'));
  for (const { cite, id, must, rule } of PUBLISHED_CASES) {
    const row = rows.find((line) => line.startsWith(`| \`${id}\``));
    expect(
      row?.split('|').map((cell) => cell.trim()),
      id,
    ).toEqual(['', `\`${id}\``, must, rule, cite, '']);
  }
});

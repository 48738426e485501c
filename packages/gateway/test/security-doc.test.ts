// docs/security.md points at the test of each requirement; a test that is renamed or gone would make it a promise.
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const DOC_URL = new URL('../../../docs/security.md', import.meta.url);
const ROW = /^\| V\d+\.\d+\.\d+ +\|.*$/gm;
const LINK = /\[([^\]]+)\]\((\.\.\/[^)]+\.test\.ts)\)/g;

interface Link {
  readonly title: string;
  readonly path: string;
}

const linksIn = (row: string): readonly Link[] =>
  [...row.matchAll(LINK)].map(([, title, path]) => ({ title: title!, path: path! }));

/** Null: it is there, as the whole title of a test or of a case of one. */
function findFault({ path, title }: Link): string | null {
  const url = new URL(path, DOC_URL);
  if (!existsSync(url)) return `${path} is not there`;
  const source = readFileSync(url, 'utf8');
  const quoted = title.replaceAll("'", "\\'");
  const isThere = [`'${quoted}'`, `"${title}"`, `\`${title}\``].some((text) => source.includes(text));
  return isThere ? null : `${path} has no test "${title}"`;
}

const rows = readFileSync(DOC_URL, 'utf8').match(ROW) ?? [];
// Rows with several numbers are those that are left to others.
const shown = rows.filter((row) => linksIn(row).length > 0);

it('has a test for every requirement that it says is met', () => {
  expect(shown.length).toBeGreaterThan(70);
  expect(
    shown
      .flatMap(linksIn)
      .map(findFault)
      .filter((fault) => fault !== null),
  ).toEqual([]);
});

it('says of nothing that it is met without a test, and nothing twice', () => {
  const numbers = shown.map((row) => /V[\d.]+/.exec(row)![0]);
  expect(numbers).toEqual([...new Set(numbers)]);
  const left = readFileSync(DOC_URL, 'utf8').split('### Left to the operator, or open')[1]!;
  expect(rows.filter((row) => !shown.includes(row) && !left.includes(row))).toEqual([]);
});

it('would miss a test that is not there', () => {
  const path = '../packages/gateway/test/http-sign-in.test.ts';
  expect(findFault({ path, title: 'ends when its person signs' })).not.toBeNull();
  expect(findFault({ path: `${path}x`, title: 'ends when its person signs out' })).not.toBeNull();
  expect(findFault({ path, title: 'ends when its person signs out' })).toBeNull();
});

import { expect, it } from 'vitest';
import { readDocument, withTables } from './document.ts';

it('is what the document shows', () => {
  expect(readDocument()).toBe(withTables(readDocument()));
});

it('replaces the tables and nothing else', () => {
  const old =
    '# A\n\n<!-- table: constants -->\n\n| stale |\n| --- |\n\nB\n\n<!-- table: plans -->\n\n| stale |\n\nC\n';
  const text = withTables(old);
  expect(text).not.toContain('stale');
  expect(text).toMatch(
    /^# A\n\n<!-- table: constants -->\n\n\| constant .*\n(\|.*\n)+\nB\n\n<!-- table: plans -->\n\n(\|.*\n)+\nC\n$/,
  );
  expect(() => withTables('# A\n')).toThrow(/no <!-- table: constants -->/);
});

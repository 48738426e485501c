import { canonicalJson } from '@playgate/policy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCanonical } from './is-canonical.ts';

test('what RFC 8785 makes is canonical, and any other text of the same value is not', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3, noUnicodeString: false }), (value) => {
      const parsed: unknown = JSON.parse(JSON.stringify(value));
      const text = canonicalJson(parsed);
      expect(isCanonical(text, JSON.parse(text))).toBe(true);
      for (const other of [JSON.stringify(parsed), JSON.stringify(parsed, null, 1), `${text} `]) {
        expect(isCanonical(other, JSON.parse(other))).toBe(other === text);
      }
    }),
  );
});

test.each([
  '{"b":1,"a":2}',
  '{"a":{"c":1,"b":2}}',
  '[{"b":1,"a":2}]',
  '{"a":1,"a":1}',
  '{"a":1.0}',
  '{"a":1e2}',
  '{"a":"\\u0041"}',
  '{"a":"\\ud800"}',
  '{"a":"\\/"}',
  '{"a": 1}',
])('%s is not', (text) => {
  const value: unknown = JSON.parse(text);
  expect(isCanonical(text, value)).toBe(false);
});

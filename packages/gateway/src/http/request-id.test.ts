import { expect, it } from 'vitest';
import { requestIdOf } from './request-id.ts';

const MADE = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it.each([
  'a',
  'trace-1',
  'req_01J9Z6T4XQ',
  '6f1c1e0a',
  '12345678-1234-4123-8123-12345678901a',
  '4bf92f3577b34da6a3ce929d0e0e4736',
  '00000000000000a1',
  'load-1760400000000-17',
  'build.2026-10',
  'x'.repeat(64),
])('is the one that was sent: %s', (id) => {
  expect(requestIdOf(id)).toBe(id);
});

it.each([
  ['nothing', undefined],
  ['an empty text', ''],
  ['too long', 'x'.repeat(65)],
  ['several headers', ['a', 'b']],
  ['a phone number', '0912345678'],
  ['a phone number with its country', '+84912345678'],
  ['digits of a phone number', '84912345678'],
  ['a phone number in groups', '091-234-56.78'],
  ['a phone number in a text', 'call-0912345678-again'],
  ['a national id', '079204001234'],
  ['a birth date', '2011-03-04'],
  ['a birth date without dashes', 'child.20110304'],
  ['digits only, as long as a trace id', '0912345678091234'],
  ['an e-mail address', 'an@example.vn'],
  ['a line end', 'a\nb'],
  ['a quote', 'a"b'],
  ['a space', 'a b'],
  ['another alphabet', 'bé-an'],
] as const)('is a new one for %s', (_, asked) => {
  const id = requestIdOf(asked);
  expect(id).toMatch(MADE);
  expect(requestIdOf(asked)).not.toBe(id);
});

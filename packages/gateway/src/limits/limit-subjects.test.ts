import { expect, it } from 'vitest';
import { markWith, networkOf } from './limit-subjects.ts';

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  ['somewhere', 'unknown'],
  [undefined, 'unknown'],
])('counts %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it('marks equal things alike, and only those', () => {
  const mark = markWith(new Uint8Array(32));
  expect(mark('a', 'b', 'c')).toBe(mark('a', 'b', 'c'));
  expect(mark('a', 'b', 'c')).not.toBe(mark('a', 'bc'));
  expect(mark('a', 'b')).not.toBe(markWith(new Uint8Array(32).fill(1))('a', 'b'));
  expect(mark('address', '203.0.113.7')).toMatch(/^[\w-]{22}$/);
});

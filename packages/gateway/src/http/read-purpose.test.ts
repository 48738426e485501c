import type { Request } from 'express';
import { describe, expect, test } from 'vitest';
import type { Principal } from '../directory/principal.ts';
import { readPurpose } from './read-purpose.ts';

const regulator: Principal = { kind: 'regulator', keyId: 'key_1', regulatorId: 'reg_1' };
const operator: Principal = { kind: 'operator' };
const requestWith = (header: string | undefined): Request => ({ get: () => header }) as unknown as Request;
/** Node reads each byte of a header as one character. */
const asReceived = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('readPurpose', () => {
  test.each([undefined, '', '   ', 'x'.repeat(201), 'two\nlines'])('a regulator that says %j is refused', (header) => {
    expect(() => readPurpose(requestWith(header), regulator, true)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        fields: [expect.objectContaining({ path: 'Playgate-Purpose' })],
      }),
    );
  });

  test.each([
    ['UTF-8', asReceived('Thanh tra định kỳ')],
    ['percent-encoding', encodeURIComponent('Thanh tra định kỳ')],
  ])('Vietnamese in %s arrives whole', (_name, header) => {
    expect(readPurpose(requestWith(header), regulator, true)).toBe('Thanh tra định kỳ');
  });

  test('a percent sign that encodes nothing is only a percent sign', () => {
    expect(readPurpose(requestWith('10 % sample'), regulator, true)).toBe('10 % sample');
  });

  test('nobody else has to say why', () => {
    expect(readPurpose(requestWith(undefined), operator, true)).toBeNull();
    expect(readPurpose(requestWith(undefined), regulator, false)).toBeNull();
  });
});

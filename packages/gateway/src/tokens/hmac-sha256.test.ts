import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HmacSha256 } from './hmac-sha256.ts';

const key = fc.uint8Array({ maxLength: 64 });
const text = fc.string({ unit: 'binary', maxLength: 200 });

test('is what node:crypto makes, text after text', () => {
  const texts = fc.array(
    fc.oneof(
      text,
      text.map((part) => part.repeat(30)),
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(key, texts, (bytes, signed) => {
      const hmac = new HmacSha256(bytes);
      for (const each of signed) {
        expect(hmac.sign(each)).toBe(createHmac('sha256', bytes).update(each).digest('base64url'));
      }
    }),
  );
});

test('takes no key that would have to be hashed', () => {
  expect(() => new HmacSha256(randomBytes(65))).toThrow(TypeError);
});

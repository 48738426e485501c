import { expect, test } from 'vitest';
import { revealsPersonalInformation } from './personal-information.ts';

test.each([
  '0912345678',
  '0912 345 678',
  'gọi (091) 234 5678 nhé',
  '+84 912-345-678',
  '+84 (0)91 234 5678',
  'mai@example.com',
  '001234567890',
])('%s gives somebody away', (text) => {
  expect(revealsPersonalInformation(text)).toBe(true);
});

test.each(['', 'xin chào', 'level 84 in 20 min', '12 345 678 điểm', 'a @ b', '(091) 234'])('%s does not', (text) => {
  expect(revealsPersonalInformation(text)).toBe(false);
});

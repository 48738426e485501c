import { CLIENT_TEXTS } from '@playgate/contract';
import { describe, expect, test } from 'vitest';
import { revealsPersonalInformation } from './personal-information.ts';
import { SHIPPED_TEXTS, type TextKey } from './texts.ts';
import { countdownWords, durationWords, nextWords } from './time-words.ts';

const { vi, en } = SHIPPED_TEXTS;
const PLACE = { locale: 'vi', timeZone: 'Asia/Ho_Chi_Minh' } as const;

test('what ships is what gateways serve', () => {
  expect(SHIPPED_TEXTS).toEqual(CLIENT_TEXTS);
});

test('both languages have the same words with the same places to fill', () => {
  const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
  for (const key of Object.keys(vi) as TextKey[]) expect(places(en[key]), key).toEqual(places(vi[key]));
});

test.each([
  [3_600_000, '60 phút', '60 phút'],
  [300_001, '6 phút', '6 phút'],
  [300_000, '5 phút', '5:00'],
  [60_001, '2 phút', '1:01'],
  [59_999, '60 giây', '1:00'],
  [1, '1 giây', '0:01'],
  [0, '0 giây', '0:00'],
])('%i ms are %s, and %s in a countdown', (ms, duration, countdown) => {
  expect(durationWords(ms, vi)).toBe(duration);
  expect(countdownWords(ms, vi)).toBe(countdown);
});

describe('when play is allowed again', () => {
  test.each([
    ['2026-11-20T13:00:00.000Z', '2026-11-20T16:59:59.000Z', 'Bạn có thể chơi lại từ 23:59 hôm nay.'],
    ['2026-11-20T13:00:00.000Z', '2026-11-20T17:00:00.000Z', 'Bạn có thể chơi lại từ 00:00 ngày mai.'],
    ['2026-11-20T17:00:00.000Z', '2026-11-21T01:00:00.000Z', 'Bạn có thể chơi lại từ 08:00 hôm nay.'],
    ['2026-11-20T13:00:00.000Z', '2026-11-22T13:00:00.000Z', 'Bạn có thể chơi lại từ 20:00 Chủ Nhật, 22/11.'],
  ])('at %s, %s is told as: %s', (nowAt, at, words) => {
    expect(nextWords(at, nowAt, PLACE, vi)).toBe(words);
  });

  test('in English', () => {
    const words = nextWords('2026-11-20T17:00:00.000Z', '2026-11-20T13:00:00.000Z', { ...PLACE, locale: 'en' }, en);
    expect(words).toBe('You can play again tomorrow from 00:00.');
  });
});

test.each([
  ['xin chào', false],
  ['điểm của mình là 12000', false],
  ['hẹn 20:00 ngày 21/11/2026', false],
  ['0912345678', true],
  ['gọi +84 912 345 678 nhé', true],
  ['linh.nguyen@example.vn', true],
  ['cccd 012345678901', true],
])('%j gives something away: %s', (text, expected) => {
  expect(revealsPersonalInformation(text)).toBe(expected);
});

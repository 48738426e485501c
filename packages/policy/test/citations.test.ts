import { citationText, PACKS } from '@playgate/policy';
import { describe, expect, it } from 'vitest';
import shipped from '../src/packs/citations.json' with { type: 'json' };
import { packs } from './policies.ts';

/** Every `cite` in a document, however deep. */
function citesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, held]) =>
    name === 'cite' && typeof held === 'string' ? [held] : citesIn(held),
  );
}

const cites = [...new Set(citesIn(PACKS))];
const ENGLISH = /\b(Decree|Circular|Law|Act|art\.|and|the|of|not|read)\b/;

describe('a citation', () => {
  it.each(cites)('of a pack stands in Vietnamese: %s', (cite) => {
    const { en, vi } = citationText(cite);
    expect(vi).not.toBe(cite);
    expect(vi).not.toMatch(ENGLISH);
    expect(en).not.toBe('');
  });

  it('names the same articles, points and acts in both languages', () => {
    expect(citationText('Decree 147/2024/ND-CP art. 39.1(e) (G1) and 48.1(e) (G2 to G4)').vi).toBe(
      'điểm e khoản 1 Điều 39 (trò chơi G1) và điểm e khoản 1 Điều 48 (trò chơi G2 đến G4), Nghị định 147/2024/NĐ-CP',
    );
    const numbersOf = (text: string) => [...new Set(text.match(/\d+/g) ?? [])].map(Number).sort((a, b) => a - b);
    for (const { cite, text } of shipped) {
      if (/Decree|Circular|Law/.test(cite)) {
        expect(numbersOf(text.vi), cite).toEqual(
          expect.arrayContaining(numbersOf(cite).filter((number) => number > 12)),
        );
        expect(numbersOf(text.en), cite).toEqual(numbersOf(cite));
      }
    }
  });

  it('may be put into words by a document of its own, and is else as it was written', () => {
    const text = { vi: 'Điều 1', en: 'Article 1' };
    expect(citationText('art. 1', { citations: [{ cite: 'art. 1', text }] })).toEqual(text);
    expect(citationText('art. 2')).toEqual({ vi: 'art. 2', en: 'art. 2' });
  });

  it.each([
    ['vn-147-2024', 'e0bf3a5f5a3cb061eb4433450abcd1bd5bedcdc69311a330e70e35a6164c1dab'],
    ['cn-nppa-2021', 'ae72294962a54f1b7df76d033f2ca4f9f802e614f895675620b994c0d8a64dfd'],
    ['kr-choice', '08b44f79df704e1354f65e8105e3c0168a045f5ef0ac7c0dac8844b9528ddfd8'],
  ])('is no part of %s: every record names the hash of its version 1', (id, hash) => {
    expect(packs.get(id)).toMatchObject({ document: { version: 1 }, hash });
  });
});

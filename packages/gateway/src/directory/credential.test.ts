import { describe, expect, it } from 'vitest';
import { hashCredential, isApiKey, isStationToken, newCredential } from './credential.ts';
import { newId } from './new-id.ts';
import { OperatorToken } from './operator-token.ts';
import { randomText } from './random-text.ts';

describe('credentials', () => {
  it('carry at least 192 bits and keep four characters of them as a hint', () => {
    const { text, hash, hint } = newCredential('sk_live_');
    expect(text).toMatch(/^sk_live_[0-9A-Za-z]+$/);
    expect((text.length - 'sk_live_'.length) * Math.log2(62)).toBeGreaterThanOrEqual(192);
    expect(hash).toBe(hashCredential(text));
    expect(hash).not.toContain(text);
    expect(hint).toBe(text.slice(0, 'sk_live_'.length + 4));
  });

  it('are told apart by their shape', () => {
    for (const prefix of ['sk_live_', 'sk_test_', 'pk_live_', 'pk_test_', 'ak_', 'rk_'] as const) {
      expect(isApiKey(newCredential(prefix).text)).toBe(true);
      expect(isStationToken(newCredential(prefix).text)).toBe(false);
    }
    expect(isApiKey(newCredential('st_').text)).toBe(false);
    expect(isStationToken(newCredential('st_').text)).toBe(true);
  });
});

describe('randomText', () => {
  it('uses every letter and digit about equally', () => {
    const counts = new Map<string, number>();
    for (const character of randomText(62_000)) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // Eight standard deviations around 1,000.
    for (const [character, count] of counts) expect(Math.abs(count - 1_000), character).toBeLessThan(256);
  });

  it('gives ids that say what they name', () => {
    expect(newId('person')).toMatch(/^per_[0-9A-Za-z]{16}$/);
    expect(newId('person')).not.toBe(newId('person'));
  });
});

describe('OperatorToken', () => {
  const token = 'a'.repeat(32);

  it('knows its token and no other', () => {
    const operator = new OperatorToken(token);
    expect(operator.authenticate(token)).toEqual({ kind: 'operator' });
    for (const other of ['', token.slice(1), `${token}a`, token.toUpperCase()]) {
      expect(operator.authenticate(other)).toBeNull();
    }
  });

  it('refuses to be set up with a short one', () => {
    expect(() => new OperatorToken('admin')).toThrow(TypeError);
  });
});

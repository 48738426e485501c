import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { SessionClaims } from '../src/directory/principal.ts';
import { JoseSessionTokens } from '../src/tokens/jose-session-tokens.ts';
import { decodeToken, distort, signHmac, signStranger } from './support/hostile-tokens.ts';

const ISSUER = 'https://gate.example';
const NOW = Date.UTC(2026, 2, 1, 3);
const EXPIRES_AT = NOW + 3_600_000;
const KEY = { id: 'k1', key: new Uint8Array(32).fill(7) };
const CLAIMS: SessionClaims = {
  sessionId: 'ses_017_abc',
  world: { providerId: 'prv_one', mode: 'test' },
  gameId: 'gam_one',
  playerId: 'ply_one',
  metered: false,
  context: 'v1.anything',
};

const open = () => new JoseSessionTokens({ issuer: ISSUER, keys: [KEY] });

describe('session tokens', () => {
  it('bring their claims back, in another process too, at any time', async () => {
    const token = await open().issue(CLAIMS, EXPIRES_AT + 1, NOW);
    const verified = { claims: CLAIMS, expiresAt: EXPIRES_AT + 1_000 };
    const tokens = open();
    expect(await tokens.verify(token)).toEqual(verified);
    expect(await tokens.verify(token)).toBe(await tokens.verify(token));
    expect(token.length).toBeLessThan(500);
  });

  it('are refused when taken apart and put together wrongly, also once a good one is known', async () => {
    const tokens = open();
    const token = await tokens.issue(CLAIMS, EXPIRES_AT, NOW);
    await tokens.verify(token);
    for (const [name, text] of Object.entries(distort(token))) expect(await tokens.verify(text), name).toBeNull();
  });

  it('are refused under another key or algorithm, or with wrong claims', async () => {
    const tokens = open();
    const { header, payload } = decodeToken(await tokens.issue(CLAIMS, EXPIRES_AT, NOW));
    expect(await tokens.verify(signHmac({ header, payload }, KEY.key)), 'control').not.toBeNull();
    const signOwn = (change: object) => signHmac({ header, payload: { ...payload, ...change } }, KEY.key);
    const hostile = {
      'another key': signHmac({ header, payload }, new Uint8Array(32)),
      'another kid': signHmac({ header: { ...header, kid: 'k2' }, payload }, KEY.key),
      'no kid': signHmac({ header: { ...header, kid: undefined }, payload }, KEY.key),
      'another typ': signHmac({ header: { ...header, typ: 'age+jwt' }, payload }, KEY.key),
      'a key pair': signStranger({ header: { ...header, alg: 'EdDSA', jwk: {} }, payload }),
      HS512: await new SignJWT(payload)
        .setProtectedHeader({ ...header, alg: 'HS512' })
        .sign(new Uint8Array(64).fill(7)),
      iss: signOwn({ iss: 'https://evil.example' }),
      'no exp': signOwn({ exp: undefined }),
      mode: signOwn({ mode: 'both' }),
      'no session': signOwn({ sid: undefined }),
      'metered as text': signOwn({ met: 'false' }),
    };
    for (const [name, text] of Object.entries(hostile)) expect(await tokens.verify(text), name).toBeNull();
  });

  it('stay good over a change of keys', async () => {
    const token = await open().issue(CLAIMS, EXPIRES_AT, NOW);
    const newer = { id: 'k2', key: new Uint8Array(32).fill(8) };
    const both = new JoseSessionTokens({ issuer: ISSUER, keys: [newer, KEY] });
    expect(await both.verify(token)).not.toBeNull();
    expect(decodeToken(await both.issue(CLAIMS, EXPIRES_AT, NOW)).header.kid).toBe('k2');
    expect(await new JoseSessionTokens({ issuer: ISSUER, keys: [newer] }).verify(token)).toBeNull();
    expect(() => new JoseSessionTokens({ issuer: ISSUER, keys: [] })).toThrow(TypeError);
  });
});

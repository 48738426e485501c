import { importJWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { AgeTokenClaims } from '../src/directory/directory.ts';
import type { World } from '../src/directory/world.ts';
import { openTokens } from '../src/open-tokens.ts';
import { LocalChangeBus } from '../src/store/memory/local-change-bus.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { SqlSigningKeys } from '../src/store/sql/sql-signing-keys.ts';
import { JoseAgeTokens } from '../src/tokens/jose-age-tokens.ts';
import { JoseSessionTokens } from '../src/tokens/jose-session-tokens.ts';
import { generateSigningKey, type SigningKey } from '../src/tokens/signing-key.ts';
import { describeOnDatabases } from './support/databases.ts';
import { decodeToken, distort, signHmac, signStranger } from './support/hostile-tokens.ts';
import { testSecrets } from './support/secrets.ts';

const ISSUER = 'https://gate.example';
const NOW = Date.UTC(2026, 2, 1, 3, 0, 0, 250);
const WORLD: World = { providerId: 'prv_one', mode: 'live' };
const CLAIMS: AgeTokenClaims = {
  playerId: 'ply_one',
  ageBand: '12_15',
  assurance: 'attested',
  expiresAt: Date.UTC(2026, 2, 1, 17),
};

describe('age tokens', () => {
  let key: SigningKey;
  let tokens: JoseAgeTokens;
  let token: string;

  beforeAll(async () => {
    key = await generateSigningKey();
    tokens = await JoseAgeTokens.create({ issuer: ISSUER, keys: [key] });
    token = await tokens.issue(WORLD, CLAIMS, NOW);
  });

  /** Signed by the real key, so that only the named difference can be what is refused. */
  async function signOwn(header: object, payload: object): Promise<string> {
    const parts = decodeToken(token);
    return new SignJWT({ ...parts.payload, ...payload })
      .setProtectedHeader({ ...parts.header, alg: 'EdDSA', ...header })
      .sign(await importJWK(key.privateJwk, 'EdDSA'), { crit: { future: true } });
  }

  it('say what the contract says and nothing else', async () => {
    const { header, payload } = decodeToken(token);
    expect(header).toEqual({ alg: 'EdDSA', typ: 'age+jwt', kid: key.keyId });
    expect(payload).toEqual({
      iss: ISSUER,
      aud: WORLD.providerId,
      sub: CLAIMS.playerId,
      age_band: '12_15',
      assurance: 'attested',
      mode: 'live',
      iat: Math.floor(NOW / 1000),
      exp: CLAIMS.expiresAt / 1000,
    });
    expect(await tokens.verify(WORLD, token, NOW)).toEqual(CLAIMS);
  });

  it('hold by the time that is given, up to the instant of expiry', async () => {
    expect(await tokens.verify(WORLD, token, CLAIMS.expiresAt - 1)).not.toBeNull();
    expect(await tokens.verify(WORLD, token, CLAIMS.expiresAt)).toBeNull();
    expect(await tokens.verify(WORLD, token, CLAIMS.expiresAt + 10 * 365 * 86_400_000)).toBeNull();
  });

  it('hold in their own world only', async () => {
    expect(await tokens.verify({ ...WORLD, mode: 'test' }, token, NOW)).toBeNull();
    expect(await tokens.verify({ ...WORLD, providerId: 'prv_two' }, token, NOW)).toBeNull();
  });

  it('publish public keys only', async () => {
    const { keys } = await tokens.jwks();
    expect(keys).toEqual([{ ...key.publicJwk, kid: key.keyId, alg: 'EdDSA', use: 'sig' }]);
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('are refused when taken apart and put together wrongly', async () => {
    const hostile = distort(token);
    expect(Object.keys(hostile).length).toBeGreaterThan(20);
    for (const [name, text] of Object.entries(hostile)) expect(await tokens.verify(WORLD, text, NOW), name).toBeNull();
  });

  it('are refused under another algorithm or another key, whatever the header offers', async () => {
    const { header, payload } = decodeToken(token);
    const publicX = Buffer.from((key.publicJwk as { x: string }).x, 'base64url');
    const hostile = {
      'HS256 with the public key': signHmac({ header: { ...header, alg: 'HS256' }, payload }, publicX),
      'HS256 with the JWK': signHmac({ header: { ...header, alg: 'HS256' }, payload }, JSON.stringify(key.publicJwk)),
      'HS256 with nothing': signHmac({ header: { ...header, alg: 'HS256' }, payload }, ''),
      'a stranger’s key under our kid': signStranger({ header, payload }),
      'a stranger’s key under its own kid': signStranger({ header: { ...header, kid: 'mine' }, payload }),
      'a stranger’s key without kid': signStranger({ header: { alg: 'EdDSA', typ: 'age+jwt' }, payload }),
      'jwk in the header': signStranger({ header: { ...header, jwk: {} }, payload }),
      'jwk in the header, no kid': signStranger({ header: { alg: 'EdDSA', typ: 'age+jwt', jwk: {} }, payload }),
      'jku in the header': signStranger({ header: { ...header, kid: 'x', jku: 'http://127.0.0.1:1/jwks' }, payload }),
      'x5u in the header': signStranger({ header: { ...header, kid: 'x', x5u: 'http://127.0.0.1:1/x5u' }, payload }),
      'kid named like a property': signStranger({ header: { ...header, kid: '__proto__' }, payload }),
    };
    for (const [name, text] of Object.entries(hostile)) expect(await tokens.verify(WORLD, text, NOW), name).toBeNull();
  });

  it('are refused by us too when a claim is wrong or missing', async () => {
    expect(await tokens.verify(WORLD, await signOwn({}, {}), NOW), 'control').toEqual(CLAIMS);
    const hostile: Record<string, string> = {
      iss: await signOwn({}, { iss: 'https://evil.example' }),
      'no iss': await signOwn({}, { iss: undefined }),
      aud: await signOwn({}, { aud: 'prv_two' }),
      'aud of several': await signOwn({}, { aud: ['prv_one', 'prv_two'] }),
      'no aud': await signOwn({}, { aud: undefined }),
      typ: await signOwn({ typ: 'JWT' }, {}),
      'no typ': await signOwn({ typ: undefined }, {}),
      'session typ': await signOwn({ typ: 'session+jwt' }, {}),
      mode: await signOwn({}, { mode: 'test' }),
      'no mode': await signOwn({}, { mode: undefined }),
      expired: await signOwn({}, { exp: Math.floor(NOW / 1000) }),
      'no exp': await signOwn({}, { exp: undefined }),
      'exp as text': await signOwn({}, { exp: '9999999999' }),
      'not yet valid': await signOwn({}, { nbf: Math.floor(NOW / 1000) + 60 }),
      'no sub': await signOwn({}, { sub: undefined }),
      'age band': await signOwn({}, { age_band: 'elder' }),
      assurance: await signOwn({}, { assurance: ['attested'] }),
      crit: await signOwn({ crit: ['future'], future: 1 }, {}),
    };
    for (const [name, text] of Object.entries(hostile)) expect(await tokens.verify(WORLD, text, NOW), name).toBeNull();
  });

  it('are not session tokens, nor the other way round', async () => {
    const sessions = new JoseSessionTokens({ issuer: ISSUER, keys: [{ id: key.keyId, key: new Uint8Array(32) }] });
    const claims = { sessionId: 's', world: WORLD, gameId: 'g', playerId: 'p', metered: true, context: '' };
    const session = await sessions.issue(claims, CLAIMS.expiresAt, NOW);
    expect(await sessions.verify(session)).not.toBeNull();
    expect(await tokens.verify(WORLD, session, NOW)).toBeNull();
    expect(await sessions.verify(token)).toBeNull();
  });

  it('stay good over a change of keys, until the old key is dropped', async () => {
    const newer = await generateSigningKey();
    const both = await JoseAgeTokens.create({ issuer: ISSUER, keys: [newer, key] });
    const fresh = await both.issue(WORLD, CLAIMS, NOW);
    expect(decodeToken(fresh).header.kid).toBe(newer.keyId);
    expect(await both.verify(WORLD, token, NOW)).toEqual(CLAIMS);
    expect(await both.verify(WORLD, fresh, NOW)).toEqual(CLAIMS);
    expect((await both.jwks()).keys).toHaveLength(2);
    const newOnly = await JoseAgeTokens.create({ issuer: ISSUER, keys: [newer] });
    expect(await newOnly.verify(WORLD, token, NOW)).toBeNull();
    await expect(JoseAgeTokens.create({ issuer: ISSUER, keys: [] })).rejects.toThrow(TypeError);
  });
});

describeOnDatabases('signing keys', (database) => {
  it('are made once, kept encrypted, and told in the order of their use', async () => {
    const { db } = database();
    const lists = await Promise.all([1, 2, 3].map(() => new SqlSigningKeys(db, testSecrets()).list(NOW)));
    const keys = new SqlSigningKeys(db, testSecrets());
    const first = await keys.list(NOW);
    expect(first).toHaveLength(1);
    for (const list of lists) expect(list).toEqual(first);
    const added = await keys.add(NOW + 1);
    expect((await keys.list(NOW + 1)).map(({ keyId }) => keyId)).toEqual([first[0]!.keyId, added.keyId]);
    const later = added.signsFromAt;
    expect((await keys.list(later)).map(({ keyId }) => keyId)).toEqual([added.keyId, first[0]!.keyId]);
    const { providerId } = await new SqlProviders(db).create('p', NOW);
    const world: World = { providerId, mode: 'test' };
    const token = await (await JoseAgeTokens.create({ issuer: ISSUER, keys: first })).issue(world, CLAIMS, NOW);
    const elsewhere = await JoseAgeTokens.create({ issuer: ISSUER, keys: await keys.list(later) });
    expect(await elsewhere.verify(world, token, NOW)).toEqual(CLAIMS);
  });

  it('are withdrawn at once, and one signs at any time', async () => {
    const { db } = database();
    await db.deleteFrom('signing_keys').execute();
    const keys = new SqlSigningKeys(db, testSecrets());
    const idsAt = async (now: number) => (await keys.list(now)).map(({ keyId }) => keyId);
    const [only] = await idsAt(NOW);
    expect(await keys.withdraw('unknown', NOW)).toBeNull();
    const made = await keys.withdraw(only!, NOW);
    expect(await idsAt(NOW), 'the only one: another is made first').toEqual([made]);
    const waiting = await keys.add(NOW + 1);
    expect(await keys.withdraw(made!, NOW + 2), 'the one that was to follow').toBe(waiting.keyId);
    expect(await idsAt(NOW + 2)).toEqual([waiting.keyId]);
    const next = await keys.add(NOW + 3);
    expect(await keys.withdraw(next.keyId, NOW + 4), 'one that does not sign yet').toBe(waiting.keyId);
    const last = await keys.add(NOW + 5);
    const later = last.signsFromAt;
    expect(await idsAt(later)).toEqual([last.keyId, waiting.keyId]);
    expect(await keys.withdraw(waiting.keyId, later), 'one that verifies only').toBe(last.keyId);
    const retired = await keys.add(later);
    const after = retired.signsFromAt;
    const anew = await keys.withdraw(retired.keyId, after);
    expect([last.keyId, retired.keyId], 'one that signed before does not sign again').not.toContain(anew);
    expect(await idsAt(after)).toEqual([anew, last.keyId]);
  });
});

describe('gateways that follow the signing keys', () => {
  it('do not bring a withdrawn key back by a look that began before', async () => {
    const [leaked, next] = [await generateSigningKey(), await generateSigningKey()];
    let looks = 0;
    let answerSecond = () => {};
    const list = async () => {
      const look = ++looks;
      if (look === 2) await new Promise<void>((resolve) => (answerSecond = resolve));
      return look === 3 ? [next] : [leaked];
    };
    const secrets = testSecrets();
    const ports = {
      issuer: ISSUER,
      clock: { now: () => NOW },
      signingKeys: { list },
      secrets,
      bus: new LocalChangeBus(),
    };
    const { ageTokens, rereadSigningKeys } = await openTokens(ports);
    const token = await ageTokens.issue(WORLD, CLAIMS, NOW);
    expect(await ageTokens.verify(WORLD, token, NOW)).toEqual(CLAIMS);
    const [before, told] = [rereadSigningKeys(), rereadSigningKeys()];
    await vi.waitUntil(() => looks >= 2);
    // Were they not one after the other, the one that began later would end first.
    if (looks === 3) await told;
    answerSecond();
    await Promise.all([before, told]);
    expect(await ageTokens.verify(WORLD, token, NOW)).toBeNull();
    expect((await ageTokens.jwks()).keys).toEqual([expect.objectContaining({ kid: next.keyId })]);
  });
});

// Age tokens: who the player is to one provider, and in which age band. Anyone may verify them with the JWKS.
// Keys are found by `kid` among our own and nowhere else; whatever else a header says is refused or ignored.
import { AGE_BANDS, type AgeBand, type Instant } from '@playgate/policy';
import { type CryptoKey, importJWK, type JWTHeaderParameters, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type AgeTokenClaims, ASSURANCES, type Assurance } from '../directory/directory.ts';
import type { AgeTokens } from '../directory/tokens.ts';
import type { World } from '../directory/world.ts';
import { isCompactToken, readLiteral } from './read-token.ts';
import { SIGNING_ALGORITHM, type SigningKey } from './signing-key.ts';

export const AGE_TOKEN_TYPE = 'age+jwt';

export interface JoseAgeTokensOptions {
  /** `iss`: the public URL of this deployment. */
  readonly issuer: string;
  /** At least one; the first signs, all verify and are published. */
  readonly keys: readonly SigningKey[];
}

/** What signs and what verifies at a time; changed as a whole. */
interface KeyRing {
  readonly published: readonly object[];
  readonly publicKeys: ReadonlyMap<string, CryptoKey>;
  readonly signer: { readonly keyId: string; readonly privateKey: CryptoKey };
}

export class JoseAgeTokens implements AgeTokens {
  readonly #issuer: string;
  #ring: KeyRing;

  private constructor(issuer: string, ring: KeyRing) {
    this.#issuer = issuer;
    this.#ring = ring;
  }

  /** Throws a TypeError when there is no key. */
  static async create({ issuer, keys }: JoseAgeTokensOptions): Promise<JoseAgeTokens> {
    return new JoseAgeTokens(issuer, await importRing(keys));
  }

  /** From now on the first of these signs and all verify. Throws a TypeError when there is none. */
  async use(keys: readonly SigningKey[]): Promise<void> {
    this.#ring = await importRing(keys);
  }

  issue(world: World, claims: AgeTokenClaims, now: Instant): Promise<string> {
    const { playerId, ageBand, assurance, expiresAt } = claims;
    const { signer } = this.#ring;
    return (
      new SignJWT({ age_band: ageBand, assurance, mode: world.mode })
        .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: AGE_TOKEN_TYPE, kid: signer.keyId })
        .setIssuer(this.#issuer)
        .setAudience(world.providerId)
        .setSubject(playerId)
        .setIssuedAt(Math.floor(now / 1000))
        // Down: never valid a moment longer than the band it states.
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .sign(signer.privateKey)
    );
  }

  async verify(world: World, token: string, now: Instant): Promise<AgeTokenClaims | null> {
    if (!isCompactToken(token)) return null;
    try {
      const { payload } = await jwtVerify(token, (header) => this.#findKey(header), {
        algorithms: [SIGNING_ALGORITHM],
        typ: AGE_TOKEN_TYPE,
        issuer: this.#issuer,
        audience: world.providerId,
        currentDate: new Date(now),
        requiredClaims: ['sub', 'exp', 'iat'],
      });
      return readClaims(payload, world);
    } catch {
      // Whatever is wrong with a token a stranger sent, the answer is the same.
      return null;
    }
  }

  async jwks(): Promise<{ readonly keys: readonly object[] }> {
    return { keys: this.#ring.published };
  }

  #findKey(header: JWTHeaderParameters): CryptoKey {
    const key = header.kid === undefined ? undefined : this.#ring.publicKeys.get(header.kid);
    if (key === undefined) throw new Error('unknown kid');
    return key;
  }
}

function readClaims(payload: JWTPayload, world: World): AgeTokenClaims | null {
  const { sub, exp, aud, mode } = payload;
  const ageBand: AgeBand | null = readLiteral(AGE_BANDS, payload.age_band);
  const assurance: Assurance | null = readLiteral(ASSURANCES, payload.assurance);
  const isForWorld = aud === world.providerId && mode === world.mode;
  // The library checks that `sub` is there, not that it is a text.
  if (!isForWorld || typeof sub !== 'string' || exp === undefined || ageBand === null || assurance === null)
    return null;
  return { playerId: sub, ageBand, assurance, expiresAt: exp * 1000 };
}

async function importRing(keys: readonly SigningKey[]): Promise<KeyRing> {
  const [signer] = keys;
  if (signer === undefined) throw new TypeError('keys: at least one signing key');
  const publicKeys = new Map<string, CryptoKey>();
  for (const { keyId, publicJwk } of keys) publicKeys.set(keyId, await importKey(publicJwk));
  const published = keys.map(({ keyId, publicJwk }) => ({
    ...publicJwk,
    kid: keyId,
    alg: SIGNING_ALGORITHM,
    use: 'sig',
  }));
  return { published, publicKeys, signer: { keyId: signer.keyId, privateKey: await importKey(signer.privateJwk) } };
}

async function importKey(jwk: object): Promise<CryptoKey> {
  const key = await importJWK(jwk, SIGNING_ALGORITHM);
  if (key instanceof Uint8Array) throw new TypeError('keys: a signing key must be a key pair');
  return key;
}

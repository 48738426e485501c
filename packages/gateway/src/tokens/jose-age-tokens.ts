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
  /** Newest first, at least one. */
  readonly keys: readonly SigningKey[];
}

export class JoseAgeTokens implements AgeTokens {
  readonly #issuer: string;
  readonly #published: readonly object[];
  readonly #publicKeys: ReadonlyMap<string, CryptoKey>;
  readonly #signer: { readonly keyId: string; readonly privateKey: CryptoKey };

  private constructor(
    options: JoseAgeTokensOptions,
    publicKeys: ReadonlyMap<string, CryptoKey>,
    privateKey: CryptoKey,
  ) {
    this.#issuer = options.issuer;
    this.#published = options.keys.map(({ keyId, publicJwk }) => ({
      ...publicJwk,
      kid: keyId,
      alg: SIGNING_ALGORITHM,
      use: 'sig',
    }));
    this.#publicKeys = publicKeys;
    this.#signer = { keyId: options.keys[0]!.keyId, privateKey };
  }

  /** Throws a TypeError when there is no key. */
  static async create(options: JoseAgeTokensOptions): Promise<JoseAgeTokens> {
    const newest = options.keys[0];
    if (newest === undefined) throw new TypeError('keys: at least one signing key');
    const publicKeys = new Map<string, CryptoKey>();
    for (const { keyId, publicJwk } of options.keys) publicKeys.set(keyId, await importKey(publicJwk));
    return new JoseAgeTokens(options, publicKeys, await importKey(newest.privateJwk));
  }

  issue(world: World, claims: AgeTokenClaims, now: Instant): Promise<string> {
    const { playerId, ageBand, assurance, expiresAt } = claims;
    return (
      new SignJWT({ age_band: ageBand, assurance, mode: world.mode })
        .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: AGE_TOKEN_TYPE, kid: this.#signer.keyId })
        .setIssuer(this.#issuer)
        .setAudience(world.providerId)
        .setSubject(playerId)
        .setIssuedAt(Math.floor(now / 1000))
        // Down: never valid a moment longer than the band it states.
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .sign(this.#signer.privateKey)
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
    return { keys: this.#published };
  }

  #findKey(header: JWTHeaderParameters): CryptoKey {
    const key = header.kid === undefined ? undefined : this.#publicKeys.get(header.kid);
    if (key === undefined) throw new Error('unknown kid');
    return key;
  }
}

function readClaims(payload: JWTPayload, world: World): AgeTokenClaims | null {
  const { sub, exp, aud, mode } = payload;
  const ageBand: AgeBand | null = readLiteral(AGE_BANDS, payload.age_band);
  const assurance: Assurance | null = readLiteral(ASSURANCES, payload.assurance);
  const isForWorld = aud === world.providerId && mode === world.mode;
  if (!isForWorld || sub === undefined || exp === undefined || ageBand === null || assurance === null) return null;
  return { playerId: sub, ageBand, assurance, expiresAt: exp * 1000 };
}

async function importKey(jwk: object): Promise<CryptoKey> {
  const key = await importJWK(jwk, SIGNING_ALGORITHM);
  if (key instanceof Uint8Array) throw new TypeError('keys: a signing key must be a key pair');
  return key;
}

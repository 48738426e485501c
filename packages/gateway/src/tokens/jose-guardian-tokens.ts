// Tokens of the links that open for guardians. Only gateways read them, so they are keyed hashes (HS256). They are rare, and
// their links can be revoked, so nothing is kept between calls.
import { createSecretKey } from 'node:crypto';
import type { Instant } from '@playgate/policy';
import { type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose';
import type { GuardianLinkClaims, GuardianTokens } from '../directory/tokens.ts';
import { MODES } from '../directory/world.ts';
import { isCompactToken, readLiteral } from './read-token.ts';

export const GUARDIAN_TOKEN_TYPE = 'guardian+jwt';
const ALGORITHM = 'HS256';
/** Whom the tokens are for: the operations of guardians, at this deployment. */
const AUDIENCE = 'playgate-guardian';

export interface JoseGuardianTokensOptions {
  readonly issuer: string;
  /** Newest first, at least one, 32 bytes each; the newest signs, all verify. */
  readonly keys: readonly { readonly id: string; readonly key: Uint8Array }[];
}

export class JoseGuardianTokens implements GuardianTokens {
  readonly #issuer: string;
  #keys: ReadonlyMap<string, ReturnType<typeof createSecretKey>> = new Map();
  #newestId = '';

  /** Throws a TypeError when there is no key. */
  constructor({ issuer, keys }: JoseGuardianTokensOptions) {
    this.#issuer = issuer;
    this.use(keys);
  }

  /** From now on the first of these signs and all verify. Throws a TypeError when there is none. */
  use(keys: JoseGuardianTokensOptions['keys']): void {
    const [newest] = keys;
    if (newest === undefined) throw new TypeError('keys: at least one guardian token key');
    this.#keys = new Map(keys.map(({ id, key }) => [id, createSecretKey(key)]));
    this.#newestId = newest.id;
  }

  issue({ linkId, playerId, world }: GuardianLinkClaims, expiresAt: Instant, now: Instant): Promise<string> {
    return (
      new SignJWT({ prv: world.providerId, mode: world.mode })
        .setProtectedHeader({ alg: ALGORITHM, typ: GUARDIAN_TOKEN_TYPE, kid: this.#newestId })
        .setIssuer(this.#issuer)
        .setAudience(AUDIENCE)
        .setJti(linkId)
        .setSubject(playerId)
        .setIssuedAt(Math.floor(now / 1000))
        // Down: never valid longer than was told.
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .sign(this.#keys.get(this.#newestId)!)
    );
  }

  async verify(token: string): ReturnType<GuardianTokens['verify']> {
    if (!isCompactToken(token)) return null;
    try {
      const { payload } = await jwtVerify(token, (header) => this.#findKey(header), {
        algorithms: [ALGORITHM],
        typ: GUARDIAN_TOKEN_TYPE,
        issuer: this.#issuer,
        audience: AUDIENCE,
        requiredClaims: ['exp', 'jti', 'sub'],
        // The expiry is judged by the caller, in the time of the player's world.
        currentDate: new Date(0),
      });
      const { exp, jti, prv, sub } = payload;
      const mode = readLiteral(MODES, payload.mode);
      if (mode === null || exp === undefined) return null;
      // The library checks that they are there, not that they are texts.
      if (typeof prv !== 'string' || typeof jti !== 'string' || typeof sub !== 'string') return null;
      return { claims: { linkId: jti, playerId: sub, world: { providerId: prv, mode } }, expiresAt: exp * 1000 };
    } catch {
      // Whatever is wrong with a token a stranger sent, the answer is the same.
      return null;
    }
  }

  #findKey(header: JWTHeaderParameters) {
    const key = header.kid === undefined ? undefined : this.#keys.get(header.kid);
    if (key === undefined) throw new Error('unknown kid');
    return key;
  }
}

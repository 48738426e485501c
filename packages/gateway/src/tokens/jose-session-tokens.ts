// Session tokens: what one play session may do. Only gateways read them, so they are keyed hashes (HS256),
// and every heartbeat carries one, so a verified token is kept until it must make room.
import { createSecretKey } from 'node:crypto';
import type { Instant } from '@playgate/policy';
import { type JWTHeaderParameters, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { SessionClaims } from '../directory/principal.ts';
import type { SessionTokens, VerifiedSession } from '../directory/tokens.ts';
import { MODES } from '../directory/world.ts';
import { isCompactToken, readLiteral } from './read-token.ts';

export const SESSION_TOKEN_TYPE = 'session+jwt';
/** Who reads them: the heartbeats of this deployment. */
const AUDIENCE = 'playgate-session';
const ALGORITHM = 'HS256';
/** About 1 kB each; the live sessions of one gateway. */
export const VERIFIED_KEPT_MAX = 100_000;

export interface SessionTokenKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

export interface JoseSessionTokensOptions {
  readonly issuer: string;
  /** Newest first, at least one; the newest signs, all verify. */
  readonly keys: readonly SessionTokenKey[];
  /** Tokens kept verified. Default VERIFIED_KEPT_MAX. */
  readonly verifiedMax?: number;
}

export class JoseSessionTokens implements SessionTokens {
  readonly #issuer: string;
  #keys: ReadonlyMap<string, ReturnType<typeof createSecretKey>> = new Map();
  #newestId = '';
  readonly #verified: LRUCache<string, VerifiedSession>;

  /** Throws a TypeError when there is no key. */
  constructor(options: JoseSessionTokensOptions) {
    this.#issuer = options.issuer;
    this.#verified = new LRUCache({ max: options.verifiedMax ?? VERIFIED_KEPT_MAX });
    this.use(options.keys);
  }

  /** From now on the first of these signs and all verify. Throws a TypeError when there is none. */
  use(keys: readonly SessionTokenKey[]): void {
    const [newest] = keys;
    if (newest === undefined) throw new TypeError('keys: at least one session token key');
    // What a dropped key has signed is not remembered either.
    if ([...this.#keys.keys()].some((id) => !keys.some((key) => key.id === id))) this.#verified.clear();
    this.#keys = new Map(keys.map(({ id, key }) => [id, createSecretKey(key)]));
    this.#newestId = newest.id;
  }

  issue(claims: SessionClaims, expiresAt: Instant, now: Instant): Promise<string> {
    return (
      new SignJWT(packClaims(claims))
        .setProtectedHeader({ alg: ALGORITHM, typ: SESSION_TOKEN_TYPE, kid: this.#newestId })
        .setIssuer(this.#issuer)
        .setAudience(AUDIENCE)
        .setIssuedAt(Math.floor(now / 1000))
        // Up: the token never runs out before its session.
        .setExpirationTime(Math.ceil(expiresAt / 1000))
        .sign(this.#keys.get(this.#newestId)!)
    );
  }

  recall(token: string): VerifiedSession | null {
    return this.#verified.get(token) ?? null;
  }

  async verify(token: string): Promise<VerifiedSession | null> {
    const known = this.recall(token);
    if (known !== null) return known;
    if (!isCompactToken(token)) return null;
    try {
      const { payload } = await jwtVerify(token, (header) => this.#findKey(header), {
        algorithms: [ALGORITHM],
        typ: SESSION_TOKEN_TYPE,
        issuer: this.#issuer,
        audience: AUDIENCE,
        requiredClaims: ['exp'],
        // The expiry is judged by the caller, in the time of the session's world.
        currentDate: new Date(0),
      });
      const verified = unpackClaims(payload);
      if (verified !== null) this.#verified.set(token, verified);
      return verified;
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

/** Names are short because every heartbeat carries them. */
function packClaims(claims: SessionClaims): JWTPayload {
  return {
    sid: claims.sessionId,
    prv: claims.world.providerId,
    mode: claims.world.mode,
    gam: claims.gameId,
    sub: claims.playerId,
    met: claims.metered,
    ctx: claims.context,
  };
}

function unpackClaims(payload: JWTPayload): VerifiedSession | null {
  const { sid, prv, gam, sub, met, ctx, exp } = payload;
  const mode = readLiteral(MODES, payload.mode);
  if (typeof sid !== 'string' || typeof prv !== 'string' || typeof gam !== 'string' || typeof sub !== 'string') {
    return null;
  }
  if (mode === null || typeof met !== 'boolean' || typeof ctx !== 'string' || exp === undefined) return null;
  const world = { providerId: prv, mode };
  const claims = { sessionId: sid, world, gameId: gam, playerId: sub, metered: met, context: ctx };
  return { claims, expiresAt: exp * 1000 };
}

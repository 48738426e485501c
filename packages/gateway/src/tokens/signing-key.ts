import type { Instant } from '@playgate/policy';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

/** Ed25519 as RFC 8037 names it in a JWS header; verifies as fast as ES256 and needs no randomness to sign. */
export const SIGNING_ALGORITHM = 'EdDSA';

/** How often a running gateway reads the keys again, told of a change or not: a withdrawn one is refused by then. */
export const SIGNING_KEYS_REREAD_MS = 5_000;
/**
 * From the publication of a key to its first signature: above the re-read of every gateway plus the JWKS max-age (5 min)
 * of whoever asked the last of them, with as much again for clocks and late proxies.
 */
export const SIGNING_OVERLAP_MS = 600_000;
/** How long a key verifies after its successor began to sign: the longest life of an age token (30 days) and a day. */
export const SIGNING_KEY_VERIFIES_MS = 31 * 86_400_000;

export interface SigningKey {
  /** RFC 7638 thumbprint of the public key; the `kid`. */
  readonly keyId: string;
  readonly publicJwk: object;
  readonly privateJwk: object;
}

/** The key pairs of the age tokens. `now` is real time: a sandbox clock moves no key. */
export interface SigningKeys {
  /** The one that signs at `now` first, then the others that are published and verify. Makes the first one. */
  list(now: Instant): Promise<readonly SigningKey[]>;
  /**
   * Starts a rotation: the new key is published at once, signs SIGNING_OVERLAP_MS later, and the one before verifies for
   * SIGNING_KEY_VERIFIES_MS from then on. Forgets keys past that. Throws a RotationUnderWayError.
   */
  add(now: Instant): Promise<SigningKey & { readonly signsFromAt: Instant }>;
  /**
   * Takes a key away for good, whatever it signed. Where no other signs at `now`, one that was to follow it, or a new one,
   * signs at once. Tells the id of the key that signs from then on; null: no such key.
   */
  withdraw(keyId: string, now: Instant): Promise<string | null>;
}

/** A key that does not sign yet must do so before the next is made, or there is no room in the JWKS for another. */
export class RotationUnderWayError extends Error {
  override readonly name = 'RotationUnderWayError';
}

export async function generateSigningKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { crv: 'Ed25519', extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const keyId = await calculateJwkThumbprint(publicJwk);
  return { keyId, publicJwk, privateJwk: await exportJWK(privateKey) };
}

import type { Instant } from '@playgate/policy';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

/** Ed25519 as RFC 8037 names it in a JWS header; verifies as fast as ES256 and needs no randomness to sign. */
export const SIGNING_ALGORITHM = 'EdDSA';

export interface SigningKey {
  /** RFC 7638 thumbprint of the public key; the `kid`. */
  readonly keyId: string;
  readonly publicJwk: object;
  readonly privateJwk: object;
}

/** The key pairs of the age tokens. */
export interface SigningKeys {
  /** Newest first; makes the first one. The newest signs, all verify and are published. */
  list(now: Instant): Promise<readonly SigningKey[]>;
  /** Starts a rotation: the new key signs from the next `list` on, in every gateway that asks again. */
  add(now: Instant): Promise<SigningKey>;
}

export async function generateSigningKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { crv: 'Ed25519', extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const keyId = await calculateJwkThumbprint(publicJwk);
  return { keyId, publicJwk, privateJwk: await exportJWK(privateKey) };
}

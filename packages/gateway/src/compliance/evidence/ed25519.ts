// Ed25519 (RFC 8032) by raw public keys of 32 bytes, as notes and JSON Web Keys (RFC 8037) have them.
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, sign, verify } from 'node:crypto';

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** The public half as a JSON Web Key. */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** base64url. */
  readonly x: string;
}

export const publicJwkOf = (publicKey: Uint8Array): PublicJwk => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: Buffer.from(publicKey).toString('base64url'),
});

/** Throws a TypeError for a key of another kind. */
export function publicKeyOf(jwk: { readonly [name: string]: unknown }): Buffer {
  const { crv, kty, x } = jwk;
  const bytes = typeof x === 'string' ? Buffer.from(x, 'base64url') : null;
  if (kty !== 'OKP' || crv !== 'Ed25519' || bytes?.length !== PUBLIC_KEY_BYTES) throw new TypeError('no Ed25519 key');
  return bytes;
}

export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  return verify(null, message, keyObjectOf(publicKey), signature);
}

/** Signs with the private half of a JSON Web Key. */
export function ed25519Signer(privateJwk: object): (message: Uint8Array) => Buffer {
  const key = createPrivateKey({ key: privateJwk as JsonWebKey, format: 'jwk' });
  return (message) => sign(null, message, key);
}

function keyObjectOf(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: { ...publicJwkOf(publicKey) }, format: 'jwk' });
}

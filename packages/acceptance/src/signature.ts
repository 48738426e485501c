// Who vouches for a certificate: a detached JWS (RFC 7515, appendix F) over its canonical JSON, by an Ed25519 key of whoever ran
// the suite. A gateway signs none: it did not see the screens. Keys to trust come from the reader, never out of the certificate.
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { canonicalJson } from '@playgate/policy';
import { CompactSign, calculateJwkThumbprint, compactVerify, decodeProtectedHeader, errors } from 'jose';
import { type Certificate, isIntact } from './certificate.ts';

const ALGORITHM = 'EdDSA';
const TYPE = 'playgate-acceptance+jws';

export type SignedCertificate = Certificate & { readonly signature: string };

export type SignatureVerdict =
  | { readonly isGenuine: true; readonly keyId: string }
  | { readonly isGenuine: false; readonly why: 'altered' | 'unsigned' | 'unknown_key' | 'bad_signature' };

/** @param key PEM (PKCS #8) or JWK of an Ed25519 private key @throws TypeError when it is none */
export async function signCertificate(certificate: Certificate, key: string): Promise<SignedCertificate> {
  const privateKey = ed25519Of(key, 'private');
  const header = { alg: ALGORITHM, typ: TYPE, kid: await keyIdOf(privateKey) };
  const { signature: _former, ...rest } = certificate;
  const jws = await new CompactSign(payloadOf(rest)).setProtectedHeader(header).sign(privateKey);
  const [head, , signature] = jws.split('.');
  return { ...rest, signature: `${head}..${signature}` };
}

/** @param trusted public keys as PEM, JWK or JWKS @throws TypeError when one of them is no Ed25519 key */
export async function verifyCertificate(
  certificate: Certificate,
  trusted: readonly string[],
): Promise<SignatureVerdict> {
  const { signature, ...rest } = certificate;
  if (!isIntact(rest)) return { isGenuine: false, why: 'altered' };
  if (typeof signature !== 'string') return { isGenuine: false, why: 'unsigned' };
  const keys = trusted.flatMap(keysIn).map((key) => ed25519Of(key, 'public'));
  const byId = new Map(await Promise.all(keys.map(async (key) => [await keyIdOf(key), key] as const)));
  return verdictOf(rest, signature, byId);
}

async function verdictOf(rest: Certificate, signature: string, byId: ReadonlyMap<string, KeyObject>) {
  const [head, nothing, tail, ...more] = signature.split('.');
  if (head === undefined || nothing !== '' || more.length > 0) return refused('bad_signature');
  const keyId = keyIdIn(signature);
  if (keyId === null) return refused('bad_signature');
  const key = byId.get(keyId);
  if (key === undefined) return refused('unknown_key');
  const jws = `${head}.${Buffer.from(payloadOf(rest)).toString('base64url')}.${tail}`;
  try {
    const { protectedHeader } = await compactVerify(jws, key, { algorithms: [ALGORITHM] });
    return protectedHeader.typ === TYPE ? ({ isGenuine: true, keyId } as const) : refused('bad_signature');
  } catch (error) {
    if (error instanceof errors.JOSEError) return refused('bad_signature');
    throw error;
  }
}

const refused = <Why extends string>(why: Why) => ({ isGenuine: false, why }) as const;

function keyIdIn(signature: string): string | null {
  try {
    return decodeProtectedHeader(signature).kid ?? null;
  } catch {
    return null;
  }
}

function payloadOf(certificate: Certificate): Uint8Array {
  return new TextEncoder().encode(canonicalJson(certificate));
}

function keysIn(text: string): readonly string[] {
  const isJson = text.trimStart().startsWith('{');
  const keys = isJson ? (JSON.parse(text) as { readonly keys?: readonly object[] }).keys : undefined;
  return keys === undefined ? [text] : keys.map((key) => JSON.stringify(key));
}

function ed25519Of(text: string, kind: 'private' | 'public'): KeyObject {
  const create = kind === 'private' ? createPrivateKey : createPublicKey;
  const isJson = text.trimStart().startsWith('{');
  try {
    const key = isJson ? create({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' }) : create(text);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new TypeError(`not an Ed25519 ${kind} key`, { cause });
  }
  throw new TypeError(`not an Ed25519 ${kind} key`);
}

function keyIdOf(key: KeyObject): Promise<string> {
  const { crv, kty, x } = createPublicKeyOf(key).export({ format: 'jwk' });
  return calculateJwkThumbprint({ crv, kty, x } as Parameters<typeof calculateJwkThumbprint>[0]);
}

const createPublicKeyOf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key);

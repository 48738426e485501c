// Signatures beside a file: JWS in compact form with the payload left out (RFC 7515, appendix F), EdDSA (RFC 8037).
import { canonicalJson } from '@playgate/policy';
import { verifyEd25519 } from './ed25519.ts';

/** Long enough for a header with a key id and 64 bytes of signature, several times. */
const JWS_LENGTH_MAX = 2048;
const ALGORITHM = 'EdDSA';

export interface JwsSigner {
  readonly keyId: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** `<header>..<signature>` over the bytes of a file. */
export function signDetached(payload: Uint8Array, { keyId, sign }: JwsSigner): string {
  const header = Buffer.from(canonicalJson({ alg: ALGORITHM, kid: keyId })).toString('base64url');
  return `${header}..${Buffer.from(sign(signingInput(header, payload))).toString('base64url')}`;
}

/** The id of the key that signed the bytes; null: the signature is not good, or nobody's who is known. */
export function verifyDetached(
  jws: string,
  payload: Uint8Array,
  publicKeyOf: (keyId: string) => Uint8Array | undefined,
): string | null {
  const [, header = '', signature = ''] = /^([\w-]+)\.\.([\w-]+)$/.exec(jws.trim()) ?? [];
  const keyId = jws.length > JWS_LENGTH_MAX ? null : readKeyId(header);
  const publicKey = keyId === null ? undefined : publicKeyOf(keyId);
  if (publicKey === undefined) return null;
  const isGood = verifyEd25519(publicKey, signingInput(header, payload), Buffer.from(signature, 'base64url'));
  return isGood ? keyId : null;
}

/** Null where the header asks for anything else than this form. */
function readKeyId(header: string): string | null {
  try {
    const { alg, crit, kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
    return alg === ALGORITHM && crit === undefined && typeof kid === 'string' ? kid : null;
  } catch {
    return null;
  }
}

const signingInput = (header: string, payload: Uint8Array): Buffer =>
  Buffer.from(`${header}.${Buffer.from(payload).toString('base64url')}`);

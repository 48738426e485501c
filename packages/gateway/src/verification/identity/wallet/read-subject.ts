// By what a credential's holder is known again. Issuers that name the person (`sub`) say most. Without a name the holder's key
// still tells that the very same credential was shown before; credentials issued in batches have a key each, so another
// key, like another `sub`, says nothing.
import { calculateJwkThumbprint } from 'jose';
import type { IdentitySubject } from '../../identity-claim.ts';
import type { VerifiedCredential } from './verify-presentation.ts';

/** RFC 9278. */
const THUMBPRINT_ISSUER = 'urn:ietf:params:oauth:jwk-thumbprint:sha-256';
const SUBJECT_LENGTH_MAX = 512;

export async function readSubject({ claims, holderKey, issuer }: VerifiedCredential): Promise<IdentitySubject> {
  const { sub } = claims;
  if (typeof sub === 'string' && sub !== '' && sub.length <= SUBJECT_LENGTH_MAX) {
    return { issuer, id: sub, isOnlyOne: false };
  }
  return { issuer: THUMBPRINT_ISSUER, id: await calculateJwkThumbprint(holderKey, 'sha256'), isOnlyOne: false };
}

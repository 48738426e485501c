// Who stands behind an event, without saying it: SHA-256 over a random salt and the id. The salt is kept beside the id until an
// erasure; from then on nobody, the operator included, can tell whose the commitment was, and the tree over the events still holds.
import { createHash, randomBytes } from 'node:crypto';

export const SUBJECT_KINDS = ['person', 'player'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

const SALT_BYTES = 32;

export const newSalt = (): Uint8Array => randomBytes(SALT_BYTES);

/** base64url, 43 characters. */
export function commitTo(id: string, salt: Uint8Array): string {
  return createHash('sha256').update(salt).update(id, 'utf8').digest('base64url');
}

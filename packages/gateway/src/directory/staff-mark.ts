// The pseudonym of a person who signed in: the same for every sign-in, so that a log says who did what; only with the secrets of
// the deployment can it be made from the person's issuer and subject, and from it nothing can be made.
import { createHmac } from 'node:crypto';

/** 132 bits. */
const MARK_LENGTH = 22;

export interface Staff {
  readonly issuer: string;
  readonly subject: string;
}

export type StaffMark = (staff: Staff) => string;

export function staffMarkWith(key: Uint8Array): StaffMark {
  return ({ issuer, subject }) =>
    createHmac('sha256', key)
      .update(JSON.stringify([issuer, subject]))
      .digest('base64url')
      .slice(0, MARK_LENGTH);
}

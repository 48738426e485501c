// The claims of an ID token or of userinfo as an identity claim.

import { isCalendarDate } from '@playgate/policy';
import { VerifierError } from '../../age-verifier.ts';
import type { BirthDates, IdentityClaim } from '../../identity-claim.ts';
import { normalizeNationalId } from '../../normalize-national-id.ts';
import type { OidcIssuer } from './oidc-issuers.ts';

export type Claims = Readonly<Record<string, unknown>>;

const YEAR = /^(?:19|20|21)\d{2}$/;
const E164 = /^\+[1-9]\d{6,14}$/;
const NATIONAL_ID_LENGTH_MAX = 32;

/** Throws a VerifierError `claim_missing` or `claim_malformed`. Only the birth date must be there. */
export function readClaims(claims: Claims, { assurance, claims: names, issuer, subject }: OidcIssuer): IdentityClaim {
  const number = names.phone === undefined ? undefined : claims[names.phone];
  const isVerified = names.phoneVerified !== undefined && claims[names.phoneVerified] === true;
  return {
    ...readBirthDate(claims[names.birthDate]),
    phone: typeof number === 'string' && E164.test(number) ? { number, verified: isVerified } : null,
    guardian: null,
    nationalId: names.nationalId === undefined ? null : readNationalId(claims[names.nationalId]),
    ...(subject === 'lasting' &&
      typeof claims.sub === 'string' && { subject: { issuer, id: claims.sub, isOnlyOne: true } }),
    assurance,
  };
}

/** True: a mapped claim is not there, so it is worth asking elsewhere. */
export function lacksClaims(claims: Claims, { claims: names }: OidcIssuer): boolean {
  return Object.values(names).some((name) => name !== undefined && claims[name] === undefined);
}

/** `YYYY-MM-DD`, or `YYYY` where the person tells no more; `0000-MM-DD` tells no age (OpenID Connect Core 5.1). */
function readBirthDate(value: unknown): BirthDates {
  if (value === undefined || value === null || value === '') {
    throw new VerifierError('claim_missing', 'the issuer tells no birth date');
  }
  if (typeof value === 'string') {
    if (YEAR.test(value)) return { birthDate: `${value}-12-31`, bornFrom: `${value}-01-01` };
    if (value.startsWith('0000-'))
      throw new VerifierError('claim_missing', 'the issuer tells a birthday without a year');
    if (isCalendarDate(value)) return { birthDate: value };
  }
  throw new VerifierError('claim_malformed', 'the birth date is not a date');
}

function readNationalId(value: unknown): string | null {
  const isReadable = typeof value === 'string' && value.length <= NATIONAL_ID_LENGTH_MAX;
  return isReadable ? normalizeNationalId(value) : null;
}

// What is known of the human behind an account. Nothing outside verification and its store may hold these.
import type { CalendarDate } from '@playgate/policy';
import type { Assurance } from '../directory/directory.ts';

export interface Guardian {
  readonly relationship: 'parent' | 'guardian';
  readonly phone: string;
  /** RFC 3339. */
  readonly consentedAt: string;
}

/** The part that is kept, encrypted. */
export interface PlayerIdentity {
  readonly birthDate: CalendarDate;
  /** E.164. */
  readonly phone: { readonly number: string; readonly verified: boolean } | null;
  readonly guardian: Guardian | null;
}

/** What a method of verification found out. */
export interface IdentityClaim extends PlayerIdentity {
  /** In one spelling per document; kept only as a keyed hash. */
  readonly nationalId: string | null;
  readonly assurance: Assurance;
}

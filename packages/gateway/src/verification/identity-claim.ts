// What is known of the human behind an account. Nothing outside verification and its store may hold these.
import type { CalendarDate } from '@playgate/policy';
import type { Assurance } from '../directory/directory.ts';

export interface Guardian {
  readonly relationship: 'parent' | 'guardian';
  readonly phone: string;
  /** RFC 3339. */
  readonly consentedAt: string;
  readonly name?: string | undefined;
  /** The provider's mark of the text that was agreed to. */
  readonly consentTextVersion?: string | undefined;
  /** The provider's name for the child at this guardian; kept only as a keyed hash. */
  readonly childRef?: string | undefined;
}

/** By what a source knows the player again; kept only as a keyed hash. */
export interface IdentitySubject {
  /** Within what `id` names one human: an issuer, a kind of key. */
  readonly issuer: string;
  readonly id: string;
  /** True: a human has one at the issuer, so another one is another human. False: another one says nothing. */
  readonly isOnlyOne: boolean;
}

/** When somebody was born, as far as a source says. Rules are applied to `birthDate`, so a doubt never gives more play. */
export interface BirthDates {
  /** The latest day on which the person can have been born: the day itself where the source states it. */
  readonly birthDate: CalendarDate;
  /** The earliest such day; null: no bound ("over 18"). Absent: `birthDate` is the day itself. */
  readonly bornFrom?: CalendarDate | null | undefined;
}

/** What a method said with one assurance, newest only. */
export interface IdentitySource extends BirthDates {
  readonly method: string;
  readonly assurance: Assurance;
  readonly phone: PlayerIdentity['phone'];
}

/** The part that is kept, encrypted. Who guards a child is kept apart, see guardians/. */
export interface PlayerIdentity extends BirthDates {
  /** E.164. */
  readonly phone: { readonly number: string; readonly verified: boolean } | null;
  /** Oldest first; the fields above are what they make together. Absent: the provider vouched, there was no other way. */
  readonly sources?: readonly IdentitySource[] | undefined;
}

/** What a method of verification found out. */
export interface IdentityClaim extends BirthDates {
  readonly phone: { readonly number: string; readonly verified: boolean } | null;
  readonly guardian: Guardian | null;
  /** In one spelling per document; kept only as a keyed hash. */
  readonly nationalId: string | null;
  /** Absent: the source does not know the player again from one verification to the next. */
  readonly subject?: IdentitySubject | undefined;
  readonly assurance: Assurance;
}

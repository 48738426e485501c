// The port of the sessions of people who signed in. The adapter keeps no id a cookie could be made of.
import type { SignInRole } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { Mode } from '../directory/world.ts';

/** A working day with overtime: nobody stays signed in over night. */
export const SIGN_IN_MS_MAX = 43_200_000;
/** A console that was left open over lunch asks again. */
export const SIGN_IN_IDLE_MS_MAX = 3_600_000;
/** Use is written down this often, so that a page with many requests costs one write; idleness is known to the minute. */
export const SIGN_IN_TOUCH_EVERY_MS = 60_000;
/** Nobody reads more on a screen. */
export const SIGN_INS_LISTED_MAX = 1_000;

/** What a person may act as. */
export type Grant =
  | { readonly role: Extract<SignInRole, 'operator'> }
  | { readonly role: Extract<SignInRole, 'provider'>; readonly subjectId: string; readonly mode: Mode }
  | { readonly role: Extract<SignInRole, 'agent' | 'regulator'>; readonly subjectId: string };

export interface SignInSession {
  /** Names the session and opens nothing. */
  readonly signInId: string;
  /** Issuer and subject of the identity provider: who it is, for the record. */
  readonly issuer: string;
  readonly subject: string;
  readonly grant: Grant;
  /** The end, if it is not used until then. */
  readonly expiresAt: Instant;
}

export interface NewSignIn extends Pick<SignInSession, 'issuer' | 'subject' | 'grant'> {
  /** The random text in the cookie. */
  readonly sessionId: string;
  /** The `state` that it came of: it makes one session, never a second. */
  readonly state: string;
}

/** All instants are real time. */
export interface SignInSessions {
  add(signIn: NewSignIn, now: Instant): Promise<'added' | 'state_used' | 'subject_unknown'>;
  /** Null: unknown, signed out, idle for too long or too old. Counts as use. */
  use(sessionId: string, now: Instant): Promise<SignInSession | null>;
  /** Refused from the moment this resolves; an unknown one is fine. */
  revoke(sessionId: string, now: Instant): Promise<void>;
}

/** What the operator sees of a sign-in that is good. */
export interface ListedSignIn extends SignInSession {
  readonly createdAt: Instant;
  readonly usedAt: Instant;
}

/** Whose sign-ins an operator ends. */
export type SignInSelection = { readonly by: 'signInId' | 'subject'; readonly value: string } | { readonly by: 'all' };

/** All instants are real time. */
export interface SignInAdministration {
  /** Those that are good, the last used first; SIGN_INS_LISTED_MAX at most. */
  list(now: Instant): Promise<readonly ListedSignIn[]>;
  /** Ends them; refused from the moment this resolves, everywhere. Tells the ids of those that were good. */
  end(selection: SignInSelection, now: Instant): Promise<readonly string[]>;
}

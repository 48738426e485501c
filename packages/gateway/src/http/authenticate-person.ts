// A person's browser in place of a key: the session cookie says who calls. Whatever changes something must also prove that
// it was one of our own pages that asked, since a browser sends cookies along with requests of anybody's pages.
import { HEADERS } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { Request } from 'express';
import type { Principal } from '../directory/principal.ts';
import { Fault } from '../fault.ts';
import type { SignIn } from '../sign-in/sign-in.ts';

export interface PersonPorts {
  /** Null: people do not sign in here, and cookies mean nothing. */
  readonly signIn: Pick<SignIn, 'sessionIdOf' | 'identify' | 'isOwnRequest'> | null;
  /** Real time, by which sessions end. */
  readonly realNow: () => Instant;
}

/** Methods that change nothing (RFC 9110 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Null: the request has no session cookie. Throws a Fault: `unauthenticated`, `forbidden`. */
export async function authenticatePerson(
  request: Request,
  { signIn, realNow }: PersonPorts,
): Promise<Principal | null> {
  const sessionId = signIn?.sessionIdOf(request.headers.cookie) ?? null;
  if (signIn === null || sessionId === null) return null;
  const principal = await signIn.identify(sessionId, realNow());
  if (principal === null) throw new Fault('unauthenticated', 'You are not signed in, or not any more.');
  if (SAFE_METHODS.has(request.method)) return principal;
  if (signIn.isOwnRequest(sessionId, request.headers, request.get(HEADERS.csrfToken))) return principal;
  throw new Fault('forbidden', `The request needs ${HEADERS.csrfToken} and must come from a page of this gateway.`);
}

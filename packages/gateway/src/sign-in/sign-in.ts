// Sign-in of people: what happens between the browser, the identity provider and the sessions. A sign-in under way is kept
// by the browser alone, in a sealed cookie, so nobody can fill a table by beginning, and nobody else can end it.
import { randomBytes } from 'node:crypto';
import type { Instant } from '@playgate/policy';
import type { Principal } from '../directory/principal.ts';
import type { Staff } from '../directory/staff-mark.ts';
import { Fault } from '../fault.ts';
import { grantOfClaims } from './grant-of-claims.ts';
import type { LoginChecks, OidcLogin } from './oidc-login.ts';
import { principalOfSession } from './principal-of-session.ts';
import { csrfTokenOf, isCsrfToken, isSameOrigin, type OriginHeaders } from './request-forgery.ts';
import type { SignInCookies } from './sign-in-cookies.ts';
import type { Grant, SignInSessions } from './sign-in-sessions.ts';
import type { IdentityProvider } from './sign-in-settings.ts';

/** Long enough to find one's second factor, short enough that a forgotten page is of no use to the next person. */
export const SIGN_IN_PENDING_MS_MAX = 600_000;
const RANDOM_BYTES = 32;
const RANDOM_TEXT = /^[A-Za-z0-9_-]{43}$/;
/** Sealed cookies open in their place only. */
const PLACE = 'sign-in cookie';

export interface SignInPorts {
  /** At least one. */
  readonly identityProviders: readonly IdentityProvider[];
  readonly login: Pick<OidcLogin, 'begin' | 'complete'>;
  readonly sessions: SignInSessions;
  readonly cookies: SignInCookies;
  /** Authenticated encryption; `open` throws for what it did not seal. */
  readonly box: { seal(text: string, place: string): Uint8Array; open(blob: Uint8Array, place: string): string };
  readonly csrfKey: Uint8Array;
  /** Origin under which browsers reach the gateway. */
  readonly ownOrigin: string;
}

/** A redirect, with the cookies that go with it. */
export interface Step {
  readonly location: string;
  readonly cookies: readonly string[];
}

/** Who came in. The log names them by their mark. */
export interface SignedIn extends Staff {
  readonly role: Grant['role'];
}

export interface Entered extends Step {
  readonly signedIn: SignedIn;
}

interface Pending extends LoginChecks {
  readonly provider: string;
  readonly returnTo: string;
  readonly expiresAt: Instant;
}

export class SignIn {
  readonly #ports: SignInPorts;

  constructor(ports: SignInPorts) {
    this.#ports = ports;
  }

  /** Throws a Fault: `not_found`, `identity_source_unavailable`. */
  async begin({ provider, returnTo }: { provider: string | undefined; returnTo: string }, now: Instant): Promise<Step> {
    const { box, cookies, login } = this.#ports;
    const at = this.#findProvider(provider);
    if (at === undefined) throw new Fault('not_found', 'There is no such identity provider.');
    const checks = { state: randomText(), nonce: randomText() };
    const { url, codeVerifier } = await login.begin(at, checks, now);
    const pending: Pending = {
      provider: at.id,
      returnTo,
      expiresAt: now + SIGN_IN_PENDING_MS_MAX,
      ...checks,
      codeVerifier,
    };
    const sealed = Buffer.from(box.seal(JSON.stringify(pending), PLACE)).toString('base64url');
    return { location: url, cookies: [cookies.pending.write(sealed, SIGN_IN_PENDING_MS_MAX / 1000)] };
  }

  /**
   * Makes a session with an id of its own, and ends the one the browser had before.
   * Throws a Fault: `unprocessable`, `forbidden`, `identity_source_unavailable`.
   */
  async complete(callback: CallbackQuery, cookieHeader: string | undefined, now: Instant): Promise<Entered> {
    const { cookies, login, sessions } = this.#ports;
    const pending = this.#readPending(cookieHeader);
    const at = pending === null ? undefined : this.#findProvider(pending.provider);
    if (pending === null || at === undefined || pending.state !== callback.state || pending.expiresAt <= now) {
      throw notUnderWay();
    }
    const { claims, subject } = await login.complete(at, callback, pending, now);
    const grant = grantOfClaims(claims, at.rules);
    if (grant === null) throw new Fault('forbidden', 'You are signed in there, but have no role here.');
    const sessionId = randomText();
    const outcome = await sessions.add({ sessionId, state: pending.state, issuer: at.issuer, subject, grant }, now);
    if (outcome === 'state_used') throw notUnderWay();
    if (outcome === 'subject_unknown') throw new Fault('forbidden', 'Your role here is for somebody who is not known.');
    const before = this.sessionIdOf(cookieHeader);
    if (before !== null) await sessions.revoke(before, now);
    return {
      location: pending.returnTo,
      cookies: [cookies.session.write(sessionId, null), cookies.pending.clear()],
      signedIn: { role: grant.role, issuer: at.issuer, subject },
    };
  }

  /** The Set-Cookie header that goes with the end of a session. Without a session nothing happens. */
  async end(cookieHeader: string | undefined, now: Instant): Promise<string> {
    const sessionId = this.sessionIdOf(cookieHeader);
    if (sessionId !== null) await this.#ports.sessions.revoke(sessionId, now);
    return this.#ports.cookies.session.clear();
  }

  /** Null: the request comes with no session cookie. */
  sessionIdOf(cookieHeader: string | undefined): string | null {
    return this.#ports.cookies.session.read(cookieHeader);
  }

  /** Null: no such session, or not any more. */
  async identify(sessionId: string, now: Instant): Promise<Principal | null> {
    const session = RANDOM_TEXT.test(sessionId) ? await this.#ports.sessions.use(sessionId, now) : null;
    return session === null ? null : principalOfSession(session);
  }

  csrfTokenOf(sessionId: string): string {
    return csrfTokenOf(sessionId, this.#ports.csrfKey);
  }

  /** False: a page of somebody else may have sent the request with this person's cookie. */
  isOwnRequest(sessionId: string, headers: OriginHeaders, csrfToken: string | undefined): boolean {
    const { csrfKey, ownOrigin } = this.#ports;
    return isSameOrigin(headers, ownOrigin) && isCsrfToken(csrfToken, sessionId, csrfKey);
  }

  #findProvider(id: string | undefined): IdentityProvider | undefined {
    const { identityProviders } = this.#ports;
    return id === undefined ? identityProviders[0] : identityProviders.find((each) => each.id === id);
  }

  #readPending(cookieHeader: string | undefined): Pending | null {
    const sealed = this.#ports.cookies.pending.read(cookieHeader);
    if (sealed === null) return null;
    try {
      return JSON.parse(this.#ports.box.open(Buffer.from(sealed, 'base64url'), PLACE)) as Pending;
    } catch {
      // Not sealed here, cut, or with a key that has gone: as good as none.
      return null;
    }
  }
}

export type CallbackQuery = Readonly<Record<string, string>>;

function randomText(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url');
}

function notUnderWay(): Fault {
  return new Fault('unprocessable', 'This sign-in is not under way in this browser, or not any more. Start again.');
}

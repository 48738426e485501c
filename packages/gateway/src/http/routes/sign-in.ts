import type { SignInRole } from '@playgate/contract';
import { formatInstant } from '@playgate/policy';
import type { Clock } from '../../clock.ts';
import type { Principal } from '../../directory/principal.ts';
import { Fault } from '../../fault.ts';
import type { SignIn } from '../../sign-in/sign-in.ts';
import type { HandlersOf, PrincipalOf } from '../handler.ts';

export interface SignInPorts {
  /** Null: not set up. */
  readonly signIn: Pick<SignIn, 'begin' | 'complete' | 'end' | 'sessionIdOf' | 'csrfTokenOf'> | null;
  /** Sign-ins end in real time. */
  readonly clock: Clock;
}

type SignInOperation = 'beginSignIn' | 'completeSignIn' | 'endSignIn' | 'getMe';

export function signInRoutes({ signIn, clock }: SignInPorts): HandlersOf<SignInOperation> {
  const getSignIn = () => {
    if (signIn === null) throw new Fault('not_found', 'Sign-in is not set up here.');
    return signIn;
  };
  return {
    beginSignIn: async ({ query }) => {
      const { location, cookies } = await getSignIn().begin({ ...query, provider: query.provider }, clock.now());
      return { status: 302, body: location, cookies };
    },
    completeSignIn: async ({ query }, { cookieHeader }) => {
      const { location, cookies, signedIn } = await getSignIn().complete(withoutGaps(query), cookieHeader, clock.now());
      return { status: 303, body: location, cookies, signedIn };
    },
    endSignIn: async (_input, { cookieHeader, principal }) => {
      const active = getSignIn();
      // A key that comes with somebody's cookie speaks for itself, not for that person.
      if (principal.person === undefined) return { status: 204, body: null };
      return { status: 204, body: null, cookies: [await active.end(cookieHeader, clock.now())] };
    },
    getMe: async (_input, { cookieHeader, principal }) => {
      const { person } = principal;
      const sessionId = person === undefined ? null : (signIn?.sessionIdOf(cookieHeader) ?? null);
      return {
        status: 200,
        body: {
          roles: [ROLE_OF[principal.kind]],
          subject: subjectOf(principal),
          person: person === undefined ? null : { issuer: person.issuer, subject: person.subject },
          csrfToken: sessionId === null ? null : (signIn?.csrfTokenOf(sessionId) ?? null),
          expiresAt: person === undefined ? null : formatInstant(person.expiresAt),
        },
      };
    },
  };
}

type Staff = PrincipalOf<'operator' | 'secret' | 'agent' | 'regulator'>;

const ROLE_OF: Readonly<Record<Staff['kind'], SignInRole>> = {
  operator: 'operator',
  secret: 'provider',
  agent: 'agent',
  regulator: 'regulator',
};

function subjectOf(principal: Staff & Principal) {
  switch (principal.kind) {
    case 'operator':
      return null;
    case 'secret':
      return { subjectId: principal.world.providerId, mode: principal.world.mode };
    case 'agent':
      return { subjectId: principal.agentId, mode: null };
    case 'regulator':
      return { subjectId: principal.regulatorId, mode: null };
  }
}

function withoutGaps(query: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

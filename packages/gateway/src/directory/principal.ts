import type { Instant } from '@playgate/policy';
import type { World } from './world.ts';

/** `expiresAt`: of the token, in the time of the session's world. */
export interface SessionPrincipal {
  readonly kind: 'session';
  readonly claims: SessionClaims;
  readonly expiresAt: Instant;
}

/** Who calls. `kind` is what an operation of the registry names in `auth`. */
export type Principal =
  | ({ readonly kind: 'operator' } & ByPerson)
  | ({ readonly kind: 'secret'; readonly keyId: string; readonly world: World } & ByPerson)
  | { readonly kind: 'publishable'; readonly keyId: string; readonly world: World }
  | ({ readonly kind: 'agent'; readonly keyId: string; readonly agentId: string } & ByPerson)
  | ({ readonly kind: 'regulator'; readonly keyId: string; readonly regulatorId: string } & ByPerson)
  | SessionPrincipal
  | {
      readonly kind: 'guardian';
      readonly guardianId: string;
      readonly linkId: string;
      readonly playerId: string;
      readonly world: World;
    };

interface ByPerson {
  /** Who does it, where that is a person who signed in; absent: a machine with a key. `keyId` is then the `signInId`. */
  readonly person?: SignedInPerson;
}

export interface SignedInPerson {
  readonly signInId: string;
  /** The identity provider, and the person in its words; for the record, never for a decision. */
  readonly issuer: string;
  readonly subject: string;
  /** Of the sign-in, if it is not used until then; real time. */
  readonly expiresAt: Instant;
}

/** What a session token says; enough to answer an unmetered session without the ledger. */
export interface SessionClaims {
  readonly sessionId: string;
  readonly world: World;
  readonly gameId: string;
  readonly playerId: string;
  /** False: play is not counted (adults); its heartbeats need no store. */
  readonly metered: boolean;
  /** What the session was resolved with, in the words of sessions/session-context.ts. */
  readonly context: string;
}

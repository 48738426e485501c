import type { World } from './world.ts';

/** Who calls. `kind` is what an operation of the registry names in `auth`. */
export type Principal =
  | { readonly kind: 'operator' }
  | { readonly kind: 'secret'; readonly keyId: string; readonly world: World }
  | { readonly kind: 'publishable'; readonly keyId: string; readonly world: World }
  | { readonly kind: 'agent'; readonly keyId: string; readonly agentId: string }
  | { readonly kind: 'regulator'; readonly keyId: string; readonly regulatorId: string }
  | { readonly kind: 'session'; readonly claims: SessionClaims };

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

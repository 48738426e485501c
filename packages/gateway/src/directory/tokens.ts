// The ports of the tokens the gateway signs. Their adapters use jose and fix the algorithm, type, issuer and audience;
// nothing in a token's header is ever followed.
import type { Instant } from '@playgate/policy';
import type { AgeTokenClaims } from './directory.ts';
import type { SessionClaims } from './principal.ts';
import type { World } from './world.ts';

export interface AgeTokens {
  issue(world: World, claims: AgeTokenClaims, now: Instant): Promise<string>;
  /** Null for anything that is not an unexpired age token of this world. */
  verify(world: World, token: string, now: Instant): Promise<AgeTokenClaims | null>;
  /** The public keys, as the JWKS document. */
  jwks(): Promise<{ readonly keys: readonly object[] }>;
}

/** What a guardian's link says. Whether it was revoked is for the directory to know. */
export interface GuardianLinkClaims {
  readonly linkId: string;
  readonly world: World;
  readonly playerId: string;
}

export interface GuardianTokens {
  issue(claims: GuardianLinkClaims, expiresAt: Instant, now: Instant): Promise<string>;
  /**
   * Null for anything that is not the token of a link of this gateway; the expiry is the caller's to check against the
   * time of the player's world.
   */
  verify(token: string): Promise<{ readonly claims: GuardianLinkClaims; readonly expiresAt: Instant } | null>;
}

export interface VerifiedSession {
  readonly claims: SessionClaims;
  readonly expiresAt: Instant;
}

export interface SessionTokens {
  issue(claims: SessionClaims, expiresAt: Instant, now: Instant): Promise<string>;
  /**
   * Null for anything that is not a session token of this gateway. Verified once, then answered from a bounded cache;
   * the expiry is the caller's to check against the time of the session's world.
   */
  verify(token: string): Promise<VerifiedSession | null>;
  /** The same from that cache alone; null: it has to be verified. */
  recall(token: string): VerifiedSession | null;
}

/** What a client keeps of its session, so that lost books can be restored. It lets nobody do anything. */
export interface Receipts {
  /** `proof`: ASCII without a dot, as in sessions/proof-text.ts; a receipt begins with it. */
  issue(sessionId: string, proof: string): string;
  /** The proof; null: not a receipt of this session by this deployment. */
  read(sessionId: string, receipt: string): string | null;
}

import type { AgeBand, Instant } from '@playgate/policy';
import type { Assurance } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import type { Assessment, Outcome, OutcomeReason } from './assess-identity.ts';
import type { IdentityClaim, PlayerIdentity } from './identity-claim.ts';

/** A claim judged together with what was known of the player before. */
export interface Judgement extends Assessment {
  /** What is known from now on; null: rejected, all stays as it is. */
  readonly identity: PlayerIdentity | null;
}

/** One verification to be kept. */
export interface VerificationEntry {
  /** Given when it was begun; absent: one is made. */
  readonly verificationId?: string | undefined;
  readonly playerRef: string;
  readonly method: string;
  readonly claim: IdentityClaim;
  /**
   * Pure: it may be asked several times. Whether it rejects does not depend on `isGuarded`: whether a guardian stands for
   * the person, with the guardian of the claim taken in.
   */
  readonly judge: (known: PlayerIdentity | null, isGuarded: boolean) => Judgement;
}

export interface VerificationReceipt extends Assessment {
  readonly verificationId: string;
  readonly playerId: string;
  readonly personId: string;
  /** The person the player belonged to until now, when this verification showed another. */
  readonly previousPersonId: string | null;
  /** True: this player or another account has become another person's, and the day played is still to be counted there. */
  readonly isMergePending: boolean;
}

/** What is told of an old verification; outlives the identity. */
export interface VerificationSummary {
  readonly verificationId: string;
  readonly playerId: string;
  readonly method: string;
  readonly outcome: Outcome;
  readonly reason: OutcomeReason | null;
  readonly ageBand: AgeBand | null;
  /** Of what this verification claimed, which need not be what holds. */
  readonly assurance: Assurance;
}

/** Who hides behind a playerRef, a national id, a subject or a guardian's child; all are kept as keyed hashes only. */
export interface PlayerRegister {
  /**
   * Keeps the verification and makes what was judged the player's identity, unless it was rejected. In one step:
   * - the same playerRef in a world is the same player; a new one is a player and a person of its own;
   * - players of a world with the same national id, the same subject of a source, or the same child of a guardian are one
   *   person, and the play of its accounts is one;
   * - a guardian in the claim registers the player, unless it is a consent that the guardian has revoked;
   * - claims that contradict the identity before stay on record too.
   */
  record(world: World, entry: VerificationEntry, now: Instant): Promise<VerificationReceipt>;
  /** The player of a playerRef, made if there is none: one whose verification has only begun. */
  admit(world: World, playerRef: string, now: Instant): Promise<string>;
  /** Null: unknown in this world. */
  findVerification(world: World, verificationId: string): Promise<VerificationSummary | null>;
}

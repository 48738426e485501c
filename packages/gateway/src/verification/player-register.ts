import type { AgeBand, Instant } from '@playgate/policy';
import type { Assurance } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import type { Outcome, OutcomeReason } from './assess-identity.ts';
import type { IdentityClaim } from './identity-claim.ts';

/** One verification as judged. */
export interface VerificationEntry {
  readonly playerRef: string;
  readonly method: string;
  readonly claim: IdentityClaim;
  readonly outcome: Outcome;
  readonly reason: OutcomeReason | null;
  readonly ageBand: AgeBand | null;
}

export interface VerificationReceipt {
  readonly verificationId: string;
  readonly playerId: string;
  readonly personId: string;
  /** The person the player belonged to until now, when this verification showed another; a merge of the day is then pending. */
  readonly previousPersonId: string | null;
}

/** What is told of an old verification; outlives the identity. */
export interface VerificationSummary {
  readonly verificationId: string;
  readonly playerId: string;
  readonly outcome: Outcome;
  readonly reason: OutcomeReason | null;
  readonly ageBand: AgeBand | null;
  readonly assurance: Assurance;
}

/** Who hides behind a playerRef or a national id; both are kept as keyed hashes only. */
export interface PlayerRegister {
  /**
   * Keeps the verification and makes its claim the player's identity, unless it was rejected. In one step:
   * - the same playerRef in a world is the same player; a new one is a player and a person of its own;
   * - players of a world with the same national id are one person;
   * - the newest claim wins, also where it contradicts the one before: the provider vouches for it. Both stay on record.
   */
  record(world: World, entry: VerificationEntry, now: Instant): Promise<VerificationReceipt>;
  /** Null: unknown in this world. */
  findVerification(world: World, verificationId: string): Promise<VerificationSummary | null>;
}

// The port of verifications that wait for their player. Each has a handle that works once; what a method needs to
// complete it is kept sealed and forgotten when it is over.
import type { Instant } from '@playgate/policy';
import type { World } from '../directory/world.ts';
import type { VerifierFailure } from './age-verifier.ts';

/** How long after its expiry a verification that came to nothing can still be asked for. */
export const PENDING_KEPT_MS = 86_400_000;

/** What completing needs, known to nobody in between. */
export interface PendingContent {
  readonly playerRef: string;
  readonly returnUrl: string | null;
  /** The method's own, see `Begun`. */
  readonly secret: string;
}

export interface PendingStart {
  readonly verificationId: string;
  readonly playerId: string;
  readonly method: string;
  readonly handle: string;
  readonly content: PendingContent;
  /** Real time. */
  readonly expiresAt: Instant;
  /** Until when the player may play meanwhile, in time of the world; null: not at all. */
  readonly standingUntilAt: Instant | null;
}

export interface PendingSummary {
  readonly verificationId: string;
  readonly playerId: string;
  readonly method: string;
  readonly status: 'pending' | 'failed' | 'expired';
  /** Of `failed` only. */
  readonly reason: VerifierFailure | null;
  /** Real time. */
  readonly expiresAt: Instant;
}

/** A verification whose handle was shown: nobody else can take it any more. */
export interface TakenVerification {
  readonly verificationId: string;
  readonly world: World;
  readonly playerId: string;
  readonly content: PendingContent;
  /** True: too late; it may not be completed, but its player can be sent back. */
  readonly isExpired: boolean;
}

export interface PendingFailure {
  readonly verificationId: string;
  readonly reason: VerifierFailure;
  readonly standingUntilAt: Instant | null;
}

export interface PendingVerifications {
  add(world: World, start: PendingStart, now: Instant): Promise<void>;
  /** Since when a player of unknown age has been let in, in time of the world: `now` where it is the first time. */
  beginStanding(playerId: string, now: Instant): Promise<Instant>;
  /** Keeps that a verification could not even begin. */
  addFailed(
    world: World,
    failed: PendingFailure & Pick<PendingStart, 'playerId' | 'method' | 'expiresAt'>,
    now: Instant,
  ): Promise<void>;
  /** Null: no such verification of the method, or taken before. At most one caller gets it. */
  take(method: string, handle: string, realNow: Instant): Promise<TakenVerification | null>;
  /** The same by its id, for methods whose answer the provider's server brings; null also when it is over. */
  takeOf(world: World, method: string, verificationId: string, realNow: Instant): Promise<TakenVerification | null>;
  /** The verification gave a claim, which is kept elsewhere. */
  finish(verificationId: string): Promise<void>;
  fail(failure: PendingFailure): Promise<void>;
  /** Null: unknown in this world, complete, or long over. */
  find(world: World, verificationId: string, realNow: Instant): Promise<PendingSummary | null>;
}

import type { Instant } from '@playgate/policy';
import type { World } from '../../directory/world.ts';

export type HoldScope = 'all' | 'provider' | 'player';

/** Data that must not be deleted, because somebody with the right to do so asked for it. */
export interface LegalHold {
  readonly holdId: string;
  readonly scope: HoldScope;
  /** Of the provider or player; null: everything. */
  readonly subjectId: string | null;
  readonly reason: string;
  readonly author: string;
  /** Real time. */
  readonly placedAt: Instant;
  readonly releasedAt: Instant | null;
  readonly releasedBy: string | null;
}

export interface LegalHolds {
  /** Null: there is no such provider or player. */
  place(hold: Pick<LegalHold, 'scope' | 'subjectId' | 'reason' | 'author'>, now: Instant): Promise<LegalHold | null>;
  /** False: no such hold, or released before. */
  release(holdId: string, by: string, now: Instant): Promise<boolean>;
  /** Newest first. */
  list(): Promise<readonly LegalHold[]>;
  /** True: the player is held, and the erasure is kept for when it is not. */
  deferErasure(world: World, playerId: string, now: Instant): Promise<boolean>;
  /** Players whose erasure waited and whom nothing holds any more. */
  listReleasedErasures(): Promise<readonly { readonly world: World; readonly playerId: string }[]>;
}

// The port of who guards whom, what they tightened, and the links that open for them. Its adapter lives in store/sql.
// A child is a person: what is filed under one of its accounts holds for all of them.
import type { GuardianRules, Instant } from '@playgate/policy';
import type { PlayerProfile } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';

export const RELATIONSHIPS = ['parent', 'guardian'] as const;
export type Relationship = (typeof RELATIONSHIPS)[number];

export type ConsentSource = 'provider' | 'verification';

/** Who consented, when, and to which text. */
export interface GuardianConsent {
  readonly relationship: Relationship;
  readonly name: string | null;
  /** E.164. With it a guardian of several children is recognised as one, within its world. */
  readonly phone: string;
  readonly consentedAt: Instant;
  /** The provider's own mark of the text that was agreed to; null: not told. */
  readonly textVersion: string | null;
  readonly source: ConsentSource;
}

/** A registration that stands. */
export interface Guardianship {
  readonly guardianId: string;
  readonly relationship: Relationship;
  /** Country code and the last digits. */
  readonly maskedPhone: string;
  readonly consentedAt: Instant;
  readonly textVersion: string | null;
  readonly source: ConsentSource;
  readonly registeredAt: Instant;
  /** Children of this guardian in this world, this one included. */
  readonly childCount: number;
}

export const RULE_AUTHORS = ['provider', 'guardian'] as const;
export type RuleAuthor = (typeof RULE_AUTHORS)[number];

/** One state of the rules of a child; the newest holds. */
export interface RulesRevision {
  /** Counts up from 1 per child. */
  readonly version: number;
  readonly rules: GuardianRules;
  readonly author: RuleAuthor;
  readonly setAt: Instant;
}

export interface RulesChange {
  readonly rules: GuardianRules;
  readonly author: RuleAuthor;
  /** Set when the author is a guardian. */
  readonly guardianId: string | null;
  /** The version the author has seen, 0: none; null: whatever it is. */
  readonly ifVersion: number | null;
}

export interface GuardianLink {
  readonly linkId: string;
  readonly guardianId: string;
  readonly expiresAt: Instant;
}

/** Revisions told beside the one that holds. */
export const REVISIONS_TOLD_MAX = 20;

/** The account a call names, and the child behind it. */
export type Child = Pick<PlayerProfile, 'personId' | 'playerId'>;

export interface GuardianRegister {
  /**
   * A child has one guardian at a time: another one, or a newer consent, replaces the registration. The same consent again
   * changes nothing. Null: the consent, whoever gave it, is dated before the child's last revocation.
   */
  register(world: World, child: Child, consent: GuardianConsent, now: Instant): Promise<Guardianship | null>;
  findGuardianship(child: Child): Promise<Guardianship | null>;
  /** Ends the registration and every link of it. Revoking what is not there is fine. */
  revoke(child: Child, now: Instant): Promise<void>;

  /** Newest first, at most `REVISIONS_TOLD_MAX`. */
  listRevisions(child: Child): Promise<readonly RulesRevision[]>;
  /** The revision that holds now; null: `ifVersion` is not the newest. Rules that are as they were make no new revision. */
  setRules(child: Child, change: RulesChange, now: Instant): Promise<RulesRevision | null>;

  /** Null: the child has no guardian. */
  addLink(world: World, child: Child, expiresAt: Instant, now: Instant): Promise<GuardianLink | null>;
  /** The guardian of a link that was not revoked; null for anything else. Expiry is the caller's to check. */
  findLinkGuardian(world: World, linkId: string, playerId: string): Promise<string | null>;
  /** False: no such link of this child. */
  revokeLink(child: Child, linkId: string, now: Instant): Promise<boolean>;
}

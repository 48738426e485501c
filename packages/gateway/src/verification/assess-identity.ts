// What a claim is worth under a policy, and what the session side may know of it. Pure.
import {
  type AgeBand,
  ageBandAt,
  ageOn,
  type BirthDateProblem,
  dayOf,
  findBirthDateProblem,
  type Instant,
  nextBandChangeAt,
  type PlayerFacts,
  type PolicyDocument,
} from '@playgate/policy';
import type { PlayerIdentity } from './identity-claim.ts';

export const OUTCOMES = ['verified', 'guardian_required', 'phone_required', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The literals are wire values. */
export type OutcomeReason =
  | 'phone_missing'
  | 'phone_not_verified'
  | 'phone_country'
  | 'guardian_missing'
  | `birth_date_${BirthDateProblem}`;

export interface Assessment {
  readonly outcome: Outcome;
  readonly reason: OutcomeReason | null;
  /** Null only for `rejected`. */
  readonly ageBand: AgeBand | null;
}

/** A birth date that cannot be is rejected; else the phone is asked for before the guardian. */
export function assessIdentity(identity: PlayerIdentity, policy: PolicyDocument, now: Instant): Assessment {
  const { date } = dayOf(policy.zone, now);
  const problem = findBirthDateProblem(identity.birthDate, date);
  if (problem !== null) return { outcome: 'rejected', reason: `birth_date_${problem}`, ageBand: null };
  const ageBand = ageBandAt(policy.bands, identity.birthDate, policy.zone, now);
  const phoneProblem = findPhoneProblem(identity, policy);
  if (phoneProblem !== null) return { outcome: 'phone_required', reason: phoneProblem, ageBand };
  const { guardianRequiredBelow } = policy.identity;
  if (
    guardianRequiredBelow !== null &&
    identity.guardian === null &&
    ageOn(identity.birthDate, date) < guardianRequiredBelow
  ) {
    return { outcome: 'guardian_required', reason: 'guardian_missing', ageBand };
  }
  return { outcome: 'verified', reason: null, ageBand };
}

/** Of a player nobody has vouched for. */
export const UNKNOWN_PLAYER: PlayerFacts = {
  ageBand: null,
  verified: false,
  verifiedPhoneCountry: null,
  hasGuardian: false,
};

/** `verified` says that somebody vouched for the age; phone and guardian stand for themselves. */
export function describePlayer(
  identity: PlayerIdentity,
  policy: PolicyDocument,
  now: Instant,
): { readonly facts: PlayerFacts; readonly bandChangesAt: Instant | null } {
  const { birthDate, guardian } = identity;
  return {
    facts: {
      ageBand: ageBandAt(policy.bands, birthDate, policy.zone, now),
      verified: true,
      verifiedPhoneCountry:
        findPhoneProblem(identity, policy) === null ? (policy.identity.phone?.country ?? null) : null,
      hasGuardian: guardian !== null,
    },
    bandChangesAt: nextBandChangeAt(policy.bands, birthDate, policy.zone, now),
  };
}

function findPhoneProblem({ phone }: PlayerIdentity, policy: PolicyDocument): OutcomeReason | null {
  const rule = policy.identity.phone;
  if (rule === null) return null;
  if (phone === null) return 'phone_missing';
  if (!phone.verified) return 'phone_not_verified';
  return new RegExp(rule.pattern).test(phone.number) ? null : 'phone_country';
}

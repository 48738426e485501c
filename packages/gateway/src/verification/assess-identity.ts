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
import type { Assurance } from '../directory/directory.ts';
import { assuranceOf, listAgreeingMethods } from './combine-sources.ts';
import type { PlayerIdentity } from './identity-claim.ts';

export const OUTCOMES = ['verified', 'guardian_required', 'phone_required', 'method_required', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The literals are wire values. */
export type OutcomeReason =
  | 'phone_missing'
  | 'phone_not_verified'
  | 'phone_country'
  | 'guardian_missing'
  | 'method_not_accepted'
  | 'second_method_missing'
  | `birth_date_${BirthDateProblem}`;

export interface Assessment {
  readonly outcome: Outcome;
  readonly reason: OutcomeReason | null;
  /** Null only for `rejected`. */
  readonly ageBand: AgeBand | null;
}

/** What is known of a player, and whether a guardian has registered it. */
export interface Applicant extends PlayerIdentity {
  readonly isGuarded: boolean;
}

/** A birth date that cannot be is rejected; else what is missing is told: method, then phone, then guardian. */
export function assessIdentity(identity: Applicant, policy: PolicyDocument, now: Instant): Assessment {
  const { date } = dayOf(policy.zone, now);
  const problem = findBirthDateProblem(identity.birthDate, date);
  if (problem !== null) return { outcome: 'rejected', reason: `birth_date_${problem}`, ageBand: null };
  const ageBand = ageBandAt(policy.bands, identity.birthDate, policy.zone, now);
  const methodProblem = findMethodProblem(identity, policy);
  if (methodProblem !== null) return { outcome: 'method_required', reason: methodProblem, ageBand };
  const phoneProblem = findPhoneProblem(identity, policy);
  if (phoneProblem !== null) return { outcome: 'phone_required', reason: phoneProblem, ageBand };
  const { guardianRequiredBelow } = policy.identity;
  if (
    guardianRequiredBelow !== null &&
    !identity.isGuarded &&
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

/** What is told of a player, without any of the identity. */
export interface Described {
  readonly facts: PlayerFacts;
  readonly bandChangesAt: Instant | null;
  /** Of the source whose age holds; null: no age is known. */
  readonly assurance: Assurance | null;
  /** Methods the policy accepts that say an age which fits the one that holds. */
  readonly methods: readonly string[];
}

/** `verified` says that methods the policy accepts vouched for the age; phone and guardian stand for themselves. */
export function describePlayer(identity: Applicant, policy: PolicyDocument, now: Instant): Described {
  const { birthDate, isGuarded } = identity;
  return {
    facts: {
      ageBand: ageBandAt(policy.bands, birthDate, policy.zone, now),
      verified: findMethodProblem(identity, policy) === null,
      verifiedPhoneCountry:
        findPhoneProblem(identity, policy) === null ? (policy.identity.phone?.country ?? null) : null,
      hasGuardian: isGuarded,
    },
    bandChangesAt: nextBandChangeAt(policy.bands, birthDate, policy.zone, now),
    assurance: assuranceOf(identity),
    methods: listAgreeingMethods(identity, policy.identity.methods?.accepted ?? null),
  };
}

/** Of a player whose first verification is under way, or waits for its source, where the policy lets such players in. */
export function describeProvisionalPlayer(policy: PolicyDocument): PlayerFacts {
  return { ...UNKNOWN_PLAYER, ageBand: policy.bands[0]!.id, verified: true };
}

function findMethodProblem(identity: Applicant, policy: PolicyDocument): OutcomeReason | null {
  const { accepted = null, required = 1 } = policy.identity.methods ?? {};
  const count = listAgreeingMethods(identity, accepted).length;
  if (count === 0) return 'method_not_accepted';
  return count < required ? 'second_method_missing' : null;
}

function findPhoneProblem({ phone }: Applicant, policy: PolicyDocument): OutcomeReason | null {
  const rule = policy.identity.phone;
  if (rule === null) return null;
  if (phone === null) return 'phone_missing';
  if (!phone.verified) return 'phone_not_verified';
  return new RegExp(rule.pattern).test(phone.number) ? null : 'phone_country';
}

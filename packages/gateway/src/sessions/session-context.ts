// What a session was resolved with, as one short text: it travels in the session token and lies in the store, so that a
// heartbeat needs no look-up. It names no person: a band, never a birth date.
import { AGE_BANDS, type AgeBand, type AgentHours, type GuardianRules, RATINGS, type Rating } from '@playgate/policy';
import { decodeRules, encodeRules } from './guardian-rules-text.ts';

export interface SessionContext {
  readonly policyId: string;
  readonly policyVersion: number;
  readonly ageBand: AgeBand;
  /** Methods that the policy accepts vouched for the band. */
  readonly isVerified: boolean;
  readonly verifiedPhoneCountry: string | null;
  readonly hasGuardian: boolean;
  readonly rating: Rating;
  readonly agentHours: AgentHours | null;
  readonly guardianRules: GuardianRules | null;
  /** Play is also counted for the human over all providers. */
  readonly isHumanKnown: boolean;
}

const SEPARATOR = '|';
const HOURS_SEPARATOR = '-';

/** For example `vn-147-2024@1|16_17|+84|g|12+|08:00-22:00|2bs0:`; at most a few hundred characters. */
export function encodeContext(context: SessionContext): string {
  const { agentHours } = context;
  return [
    `${context.policyId}@${context.policyVersion}`,
    context.ageBand,
    context.verifiedPhoneCountry ?? '',
    context.hasGuardian ? 'g' : '',
    context.rating,
    agentHours === null ? '' : agentHours.opensAt + HOURS_SEPARATOR + agentHours.closesAt,
    encodeRules(context.guardianRules),
    context.isHumanKnown ? 'h' : '',
    context.isVerified ? '' : 'u',
  ].join(SEPARATOR);
}

/** Throws a TypeError for a text that `encodeContext` did not make. */
export function decodeContext(text: string): SessionContext {
  const [policy = '', ageBand, phone, guardian, rating, hours, rules = '', human, unverified] = text.split(SEPARATOR);
  const at = policy.lastIndexOf('@');
  const [opensAt, closesAt] = (hours ?? '').split(HOURS_SEPARATOR);
  const isBand = AGE_BANDS.some((band) => band === ageBand);
  const isRating = RATINGS.some((known) => known === rating);
  if (at < 1 || !isBand || !isRating) throw new TypeError('not a session context');
  return {
    policyId: policy.slice(0, at),
    policyVersion: Number(policy.slice(at + 1)),
    ageBand: ageBand as AgeBand,
    isVerified: unverified !== 'u',
    verifiedPhoneCountry: phone || null,
    hasGuardian: guardian === 'g',
    rating: rating as Rating,
    agentHours: opensAt && closesAt ? { opensAt, closesAt } : null,
    guardianRules: decodeRules(rules),
    isHumanKnown: human === 'h',
  };
}

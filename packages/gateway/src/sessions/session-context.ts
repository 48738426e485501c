// What a session was resolved with, as one short text: it travels in the session token and lies in the store, so that a
// heartbeat needs no look-up. It names no person: a band, never a birth date.
import {
  AGE_BANDS,
  type AgeBand,
  type AgentHours,
  type DayAdjustment,
  type GuardianRules,
  RATINGS,
  type Rating,
} from '@playgate/policy';
import { ASSURANCES, type Assurance } from '../directory/directory.ts';
import { decodeAdjustment, encodeAdjustment } from './adjustment-text.ts';
import { decodeRules, encodeRules } from './guardian-rules-text.ts';

/** Who opened a session: the game's client with a publishable key, or its server with a secret one. */
export const SESSION_PROTOCOLS = ['client', 'server'] as const;
export type SessionProtocol = (typeof SESSION_PROTOCOLS)[number];

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
  /** What corrections and grants add up to for the game of the session; on another date it says nothing. */
  readonly adjustment: DayAdjustment | null;
  /** For the record only, as is `protocol`: nothing is decided by them. Null: a text from before they were kept. */
  readonly assurance: Assurance | null;
  readonly protocol: SessionProtocol | null;
}

const SEPARATOR = '|';
/** What comes behind it is for the record only. */
const RECORD_MARK = '~';
const ASSURANCE_LETTERS: Readonly<Record<Assurance, string>> = {
  declared: 'd',
  attested: 'a',
  document: 'i',
  wallet: 'w',
};
const PROTOCOL_LETTERS: Readonly<Record<SessionProtocol, string>> = { client: 'c', server: 's' };
const UNKNOWN_LETTER = '-';
const HOURS_SEPARATOR = '-';

/** For example `vn-147-2024@1|16_17|+84|g|12+|08:00-22:00|2bs0:||~ac`; at most a few hundred characters. */
export function encodeContext(context: SessionContext): string {
  const { adjustment, agentHours, assurance, protocol } = context;
  const deciding = [
    `${context.policyId}@${context.policyVersion}`,
    context.ageBand,
    context.verifiedPhoneCountry ?? '',
    context.hasGuardian ? 'g' : '',
    context.rating,
    agentHours === null ? '' : agentHours.opensAt + HOURS_SEPARATOR + agentHours.closesAt,
    encodeRules(context.guardianRules),
    context.isHumanKnown ? 'h' : '',
    context.isVerified ? '' : 'u',
    ...(adjustment === null ? [] : [encodeAdjustment(adjustment)]),
  ].join(SEPARATOR);
  if (assurance === null && protocol === null) return deciding;
  const letters = [
    assurance === null ? UNKNOWN_LETTER : ASSURANCE_LETTERS[assurance],
    protocol === null ? UNKNOWN_LETTER : PROTOCOL_LETTERS[protocol],
  ];
  return deciding + RECORD_MARK + letters.join('');
}

/** The part of a text by which is decided: the same for sessions that only the record tells apart. */
export function withoutRecordFacts(text: string): string {
  const end = text.lastIndexOf(RECORD_MARK);
  return end < 0 ? text : text.slice(0, end);
}

/** Throws a TypeError for a text that `encodeContext` did not make. */
export function decodeContext(text: string): SessionContext {
  const deciding = withoutRecordFacts(text);
  const [policy = '', ageBand, phone, guardian, rating, hours, rules = '', human, unverified, adjustment = ''] =
    deciding.split(SEPARATOR);
  const [assurance, protocol] = text.slice(deciding.length + RECORD_MARK.length);
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
    adjustment: decodeAdjustment(adjustment),
    assurance: ASSURANCES.find((known) => ASSURANCE_LETTERS[known] === assurance) ?? null,
    protocol: SESSION_PROTOCOLS.find((known) => PROTOCOL_LETTERS[known] === protocol) ?? null,
  };
}

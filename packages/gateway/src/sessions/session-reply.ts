// Allowance, ledger and decision in the words of the contract.
import type { HeartbeatReply, PlayAllowance, SessionDenied } from '@playgate/contract';
import {
  type Allowance,
  type BeatDecision,
  type DecisionSource,
  formatInstant,
  type Instant,
  type RefusalReason,
  type Remaining,
  type StartDecision,
  type UsedByScope,
  type UsedMs,
} from '@playgate/policy';
import { toldUsed } from './adjusted-used.ts';
import { instantText } from './instant-text.ts';
import { MESSAGES } from './messages.ts';
import type { Conflict } from './session-store.ts';

/** A heartbeat is asked for again at the end of play, but not sooner than this. */
const NEXT_HEARTBEAT_MS_MIN = 1_000;
/** What an unmetered session is told of its lease: no silence ends its play, so the figure only has to be far. */
const UNMETERED_LEASE_MS = 24 * 3_600_000;

export const NOTHING_USED: UsedMs = { game: 0, provider: 0, agent: 0, person: 0 };

/** Where the human over all providers is not known, what is known of the person is counted against that budget. */
export const byScope = (used: UsedMs, isHumanKnown: boolean): UsedByScope =>
  isHumanKnown ? used : { ...used, person: used.provider };

export interface PlayAnswer extends Remaining {
  readonly allowance: Allowance;
  readonly rating: PlayAllowance['rating'];
  readonly used: UsedMs;
  /** As the books have it, and the lease too: they judge the silence that follows by what is told here. */
  readonly intervalMs: number;
  readonly leaseEndsAt: Instant;
  /** Heartbeats are asked for. */
  readonly isAttended: boolean;
  readonly isEnded: boolean;
  readonly source: DecisionSource;
  readonly now: Instant;
  /** After the end that is told or foretold. */
  readonly nextAllowedAt: Instant | null;
}

type Fixed = Pick<PlayAllowance, 'warningsMs' | 'notices' | 'policy'>;
const fixedParts = new WeakMap<Allowance, Fixed>();

/** The part of a reply that is the same for every session of one allowance. */
function fixedPartOf(allowance: Allowance): Fixed {
  const known = fixedParts.get(allowance);
  if (known !== undefined) return known;
  const { document } = allowance.policy;
  const fixed: Fixed = {
    warningsMs: document.warningsMs,
    notices: document.notices
      .filter(({ audience }) => audience === 'all' || allowance.metered)
      .map(({ id, everyMs, text }) => ({ id, everyMs, text })),
    policy: policyReference(allowance),
  };
  fixedParts.set(allowance, fixed);
  return fixed;
}

export function policyReference({ policy }: Pick<Allowance, 'policy'>): PlayAllowance['policy'] {
  return { id: policy.document.id, version: policy.document.version, hash: policy.hash };
}

export function playAllowance(answer: PlayAnswer): PlayAllowance {
  const { allowance, endsAt, intervalMs, now, used } = answer;
  const untilEndMs = endsAt === null ? intervalMs : Math.max(NEXT_HEARTBEAT_MS_MIN, endsAt - now);
  const isBeating = answer.isAttended && !answer.isEnded;
  return {
    serverAt: instantText(now),
    unlimited: !allowance.metered,
    remainingMs: answer.remainingMs,
    endsAt: endsAt === null ? null : instantText(endsAt),
    bindingRule: answer.bindingRule,
    nextAllowedAt: answer.nextAllowedAt === null ? null : instantText(answer.nextAllowedAt),
    used: toldUsed(used),
    nextHeartbeatMs: isBeating ? Math.min(intervalMs, untilEndMs) : null,
    leaseExpiresAt: instantText(leaseEnd(answer)),
    rating: answer.rating,
    source: answer.source,
    ...fixedPartOf(allowance),
  };
}

function leaseEnd({ allowance, isEnded, leaseEndsAt, now }: PlayAnswer): Instant {
  if (isEnded) return now;
  return allowance.metered ? leaseEndsAt : now + UNMETERED_LEASE_MS;
}

export function heartbeatReply(answer: PlayAnswer, decision: BeatDecision, seq: number): HeartbeatReply {
  const allowance = playAllowance(answer);
  if (decision.verdict !== 'end' || decision.reason === null) {
    return { ...allowance, verdict: decision.verdict === 'warn' ? 'warn' : 'continue', seq };
  }
  return {
    ...allowance,
    verdict: 'end',
    seq,
    reason: decision.reason,
    message: MESSAGES[decision.reason],
  };
}

export interface DenialAnswer {
  readonly allowance: Allowance | null;
  readonly rating: PlayAllowance['rating'];
  readonly used: UsedMs | null;
  readonly conflicts: readonly Conflict[];
  readonly source: DecisionSource;
  readonly now: Instant;
}

type Denied = Extract<StartDecision, { verdict: 'denied' }>;

/** A denial that needs no rule: nobody is known, or the ledger cannot be asked. */
export const plainDenial = (reason: RefusalReason): Denied => ({
  verdict: 'denied',
  reason,
  bindingRule: null,
  nextAllowedAt: null,
});

export function sessionDenied(answer: DenialAnswer, decision: Denied): SessionDenied {
  const { allowance, used } = answer;
  return {
    verdict: 'denied',
    reason: decision.reason,
    bindingRule: decision.bindingRule,
    nextAllowedAt: decision.nextAllowedAt === null ? null : formatInstant(decision.nextAllowedAt),
    conflicts: answer.conflicts,
    message: MESSAGES[decision.reason],
    serverAt: formatInstant(answer.now),
    source: answer.source,
    rating: answer.rating,
    ...(allowance === null ? {} : { policy: policyReference(allowance) }),
    ...(used === null ? {} : { used: toldUsed(used) }),
  };
}

// Allowances by context: sessions of one policy, band, rating, place and set of guardian rules share one, so a heartbeat resolves nothing.
import {
  type Allowance,
  type Instant,
  type LedgerScope,
  type PolicyLibrary,
  resolveAllowance,
  type SessionPlan,
} from '@playgate/policy';
import { LRUCache } from 'lru-cache';
import { Fault } from '../fault.ts';
import { decodeContext, type SessionContext } from './session-context.ts';

/** Contexts are few (policy x band x rating x hours); children with rules of their own add one each. */
const REMEMBERED_MAX = 20_000;

interface Remembered {
  readonly allowance: Allowance;
  readonly fromAt: Instant;
  readonly untilAt: Instant;
}

export class AllowanceBook {
  private readonly library: PolicyLibrary;
  private readonly onAlarm: (alarm: string, policyId: string) => void;
  private readonly remembered = new LRUCache<string, Remembered>({ max: REMEMBERED_MAX });

  /** `onAlarm` is told of every allowance that is stricter because data of the policy is missing, with the alarm's name. */
  constructor(library: PolicyLibrary, onAlarm: (alarm: string, policyId: string) => void = () => {}) {
    this.library = library;
    this.onAlarm = onAlarm;
  }

  /** The allowance of a context at `now`. Throws a Fault where its policy has no version in force then. */
  allowanceOf(context: string, now: Instant): Allowance {
    const known = this.remembered.get(context);
    if (known !== undefined && now >= known.fromAt && now < known.untilAt) return known.allowance;
    const allowance = this.resolve(decodeContext(context), now);
    for (const alarm of allowance.alarms) this.onAlarm(alarm, allowance.policy.document.id);
    this.remembered.set(context, { allowance, fromAt: now, untilAt: untilOf(allowance) });
    return allowance;
  }

  /** Version of the policy in force, or null: an unknown policy, or none in force then. */
  versionOf(policyId: string, now: Instant): number | null {
    return this.library.inForce(policyId, now)?.document.version ?? null;
  }

  resolve(context: SessionContext, now: Instant): Allowance {
    const policy = this.library.inForce(context.policyId, now);
    if (policy === null) throw new Fault('unprocessable', 'The policy of the game is not in force at this time.');
    return resolveAllowance({
      policy,
      player: {
        ageBand: context.ageBand,
        verified: context.isVerified,
        verifiedPhoneCountry: context.verifiedPhoneCountry,
        hasGuardian: context.hasGuardian,
      },
      rating: context.rating,
      agentHours: context.agentHours,
      guardianRules: context.guardianRules,
      now,
    });
  }
}

/** An allowance is good until midnight, or until the edge at which its window closes or opens. */
function untilOf({ refusal, stopsAt, validUntilAt }: Allowance): Instant {
  return Math.min(validUntilAt, stopsAt ?? validUntilAt, refusal?.nextAllowedAt ?? validUntilAt);
}

/**
 * The numbers a session runs by until the allowance ends. A refusal stops it at once. Where the human over all providers
 * is not known, a limit on it binds what is played with this one.
 */
export function planOf(allowance: Allowance, isHumanKnown: boolean): SessionPlan {
  const { budgets, day, refusal } = allowance;
  const limitOf = (scope: LedgerScope) => budgets.find((budget) => budget.scope === scope)?.limitMs ?? null;
  return {
    day,
    metered: allowance.metered,
    validUntilAt: allowance.validUntilAt,
    stopsAt: refusal === null ? allowance.stopsAt : day.startsAt,
    limitMs: {
      game: limitOf('game'),
      provider: isHumanKnown ? limitOf('provider') : tighter(limitOf('provider'), limitOf('person')),
      agent: limitOf('agent'),
      person: isHumanKnown ? limitOf('person') : null,
    },
    ...allowance.policy.document.heartbeat,
  };
}

function tighter(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}

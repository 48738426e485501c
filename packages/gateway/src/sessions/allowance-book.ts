// Allowances by context: sessions of one policy, band, rating, place and set of guardian rules share one, so a heartbeat resolves nothing.
import {
  type Allowance,
  type CalendarDate,
  dayOf,
  foretellNextStart,
  type Instant,
  type LedgerScope,
  type PolicyLibrary,
  type RunningPlay,
  resolveAllowance,
  type SessionPlan,
} from '@playgate/policy';
import { LRUCache } from 'lru-cache';
import { Fault } from '../fault.ts';
import { shiftLimit } from './adjusted-used.ts';
import { decodeContext, type SessionContext, withoutRecordFacts } from './session-context.ts';

/** Contexts are few (policy x band x rating x hours); children with rules of their own add one each. */
const REMEMBERED_MAX = 20_000;

/** What is known of a context's text. */
interface Read {
  readonly context: SessionContext;
  /** The part of the text by which is decided. */
  readonly key: string;
}

interface Remembered {
  readonly allowance: Allowance;
  readonly fromAt: Instant;
  readonly untilAt: Instant;
}

export class AllowanceBook {
  private readonly library: PolicyLibrary;
  private readonly onAlarm: (alarm: string, policyId: string) => void;
  private readonly texts = new LRUCache<string, Read>({ max: REMEMBERED_MAX });
  private readonly remembered = new LRUCache<string, Remembered>({ max: REMEMBERED_MAX });
  /** At instants to come; null: the policy has no version in force then. */
  private readonly later = new LRUCache<string, { readonly allowance: Allowance | null }>({ max: REMEMBERED_MAX });

  /** `onAlarm` is told of every allowance that is stricter because data of the policy is missing, with the alarm's name. */
  constructor(library: PolicyLibrary, onAlarm: (alarm: string, policyId: string) => void = () => {}) {
    this.library = library;
    this.onAlarm = onAlarm;
  }

  /** What was resolved does not hold any more: the library has other policies. */
  forget(): void {
    this.remembered.clear();
    this.later.clear();
  }

  /** As `decodeContext`, for a text that comes with every heartbeat. */
  contextOf(text: string): SessionContext {
    return this.read(text).context;
  }

  private read(text: string): Read {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    const read = { context: decodeContext(text), key: withoutRecordFacts(text) };
    this.texts.set(text, read);
    return read;
  }

  /** The allowance of a context at `now`. Throws a Fault where its policy has no version in force then. */
  allowanceOf(context: string, now: Instant): Allowance {
    const { context: facts, key } = this.read(context);
    const known = this.remembered.get(key);
    if (known !== undefined && now >= known.fromAt && now < known.untilAt) return known.allowance;
    const allowance = this.resolve(facts, now);
    for (const alarm of allowance.alarms) this.onAlarm(alarm, allowance.policy.document.id);
    this.remembered.set(key, { allowance, fromAt: now, untilAt: untilOf(allowance) });
    return allowance;
  }

  /** When play is next allowed after the end of running play that is foretold; `allowance` is the context's at `running.now`. */
  nextStartAfter(context: string, allowance: Allowance, running: RunningPlay): Instant | null {
    return foretellNextStart(allowance, running, (at) => this.laterAllowanceOf(context, at));
  }

  private laterAllowanceOf(context: string, at: Instant): Allowance | null {
    const { context: facts, key: factsKey } = this.read(context);
    const key = `${factsKey}@${at}`;
    const known = this.later.get(key);
    if (known !== undefined) return known.allowance;
    const allowance = this.library.inForce(facts.policyId, at) === null ? null : this.resolve(facts, at);
    this.later.set(key, { allowance });
    return allowance;
  }

  /** Version of the policy in force, and the calendar day by it; null: an unknown policy, or none in force then. */
  inForce(policyId: string, now: Instant): { readonly version: number; readonly date: CalendarDate } | null {
    const policy = this.library.inForce(policyId, now);
    if (policy === null) return null;
    return { version: policy.document.version, date: dayOf(policy.document.zone, now).date };
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
      adjustment: context.adjustment,
      now,
    });
  }
}

/** An allowance is good until midnight, or until the edge at which its window closes or opens. */
function untilOf({ refusal, stopsAt, validUntilAt }: Allowance): Instant {
  return Math.min(validUntilAt, stopsAt ?? validUntilAt, refusal?.nextAllowedAt ?? validUntilAt);
}

/** Who is asked for heartbeats: those whose play is counted, and everybody at a station, whose agent keeps a log of true ends. */
export const isAttended = ({ metered }: Allowance, { agentHours }: Pick<SessionContext, 'agentHours'>): boolean =>
  metered || agentHours !== null;

/**
 * The numbers a session runs by until the allowance ends. A refusal stops it at once. Where the human over all providers
 * is not known, a limit on it binds what is played with this one.
 */
export function planOf(
  allowance: Allowance,
  context: Pick<SessionContext, 'agentHours' | 'isHumanKnown'>,
): SessionPlan {
  const { isHumanKnown } = context;
  const { budgets, day, refusal } = allowance;
  const limitOf = (scope: LedgerScope) => {
    const limitMs = budgets.find((budget) => budget.scope === scope)?.limitMs ?? null;
    return shiftLimit(limitMs, scope, allowance);
  };
  return {
    day,
    metered: allowance.metered,
    attended: isAttended(allowance, context),
    validUntilAt: allowance.validUntilAt,
    stopsAt: refusal === null ? allowance.stopsAt : day.startsAt,
    limitMs: {
      game: limitOf('game'),
      provider: isHumanKnown ? limitOf('provider') : tighter(limitOf('provider'), limitOf('person')),
      agent: limitOf('agent'),
      person: isHumanKnown ? limitOf('person') : null,
    },
    warnMs: allowance.policy.document.warningsMs[0] ?? null,
    ...allowance.policy.document.heartbeat,
  };
}

function tighter(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}

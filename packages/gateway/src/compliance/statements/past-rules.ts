// The rules as they stood at an instant of the past: what the record leaves out follows from them.
import {
  AGE_BANDS,
  type Allowance,
  decideStart,
  type EndReason,
  type GuardianRules,
  type Instant,
  type Policy,
  resolveAllowance,
  type UsedByScope,
} from '@playgate/policy';
import { REASON_OF_CAUSE } from '../../sessions/session-judge.ts';
import { type DenialFact, SESSION_MS_MAX, type SessionFact, type StatementRecord } from './statement-source.ts';

export interface PastRulesPorts {
  /** Null: this gateway has no such policy any more. */
  readonly policyAt: (policyId: string | null, at: Instant) => Policy | null;
  readonly rules: StatementRecord['rules'];
}

const NOTHING: UsedByScope = { game: 0, provider: 0, agent: 0, person: 0 };
/** Denials that time alone lifts. */
const LIFTED_BY_TIME: ReadonlySet<string> = new Set([
  'daily_budget_spent',
  'too_little_left',
  'outside_window',
  'agent_closed',
  'guardian_pause',
  'guardian_window',
]);

export class PastRules {
  readonly #ports: PastRulesPorts;

  constructor(ports: PastRulesPorts) {
    this.#ports = ports;
  }

  guardianRulesAt(at: Instant): GuardianRules | null {
    return this.#ports.rules.find(({ setAt }) => setAt <= at)?.rules ?? null;
  }

  /** When the start was told that play would have to end; undefined: the record does not say what it went by. */
  toldEnd(session: SessionFact): Instant | null | undefined {
    const { limitMs, usedMs } = session.opened ?? {};
    const allowance = this.#allowanceAt(session, session.openedAt);
    if (allowance === null || limitMs === undefined || usedMs === undefined) return undefined;
    const budgets = allowance.budgets.map((budget) => ({
      ...budget,
      limitMs: limitMs[budget.scope] ?? budget.limitMs,
    }));
    const decision = decideStart({ ...allowance, budgets }, usedMs, session.openedAt);
    return decision.verdict === 'play' ? decision.endsAt : null;
  }

  /** Whether it still goes on: only of a session that is asked for heartbeats would its end be known. */
  isOpen(session: SessionFact, now: Instant): boolean {
    const { agentId, band, endedAt, openedAt, source } = session;
    const isMetered = this.#allowanceAt(session, openedAt)?.metered ?? band !== 'adult';
    const isAttended = (isMetered || agentId !== null) && source !== 'fallback';
    return endedAt === null && isAttended && now < openedAt + SESSION_MS_MAX;
  }

  /** Why it ended; null: nobody knows that it did. What its client closed has the client's word. */
  endReason(session: SessionFact): string | null {
    const { closeReason, endCause, endReason, endedAt, limitAt } = session;
    if (endedAt === null || endCause === null) return null;
    if (endReason !== null) return endReason;
    if (endCause === 'closed') return closeReason ?? REASON_OF_CAUSE.closed;
    if (endCause !== 'stop') return (REASON_OF_CAUSE as Readonly<Record<string, EndReason>>)[endCause] ?? endCause;
    return this.#allowanceAt(session, limitAt ?? endedAt)?.refusal?.reason ?? 'outside_window';
  }

  /** Null: not known, or time alone does not help. */
  nextAllowedAt(denial: DenialFact): Instant | null {
    if (!LIFTED_BY_TIME.has(denial.reason)) return null;
    const allowance = this.#allowanceAt(denial, denial.at);
    if (allowance === null) return null;
    const decision = decideStart(allowance, denial.usedMs ?? NOTHING, denial.at);
    return decision.verdict === 'denied' ? decision.nextAllowedAt : allowance.refillsAt;
  }

  /** Of a player whom nothing else than time and limits kept from playing. */
  #allowanceAt(
    { band, hours, policyId }: Pick<SessionFact, 'band' | 'hours' | 'policyId'>,
    at: Instant,
  ): Allowance | null {
    const policy = this.#ports.policyAt(policyId, at);
    if (policy === null) return null;
    const [opensAt, closesAt] = hours?.split('-') ?? [];
    return resolveAllowance({
      policy,
      player: {
        ageBand: AGE_BANDS.find((known) => known === band) ?? null,
        verified: true,
        verifiedPhoneCountry: policy.document.identity.phone?.country ?? null,
        hasGuardian: true,
      },
      rating: '00+',
      agentHours: opensAt && closesAt ? { opensAt, closesAt } : null,
      guardianRules: this.guardianRulesAt(at),
      now: at,
    });
  }
}

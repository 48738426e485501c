import {
  type AgentHours,
  dayOf,
  type EndCause,
  type EndReason,
  type Instant,
  instantOfWallTime,
  type PolicyDocument,
} from '@playgate/policy';
import { REASON_OF_CAUSE } from '../sessions/session-judge.ts';

/** The end of a session at a seat, as the record has it. */
export interface PastEnd {
  /** An EndCause, or what a later gateway made of one. */
  readonly cause: string;
  /** In the words of the contract; null: the record has only the cause. */
  readonly reason: string | null;
  /** What the client said when it closed; null: it did not. */
  readonly closeReason: string | null;
  readonly limitAt: Instant | null;
  /** Of the agent. */
  readonly hours: AgentHours;
  /** Null: this gateway does not have it any more. */
  readonly policy: Pick<PolicyDocument, 'zone' | 'agent'> | null;
}

/** Why it ended, as a log for people says it: of what its client closed the client's word, of all else the rule. */
export function reasonOfPastEnd({ cause, closeReason, reason, ...stop }: PastEnd): string {
  if (cause === 'closed' && closeReason !== null) return closeReason;
  if (reason !== null) return reason;
  if (cause === 'stop') return reasonOfStop(stop);
  const reasons: Readonly<Partial<Record<string, EndReason>>> = REASON_OF_CAUSE satisfies Record<
    Exclude<EndCause, 'stop'>,
    EndReason
  >;
  return reasons[cause] ?? cause;
}

/** An edge at the closing time of the place is the place's; any other is a window's. */
function reasonOfStop({ hours, limitAt, policy }: Pick<PastEnd, 'hours' | 'limitAt' | 'policy'>): EndReason {
  if (limitAt === null || policy === null) return 'agent_closed';
  const { date } = dayOf(policy.zone, limitAt - 1);
  const closings = [hours.closesAt, ...(policy.agent === null ? [] : [policy.agent.closesAt])];
  const isClosing = closings.some((time) => instantOfWallTime(policy.zone, date, time) === limitAt);
  return isClosing ? 'agent_closed' : 'outside_window';
}

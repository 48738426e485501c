// What of the record a statement is made of.
import { type GuardianRules, HOUR_MS, type Instant } from '@playgate/policy';
import type { World } from '../../directory/world.ts';
import type { EventData, EventSource } from '../compliance-event.ts';

/** Longer than two days none can go on. */
export const SESSION_MS_MAX = 48 * HOUR_MS;

export interface SessionFact {
  readonly sessionId: string;
  readonly playerId: string | null;
  readonly gameId: string;
  readonly agentId: string | null;
  readonly province: string | null;
  /** Opening hours of the agent, `08:00-22:00`. */
  readonly hours: string | null;
  readonly band: string | null;
  readonly source: EventSource;
  readonly policyId: string | null;
  readonly openedAt: Instant;
  /** The numbers its start was answered with; null: the start is not on the record. */
  readonly opened: EventData['opened'] | null;
  readonly endedAt: Instant | null;
  readonly endCause: string | null;
  readonly endReason: string | null;
  readonly closeReason: string | null;
  readonly closedAt: Instant | null;
  readonly limitAt: Instant | null;
  readonly orderedAt: Instant | null;
  readonly acknowledgedAt: Instant | null;
  readonly overrunMs: number;
  readonly gaps: number;
  readonly warnedAt: Instant | null;
}

export interface DenialFact {
  readonly at: Instant;
  readonly gameId: string;
  readonly agentId: string | null;
  readonly province: string | null;
  readonly hours: string | null;
  readonly band: string | null;
  readonly source: EventSource;
  readonly policyId: string | null;
  readonly reason: string;
  readonly usedMs: EventData['denied']['usedMs'] | null;
}

export interface StatementRecord {
  /** Sessions that touch the span, by start, and denials in it, by instant; of every account of the person. */
  readonly sessions: readonly SessionFact[];
  readonly denials: readonly DenialFact[];
  /** Guardian rules up to the end of the span, newest first. */
  readonly rules: readonly { readonly setAt: Instant; readonly rules: GuardianRules }[];
}

export interface StatementSource {
  /** Null: no such player, or erased. */
  findWorld(playerId: string): Promise<World | null>;
  read(personId: string, span: { readonly startsAt: Instant; readonly endsAt: Instant }): Promise<StatementRecord>;
}

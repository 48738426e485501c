// Policy + facts of the player, game and place + now -> an allowance in plain numbers. Pure.
import type { Budget, Policy } from './policy-document.ts';
import type { AgeBand, Rating, RefusalReason } from './reasons.ts';
import type { CalendarDay, Instant, WallTime } from './time.ts';

/** What is known of the player; never a birth date. */
export interface PlayerFacts {
  /** Null: the age is not known. */
  readonly ageBand: AgeBand | null;
  readonly verified: boolean;
  /** Calling code (`+84`) of a phone number that was verified and fits the pattern of its policy, else null. */
  readonly verifiedPhoneCountry: string | null;
  readonly hasGuardian: boolean;
}

export interface AgentHours {
  readonly opensAt: WallTime;
  readonly closesAt: WallTime;
}

export interface AllowanceRequest {
  readonly policy: Policy;
  readonly player: PlayerFacts;
  readonly rating: Rating;
  /** Hours of the agent whose station is used (narrower hours than the policy's win); null: not at a station. */
  readonly agentHours: AgentHours | null;
  readonly now: Instant;
}

/** The rule that stops play at an instant, or refuses it. */
export interface StopRule {
  readonly id: string;
  readonly reason: RefusalReason;
}

export interface Refusal extends StopRule {
  /** First instant at which time alone lifts the refusal; null when time does not. */
  readonly nextAllowedAt: Instant | null;
}

export interface Allowance {
  readonly policy: Policy;
  readonly day: CalendarDay;
  /** False: play of this player is not counted (adults). */
  readonly metered: boolean;
  /** Set when play is refused whatever has been used. */
  readonly refusal: Refusal | null;
  /** The tightest budget of each scope; empty when not metered. */
  readonly budgets: readonly Budget[];
  /** Play must stop here (window, agent's closing, end of the policy's allow); null: no such edge within 400 days. */
  readonly stopsAt: Instant | null;
  readonly stopRule: StopRule | null;
  /** Until here these numbers hold for the same facts: local midnight or the next version of the policy, whichever is first. */
  readonly validUntilAt: Instant;
  /** Restrictions taken because data is missing, for example `calendar_year_missing`. */
  readonly alarms: readonly string[];
}

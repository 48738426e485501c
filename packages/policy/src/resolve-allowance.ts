// Policy + facts of the player, game and place + now -> an allowance in plain numbers. Pure.
// It does not know what was played: decide.ts puts the two together.
import { type AdjustedMs, countedMs, type DayAdjustment, NOT_ADJUSTED, withBonus } from './day-adjustment.ts';
import { isYearMissing } from './day-kinds.ts';
import {
  GUARDIAN_PAUSE_RULE,
  GUARDIAN_WINDOW_ID,
  type GuardianRules,
  guardianBudgets,
  isPausedAt,
} from './guardian-rules.ts';
import { Opening, type OpeningHours, type StopRule } from './opening.ts';
import type { AgeBandRange, Budget, Policy, PolicyDocument } from './policy-document.ts';
import { type AgeBand, BUDGET_SCOPES, type Rating } from './reasons.ts';
import type { CalendarDate, CalendarDay, Instant } from './time.ts';
import { dayOf } from './zone.ts';

export type { StopRule } from './opening.ts';

/** What is known of the player; never a birth date. */
export interface PlayerFacts {
  /** Null: the age is not known. */
  readonly ageBand: AgeBand | null;
  readonly verified: boolean;
  /** Calling code (`+84`) of a phone number that was verified and fits the pattern of its policy, else null. */
  readonly verifiedPhoneCountry: string | null;
  readonly hasGuardian: boolean;
}

export type AgentHours = OpeningHours;

export interface AllowanceRequest {
  readonly policy: Policy;
  readonly player: PlayerFacts;
  readonly rating: Rating;
  /** Hours of the agent whose station is used (narrower hours than the policy's win); null: not at a station. */
  readonly agentHours: AgentHours | null;
  /** What the player's guardian tightened; it binds minors only. */
  readonly guardianRules?: GuardianRules | null;
  /** What corrections and grants add up to; it binds on its date only. */
  readonly adjustment?: DayAdjustment | null;
  readonly now: Instant;
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
  /** What is added to measured time before it is held to the budgets. */
  readonly adjustedMs: AdjustedMs;
  /** The tightest budget of each scope, bonus included; empty when not metered. */
  readonly budgets: readonly Budget[];
  /** The same without the bonus of the day: what later days begin with. */
  readonly laterBudgets: readonly Budget[];
  /** Play must stop here (window, agent's closing); null: no such edge within 400 days, or play is refused. */
  readonly stopsAt: Instant | null;
  readonly stopRule: StopRule | null;
  /** Where there is a stop edge, the first instant from it on at which time lets play start again. */
  readonly reopensAt: Instant | null;
  /** The first instant of a later day at which time lets play start, budgets being fresh. Null where time never does. */
  readonly refillsAt: Instant | null;
  /**
   * Until here these numbers hold for the same facts: local midnight, which is also when bands and versions of the policy
   * change. A refusal for the time of day ends at its `nextAllowedAt` already.
   */
  readonly validUntilAt: Instant;
  /** Restrictions taken because data is missing, for example `calendar_year_missing`. */
  readonly alarms: readonly string[];
}

export const CALENDAR_YEAR_MISSING = 'calendar_year_missing';

/** What a policy allows one player in one game at one place, before anything that was played is looked at. */
export function resolveAllowance(request: AllowanceRequest): Allowance {
  const { policy, now } = request;
  const { document } = policy;
  const band = bandOf(document, request.player);
  const isMinor = band === null || band.fromAge < document.minorBelow;
  const day = dayOf(document.zone, now);
  const isUnsure = isMinor && document.windows.length > 0 && isYearMissing(day.date, document.calendar);
  return {
    policy,
    day,
    metered: isMinor,
    adjustedMs: isMinor ? adjustedOf(request, adjustmentOn(day.date, request.adjustment)) : NOT_ADJUSTED,
    budgets: isMinor ? budgetsOf(request, adjustmentOn(day.date, request.adjustment)) : [],
    laterBudgets: isMinor ? budgetsOf(request, null) : [],
    ...resolveTimes(request, isMinor, findFactRefusal(request, band), day),
    validUntilAt: day.endsAt,
    alarms: isUnsure ? [CALENDAR_YEAR_MISSING] : [],
  };
}

/**
 * The first instant from `fromAt` on at which windows and opening hours let this player start, whatever `request.now` is;
 * null where none comes within 400 days. Facts that refuse play at any time are not looked at.
 */
export function nextPlayableAt(request: AllowanceRequest, fromAt: Instant): Instant | null {
  const band = bandOf(request.policy.document, request.player);
  const isMinor = band === null || band.fromAge < request.policy.document.minorBelow;
  return openingOf(request, isMinor).findOpeningAt(fromAt);
}

type Times = Pick<Allowance, 'refusal' | 'stopsAt' | 'stopRule' | 'reopensAt' | 'refillsAt'>;

function resolveTimes(
  request: AllowanceRequest,
  isMinor: boolean,
  factRefusal: StopRule | null,
  day: CalendarDay,
): Times {
  const closed = { stopsAt: null, stopRule: null, reopensAt: null };
  if (factRefusal !== null) return { ...closed, refusal: { ...factRefusal, nextAllowedAt: null }, refillsAt: null };
  const opening = openingOf(request, isMinor);
  const refillsAt = opening.findOpeningAt(day.endsAt);
  const rules = isMinor ? (request.guardianRules ?? null) : null;
  if (isPausedAt(rules, request.now)) {
    const untilAt = rules?.pause?.untilAt ?? null;
    const nextAllowedAt = untilAt === null ? null : opening.findOpeningAt(untilAt);
    return {
      ...closed,
      refusal: { ...GUARDIAN_PAUSE_RULE, nextAllowedAt },
      refillsAt: later(refillsAt, nextAllowedAt),
    };
  }
  const closingRule = opening.findClosingRule(request.now);
  if (closingRule !== null) {
    const refusal = { ...closingRule, nextAllowedAt: opening.findOpeningAt(request.now) };
    return { ...closed, refusal, refillsAt };
  }
  const stopsAt = opening.findClosingAt(request.now);
  if (stopsAt === null) return { ...closed, refusal: null, refillsAt };
  return {
    refusal: null,
    stopsAt,
    stopRule: opening.findClosingRule(stopsAt),
    reopensAt: opening.findOpeningAt(stopsAt),
    refillsAt,
  };
}

/** Adults have no windows; the hours of a place bind everybody in it. */
function openingOf({ policy: { document }, agentHours, guardianRules }: AllowanceRequest, isMinor: boolean): Opening {
  const legalWindows = document.windows.map((window) => ({ ...window, reason: 'outside_window' }) as const);
  const bedtimes = (guardianRules?.bedtimes ?? []).map(
    (bedtime) => ({ ...bedtime, id: GUARDIAN_WINDOW_ID, effect: 'forbid', reason: 'guardian_window' }) as const,
  );
  const legalHours = document.agent === null ? [] : [document.agent];
  return new Opening({
    zone: document.zone,
    calendar: document.calendar,
    windows: isMinor ? [...legalWindows, ...bedtimes] : [],
    hours: agentHours === null ? [] : [agentHours, ...legalHours],
    stretchMsMin: document.minStartMs,
  });
}

/** The later of two instants; null where one of them never comes. */
function later(left: Instant | null, right: Instant | null): Instant | null {
  return left === null || right === null ? null : Math.max(left, right);
}

/** Refusals that hold at any time of day, in the order in which they are told. */
function findFactRefusal({ policy, player, rating }: AllowanceRequest, band: AgeBandRange | null): StopRule | null {
  const { identity, ratings } = policy.document;
  if (band === null || (identity.verifiedRequired && !player.verified)) return { id: 'identity', reason: 'unverified' };
  if (identity.phone !== null && player.verifiedPhoneCountry !== identity.phone.country) {
    return { id: 'phone', reason: 'phone_required' };
  }
  const needsGuardian = identity.guardianRequiredBelow !== null && band.fromAge < identity.guardianRequiredBelow;
  if (needsGuardian && !player.hasGuardian) return { id: 'guardian', reason: 'guardian_required' };
  return band.fromAge < ratings[rating] ? { id: 'rating', reason: 'age_rating' } : null;
}

/** Null: of unknown age, where the policy does not say to take the strictest band. */
function bandOf({ bands, identity }: PolicyDocument, { ageBand }: PlayerFacts): AgeBandRange | null {
  if (ageBand === null) return identity.unknownAge === 'strictest' ? bands[0]! : null;
  return bands.find(({ id }) => id === ageBand) ?? null;
}

function budgetsOf(request: AllowanceRequest, adjustment: DayAdjustment | null): readonly Budget[] {
  const { agentHours, guardianRules = null, policy } = request;
  const all = [...policy.document.budgets, ...withBonus(adjustment, guardianBudgets(guardianRules))];
  return tightestBudgets(all, agentHours !== null);
}

function adjustedOf({ guardianRules = null, policy }: AllowanceRequest, adjustment: DayAdjustment | null): AdjustedMs {
  return countedMs(adjustment, { law: policy.document.budgets, guardian: guardianBudgets(guardianRules) });
}

const adjustmentOn = (date: CalendarDate, adjustment: DayAdjustment | null | undefined): DayAdjustment | null =>
  adjustment?.date === date ? adjustment : null;

/** A budget of play at agents says nothing of play elsewhere. */
function tightestBudgets(budgets: readonly Budget[], isAtAgent: boolean): readonly Budget[] {
  return BUDGET_SCOPES.flatMap((scope) => {
    if (scope === 'agent' && !isAtAgent) return [];
    const ofScope = budgets.filter((budget) => budget.scope === scope);
    const limitMs = Math.min(...ofScope.map((budget) => budget.limitMs));
    return ofScope.filter((budget) => budget.limitMs === limitMs).slice(0, 1);
  });
}

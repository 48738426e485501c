// When play is next allowed after an end that has not come yet: what `decideStart` will say there, if play goes on without
// a break and nothing else changes. A client that ends itself, cut off from the gateway, tells its player this.
import { decideStart, type UsedByScope } from './decide.ts';
import type { Allowance } from './resolve-allowance.ts';
import type { CalendarDay, Instant } from './time.ts';
import { dayOf } from './zone.ts';

/** Play that is under way. */
export interface RunningPlay {
  readonly used: UsedByScope;
  readonly now: Instant;
  /** Of the same allowance, used time and instant, as `decideBeat` has it; null: no end in sight. */
  readonly endsAt: Instant | null;
}

/** Now, later, or null where time alone does not help. */
export function nextStartAt(allowance: Allowance, used: UsedByScope, now: Instant): Instant | null {
  const decision = decideStart(allowance, used, now);
  return decision.verdict === 'play' ? now : decision.nextAllowedAt;
}

/**
 * Null: no end in sight, time alone does not let play start again, or nothing can be said (`resolveAt` gave null).
 * @param resolveAt the same facts at a later instant. It is asked for few instants only, whatever was used (the edge at which
 *   play stops, and the start of a day), so that its answers can be kept
 */
export function foretellNextStart(
  allowance: Allowance,
  { endsAt, now, used }: RunningPlay,
  resolveAt: (at: Instant) => Allowance | null,
): Instant | null {
  if (endsAt === null) return null;
  const { day, policy, stopsAt } = allowance;
  const endDay = endsAt < day.endsAt ? day : dayOf(policy.document.zone, endsAt);
  const isAtEdge = stopsAt !== null && endsAt >= stopsAt;
  // Up to a budget's end nothing closes play, so what holds from the start of the day holds there too.
  const then = isAtEdge ? resolveAt(endsAt) : endDay === day ? allowance : resolveAt(endDay.startsAt);
  return then === null ? null : nextStartAt(then, usedAt(endsAt, endDay, { day, now, used }), endsAt);
}

function usedAt(
  endsAt: Instant,
  endDay: CalendarDay,
  { day, now, used }: Pick<RunningPlay, 'now' | 'used'> & { readonly day: CalendarDay },
): UsedByScope {
  const isToday = endDay.startsAt === day.startsAt;
  const before = isToday ? used : { game: 0, provider: 0, agent: 0, person: 0 };
  const addedMs = endsAt - (isToday ? now : endDay.startsAt);
  return {
    game: before.game + addedMs,
    provider: before.provider + addedMs,
    agent: before.agent + addedMs,
    person: before.person + addedMs,
  };
}

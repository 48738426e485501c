// When play must end, foretold from the gateway's last answer on a monotonic clock. Pure.
//
// The fact a newcomer would get wrong: what the gateway counts depends on the state of the last beat it got, not
// on what the game does. A pause it has not answered yet is still play, and a pause it has answered may have
// brought another rule into force. So between answers the stricter reading holds.
import type { PlayAllowance } from '@playgate/contract/wire';
import type { BindingRule, DecisionSource, UsedToday } from '../answers.ts';

/**
 * How much later than the gateway's own end play may end here. An answer is taken to be as old as its request,
 * less at most this: on any link faster than this nobody is stopped early, and on no link later than this.
 */
export const CLOCK_GRACE_MS = 1_000;

/** Names ending in `At` without further words are milliseconds of the monotonic clock, whole. */
export interface Forecast {
  readonly allowance: PlayAllowance;
  /** The heartbeat it answered; 0: the start. */
  readonly seq: number;
  /** The gateway's clock (ms since the epoch) when the monotonic clock stood at `anchorAt`. */
  readonly serverEpochMs: number;
  readonly anchorAt: number;
  /** From the anchor to the end if play goes on; null: no end in sight. */
  readonly totalMs: number | null;
  /** From here on time is used up; null: the gateway knows of the pause. */
  readonly countsFromAt: number | null;
  /** Without a further answer play ends here; null: no heartbeats are asked for, or nothing limits this player. */
  readonly leaseEndsAt: number | null;
}

export interface Exchange {
  /** Monotonic; of the first attempt where a retry may have got the answer to an earlier one. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

export function forecastFrom(allowance: PlayAllowance, seq: number, exchange: Exchange): Forecast {
  const serverEpochMs = Date.parse(allowance.serverAt);
  const anchorAt = Math.min(exchange.receivedAt, exchange.sentAt + CLOCK_GRACE_MS);
  const leased = allowance.nextHeartbeatMs !== null && !allowance.unlimited;
  return {
    allowance,
    seq,
    serverEpochMs,
    anchorAt,
    totalMs: allowance.endsAt === null ? null : Math.max(0, Date.parse(allowance.endsAt) - serverEpochMs),
    countsFromAt: anchorAt,
    leaseEndsAt: leased ? anchorAt + Date.parse(allowance.leaseExpiresAt) - serverEpochMs : null,
  };
}

/** Rules that use up play; every other rule is an edge of time that comes whether or not one plays. */
export const BUDGET_SCOPES: readonly string[] = [
  'game',
  'provider',
  'agent',
  'person',
] satisfies BindingRule['scope'][];

function comesByItself(forecast: Forecast): boolean {
  const rule = forecast.allowance.bindingRule;
  return rule === null || !BUDGET_SCOPES.includes(rule.scope);
}

/** Monotonic instant of the end by rule; null: none, or play that is paused does not bring it nearer. */
export function endAtOf(forecast: Forecast): number | null {
  if (forecast.totalMs === null) return null;
  if (comesByItself(forecast)) return forecast.anchorAt + forecast.totalMs;
  return forecast.countsFromAt === null ? null : forecast.countsFromAt + forecast.totalMs;
}

/** Time left if play goes on without a break from `now`; null: no end in sight. */
export function remainingMsAt(forecast: Forecast, now: number): number | null {
  if (forecast.totalMs === null) return null;
  return Math.max(0, (endAtOf(forecast) ?? now + forecast.totalMs) - now);
}

/** The gateway's clock at a monotonic instant, RFC 3339. */
export function serverTimeAt(forecast: Forecast, at: number): string {
  return new Date(forecast.serverEpochMs + at - forecast.anchorAt).toISOString();
}

/** Used time fell to what can have been played since the last answer; a correction leaves more than that. */
export function isNewDay(before: Forecast, after: Forecast): boolean {
  const usedMs = after.allowance.used.providerMs;
  return usedMs < before.allowance.used.providerMs && usedMs <= after.serverEpochMs - before.serverEpochMs;
}

/** An end further off by less than this is no gift: answers round to the millisecond. */
const EXTENDED_MS_MIN = 1_000;

/**
 * Time was added between two answers of one day. An end that was told to a player who played on ever since cannot move
 * away by itself; after a pause or a silence beyond the lease it can, and only a fallen count or a raised limit tells.
 */
export function wasExtended(before: Forecast, after: Forecast): boolean {
  const [was, is] = [before.allowance, after.allowance];
  if (was.endsAt === null) return false;
  if (is.used.gameMs < was.used.gameMs || is.used.providerMs < was.used.providerMs) return true;
  const [oldRule, rule] = [was.bindingRule, is.bindingRule];
  if (oldRule !== null && rule?.id === oldRule.id && (rule.limitMs ?? 0) > (oldRule.limitMs ?? 0)) return true;
  const playedOn = before.countsFromAt === before.anchorAt && after.serverEpochMs <= Date.parse(was.leaseExpiresAt);
  return playedOn && (is.endsAt === null || Date.parse(is.endsAt) - Date.parse(was.endsAt) >= EXTENDED_MS_MIN);
}

export interface Remaining {
  /** Nothing limits how long this player plays. */
  readonly unlimited: boolean;
  /** How long play may go on without a break; null: no end in sight. */
  readonly remainingMs: number | null;
  /** When play ends if it goes on without a break: instant of the gateway's clock, RFC 3339. */
  readonly endsAt: string | null;
  /** The rule that ends it. */
  readonly bindingRule: BindingRule | null;
  /** Play of the day in ms, moving on with play until the next answer corrects it. */
  readonly used: UsedToday;
  readonly source: DecisionSource;
}

export function remainingAt(forecast: Forecast, now: number): Remaining {
  const { allowance, countsFromAt } = forecast;
  const remainingMs = remainingMsAt(forecast, now);
  const sinceMs = allowance.unlimited || countsFromAt === null ? 0 : Math.max(0, now - countsFromAt);
  return {
    unlimited: allowance.unlimited,
    remainingMs,
    endsAt: remainingMs === null ? null : serverTimeAt(forecast, now + remainingMs),
    bindingRule: allowance.bindingRule,
    used: { gameMs: allowance.used.gameMs + sinceMs, providerMs: allowance.used.providerMs + sinceMs },
    source: allowance.source,
  };
}

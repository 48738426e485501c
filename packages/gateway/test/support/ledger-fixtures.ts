import type { CalendarDay, Instant, SessionPlan } from '@playgate/policy';
import type { World } from '../../src/directory/world.ts';
import type { BeatRequest, OpenRequest, SessionStore } from '../../src/sessions/session-store.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** 2026-10-14 00:00 in Vietnam. */
export const DAY_STARTS_AT: Instant = Date.UTC(2026, 9, 13, 17);
export const TODAY: CalendarDay = { date: '2026-10-14', startsAt: DAY_STARTS_AT, endsAt: DAY_STARTS_AT + 24 * HOUR_MS };
/** A day of 25 hours follows, as in a zone that puts its clocks back. */
export const TOMORROW: CalendarDay = {
  date: '2026-10-15',
  startsAt: TODAY.endsAt,
  endsAt: TODAY.endsAt + 25 * HOUR_MS,
};
export const WORLD: World = { providerId: 'prv_one', mode: 'test' };

export function planFor(day: CalendarDay, changes: Partial<SessionPlan> = {}): SessionPlan {
  return {
    day,
    metered: true,
    attended: true,
    validUntilAt: day.endsAt,
    stopsAt: null,
    limitMs: { game: HOUR_MS, provider: 3 * HOUR_MS, agent: null, person: null },
    warnMs: null,
    intervalMs: 30_000,
    leaseMs: 90_000,
    reviveMs: 300_000,
    ...changes,
  };
}

let persons = 0;
export const newPerson = (): string => `per_${process.pid}x${++persons}`;

export function openRequest(
  store: SessionStore,
  personId: string,
  changes: Partial<Omit<OpenRequest, 'identity'>> & { identity?: Partial<OpenRequest['identity']> } = {},
): OpenRequest {
  const { identity, ...rest } = changes;
  return {
    plan: planFor(TODAY),
    context: 'vn.1|16_17',
    concurrency: 'union',
    minStartMs: 1000,
    now: DAY_STARTS_AT + 10 * HOUR_MS,
    pace: 1,
    ...rest,
    identity: {
      sessionId: store.newSessionId(personId),
      world: WORLD,
      personId,
      playerId: `ply_${personId}`,
      gameId: 'gam_a',
      agentId: null,
      stationId: null,
      ageBand: '16_17',
      humanId: null,
      ...identity,
    },
  };
}

export function beat(
  sessionId: string,
  seq: number | null,
  now: Instant,
  changes: Partial<BeatRequest> = {},
): BeatRequest {
  return { sessionId, world: WORLD, seq, kind: 'active', now, pace: 1, renewal: null, close: null, ...changes };
}

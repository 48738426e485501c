// What a player played on a day: from the live ledger, or for a day it no longer holds from the record.
import type { PlaytimeReply } from '@playgate/contract';
import {
  type Budget,
  type CalendarDate,
  dayOf,
  dayOfDate,
  formatInstant,
  type Instant,
  type Interval,
  instantOfMeasure,
  measureIntervals,
  type PolicyLibrary,
} from '@playgate/policy';
import type { Games, Players } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import type { DayPlay, SessionStore } from './session-store.ts';

export interface PlaytimeOptions {
  readonly store: Pick<SessionStore, 'readDay'>;
  /** Asked for days that the store no longer holds. */
  readonly history: { readDay(personId: string, date: CalendarDate): Promise<DayPlay> };
  readonly players: Pick<Players, 'findProfile'>;
  readonly games: Pick<Games, 'list'>;
  readonly library: PolicyLibrary;
  /** Whose zone and limits the day is read by. */
  readonly policyId: string;
}

/** Throws a Fault for an unknown player. `date` is a day of the policy's zone; left out: today. */
export async function readPlaytime(
  options: PlaytimeOptions,
  world: World,
  playerId: string,
  date: CalendarDate | undefined,
  now: Instant,
): Promise<PlaytimeReply> {
  const profile = await options.players.findProfile(world, playerId, now);
  if (profile === null) throw new Fault('not_found', 'There is no such player.');
  const current = options.library.inForce(options.policyId, now);
  if (current === null) throw new Fault('unprocessable', 'No version of the policy is in force at this time.');
  const { zone } = current.document;
  const day = date === undefined ? dayOf(zone, now) : dayOfDate(zone, date);
  const policy = options.library.inForce(options.policyId, day.startsAt) ?? current;
  const live = await options.store.readDay(profile.personId, day.date, day.startsAt);
  const play = live.provider.length > 0 ? live : await options.history.readDay(profile.personId, day.date);
  const titles = new Map((await options.games.list(world)).map(({ gameId, title }) => [gameId, title]));
  const reachedAt = limitReachedAt(play, policy.document.budgets);
  return {
    playerId,
    date: day.date,
    zone,
    totalMs: measureIntervals(play.provider),
    games: [...play.games].map(([gameId, intervals]) => ({
      gameId,
      title: titles.get(gameId) ?? gameId,
      usedMs: measureIntervals(intervals),
      intervals: intervals.map(({ startsAt, endsAt }) => ({
        startedAt: formatInstant(startsAt),
        endedAt: formatInstant(endsAt),
      })),
    })),
    limitReachedAt: reachedAt === null ? null : formatInstant(reachedAt),
    policy: { id: policy.document.id, version: policy.document.version, hash: policy.hash },
  };
}

/** The first instant at which any budget of the day was used up. */
function limitReachedAt(play: DayPlay, budgets: readonly Budget[]): Instant | null {
  const accountsOf = (scope: Budget['scope']): Iterable<readonly Interval[]> => {
    if (scope === 'game') return play.games.values();
    if (scope === 'agent') return play.agents.values();
    return scope === 'provider' ? [play.provider] : [];
  };
  let firstAt: Instant | null = null;
  for (const { limitMs, scope } of budgets) {
    for (const intervals of accountsOf(scope)) {
      const at = instantOfMeasure(intervals, limitMs);
      if (at !== null && (firstAt === null || at < firstAt)) firstAt = at;
    }
  }
  return firstAt;
}

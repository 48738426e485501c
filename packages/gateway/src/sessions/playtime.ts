// What a player played on a day: from the live ledger, or for a day it no longer holds from the record.
import type { PlaytimeReply } from '@playgate/contract';
import {
  type AdjustmentEntry,
  type Budget,
  type CalendarDate,
  type DayAdjustment,
  dayOf,
  dayOfDate,
  enteredMs,
  formatInstant,
  type Instant,
  type Interval,
  instantOfMeasure,
  measureIntervals,
  type PolicyLibrary,
  sumAdjustments,
} from '@playgate/policy';
import type { Games, Players } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import type { DayPlay, SessionStore } from './session-store.ts';

export interface PlaytimeOptions {
  readonly store: Pick<SessionStore, 'readDay'>;
  /** Asked for days that the store no longer holds. */
  readonly history: { readDay(personId: string, date: CalendarDate): Promise<DayPlay> };
  /** Of a person and day. */
  readonly corrections: { list(personId: string, date: CalendarDate): Promise<readonly AdjustmentEntry[]> };
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
  const corrections = await options.corrections.list(profile.personId, day.date);
  const adjustmentOf = (gameId: string) => sumAdjustments(corrections, day.date, gameId);
  const correctedMs = enteredMs(adjustmentOf('')).provider;
  const titles = new Map((await options.games.list(world)).map(({ gameId, title }) => [gameId, title]));
  const reachedAt = limitReachedAt(play, policy.document.budgets, adjustmentOf);
  return {
    playerId,
    date: day.date,
    zone,
    totalMs: Math.max(0, measureIntervals(play.provider) + correctedMs),
    correctedMs,
    games: withCorrected(play.games, corrections).map(([gameId, intervals]) => ({
      gameId,
      title: titles.get(gameId) ?? gameId,
      usedMs: Math.max(0, measureIntervals(intervals) + enteredMs(adjustmentOf(gameId)).game),
      correctedMs: enteredMs(adjustmentOf(gameId)).game,
      intervals: intervals.map(({ startsAt, endsAt }) => ({
        startedAt: formatInstant(startsAt),
        endedAt: formatInstant(endsAt),
      })),
    })),
    limitReachedAt: reachedAt === null ? null : formatInstant(reachedAt),
    policy: { id: policy.document.id, version: policy.document.version, hash: policy.hash },
  };
}

/** Games that were played, and those that only have a correction. */
export function withCorrected(
  games: DayPlay['games'],
  corrections: readonly AdjustmentEntry[],
): readonly (readonly [string, readonly Interval[]])[] {
  const corrected = corrections.flatMap(({ gameId }) => (gameId === null ? [] : [gameId]));
  return [...new Set([...games.keys(), ...corrected])].map((gameId) => [gameId, games.get(gameId) ?? []]);
}

/** The first instant at which any budget of the day was used up, as it counts now. */
function limitReachedAt(
  play: DayPlay,
  budgets: readonly Budget[],
  adjustmentOf: (gameId: string) => DayAdjustment | null,
): Instant | null {
  const accountsOf = (scope: Budget['scope']): Iterable<readonly [string, readonly Interval[]]> => {
    if (scope === 'game') return play.games;
    if (scope === 'agent') return play.agents;
    return scope === 'provider' ? [['', play.provider]] : [];
  };
  let firstAt: Instant | null = null;
  for (const { limitMs, scope } of budgets) {
    for (const [id, intervals] of accountsOf(scope)) {
      const at = instantOfMeasure(intervals, Math.max(0, limitMs - correctedOf(adjustmentOf(id), scope)));
      if (at !== null && (firstAt === null || at < firstAt)) firstAt = at;
    }
  }
  return firstAt;
}

function correctedOf(adjustment: DayAdjustment | null, scope: Budget['scope']): number {
  return scope === 'game' || scope === 'provider' ? enteredMs(adjustment)[scope] : 0;
}

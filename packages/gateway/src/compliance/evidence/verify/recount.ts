// The figures of a report, counted again from the facts of the entries (docs/reports.md defines each).
import { dayOfDate, type Interval, measureIntervals, unionIntervals } from '@playgate/policy';
import { isWithinHours } from '../../opening-hours.ts';
import type { Place, RecordFacts, SessionFact } from './record-facts.ts';

/** What a report is asked by, as its head says. */
export interface RecountQuery {
  readonly days: readonly string[];
  readonly zone: string;
  readonly graceMs: number;
  readonly groupBy: readonly string[];
  readonly providerIds: readonly string[] | null;
  readonly provinces: readonly string[] | null;
  readonly filters: Readonly<Record<'providerId' | 'gameId' | 'agentId' | 'province', string | null>>;
}

/** Figures by path: `playMs`, `deniedByReason.daily_budget_spent`. One that is not there is 0, and null where it cannot be. */
export type RecountedFigures = ReadonlyMap<string, number | null>;

export interface Recount {
  /** By `rowName`. */
  readonly rows: ReadonlyMap<string, RecountedFigures>;
  readonly totals: RecountedFigures;
}

export const rowName = (key: readonly (string | null)[]): string => JSON.stringify(key);

const SHARE_UNIT = 10_000;

/** What is summed up for one row. */
class Tally {
  readonly sums = new Map<string, number>();
  readonly players = new Set<string>();
  readonly minors = new Set<string>();
  readonly times = { timeToEnforceMs: [] as number[], limitToOrderMs: [] as number[], orderToEndMs: [] as number[] };

  add(name: string, value = 1): void {
    this.sums.set(name, (this.sums.get(name) ?? 0) + value);
  }

  meet(person: string, isMinor: boolean): void {
    this.players.add(person);
    if (isMinor) this.minors.add(person);
  }

  figures(): RecountedFigures {
    const asked = (this.sums.get('sessions') ?? 0) + (this.sums.get('denied') ?? 0);
    const share = asked === 0 ? null : (this.sums.get('fallbackDecisions') ?? 0) / asked;
    const figures = new Map<string, number | null>(this.sums);
    figures.delete('denied');
    figures.set('players', this.players.size);
    figures.set('minors', this.minors.size);
    figures.set('fallbackShare', share === null ? null : Math.round(share * SHARE_UNIT) / SHARE_UNIT);
    for (const [name, times] of Object.entries(this.times)) {
      const sorted = times.toSorted((a, b) => a - b);
      figures.set(`${name}.p50`, nearestRank(sorted, 0.5));
      figures.set(`${name}.p95`, nearestRank(sorted, 0.95));
      figures.set(`${name}.max`, sorted.at(-1) ?? null);
    }
    return figures;
  }
}

const nearestRank = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.ceil(share * sorted.length) - 1] ?? null;

export function recount(facts: RecordFacts, query: RecountQuery): Recount {
  const days = new Map(query.days.map((date) => [date, dayOfDate(query.zone, date)]));
  const rows = new Map<string, Tally>();
  const totals = new Tally();
  const tell = (place: Place, date: string, say: (tally: Tally) => void) => {
    if (!days.has(date) || !isVisible(place, query)) return;
    const name = rowName(query.groupBy.map((dimension) => dimensionOf(dimension, place, date)));
    const row = rows.get(name) ?? new Tally();
    rows.set(name, row);
    say(row);
    say(totals);
  };
  for (const session of facts.sessions.values()) {
    tell(session.place, session.openedDate, (tally) => countStart(tally, session));
    const { endedDate } = session;
    if (endedDate === null) continue;
    const closesAt = (days.get(endedDate)?.endsAt ?? 0) + query.graceMs;
    tell(session.place, endedDate, (tally) => countEnd(tally, session, { closesAt, zone: query.zone }));
  }
  for (const [key, plays] of facts.days) {
    const gone = facts.givenAway.get(key);
    for (const { date, intervals, isMinor, person, place } of plays.values()) {
      if (gone !== undefined && isWithin(intervals, gone)) continue;
      const playMs = measureIntervals(intervals);
      if (playMs === 0) continue;
      tell(place, date, (tally) => {
        tally.meet(person, isMinor);
        tally.add('playMs', playMs);
      });
    }
  }
  for (const { date, isFallback, place, reason } of facts.denials) {
    tell(place, date, (tally) => {
      tally.add('denied');
      tally.add(`deniedByReason.${reason}`);
      if (isFallback) tally.add('fallbackDecisions');
    });
  }
  for (const { at, deltaMs, place } of facts.corrections) {
    const day = [...days.values()].find(({ endsAt, startsAt }) => startsAt <= at && at < endsAt);
    if (day !== undefined) tell(place, day.date, (tally) => tally.add('correctionsMs', deltaMs));
  }
  return {
    rows: new Map([...rows].map(([name, tally]) => [name, tally.figures()])),
    totals: totals.figures(),
  };
}

function countStart(tally: Tally, { assurance, isFallback, isMinor, person }: SessionFact): void {
  tally.meet(person, isMinor);
  tally.add('sessions');
  if (assurance !== null) tally.add(`assurance.${assurance}`);
  if (isFallback) tally.add('fallbackDecisions');
}

function countEnd(tally: Tally, session: SessionFact, { closesAt, zone }: { closesAt: number; zone: string }): void {
  const { limitAt, orderedAt } = session;
  const isClosed = session.closedAt !== null && session.closedAt <= closesAt;
  const confirmedAt = isClosed && session.isAcknowledged ? acknowledgedAt(session, session.closedAt!) : null;
  const lateMs = limitAt === null || orderedAt === null ? 0 : Math.max(0, orderedAt - limitAt);
  tally.add('overrunMs', overrunMs(session, closesAt));
  tally.add('gaps', Math.max(session.gaps, session.gapEntries));
  if (limitAt !== null) tally.add('limitReached');
  if ((limitAt !== null || orderedAt !== null) && confirmedAt === null) tally.add('unacknowledgedEnds');
  if (isOutsideHours(session, zone)) tally.add('agentHourBreaches');
  if (limitAt !== null && orderedAt !== null) tally.times.limitToOrderMs.push(lateMs);
  if (confirmedAt === null) return;
  if (limitAt !== null) tally.times.timeToEnforceMs.push(Math.max(0, confirmedAt - limitAt));
  if (orderedAt !== null) tally.times.orderToEndMs.push(Math.max(0, confirmedAt - orderedAt));
}

/** The most that was told of it before the day closed. */
const overrunMs = ({ overruns }: SessionFact, closesAt: number): number =>
  Math.max(0, ...overruns.filter(({ at }) => at <= closesAt).map((told) => told.overrunMs));

/** A client's clock is believed only between the order and the moment it reported. */
function acknowledgedAt({ clientEndedAt, limitAt, openedAt, orderedAt }: SessionFact, closedAt: number): number {
  return Math.min(Math.max(clientEndedAt ?? closedAt, orderedAt ?? limitAt ?? openedAt), closedAt);
}

const isOutsideHours = ({ atAgent }: SessionFact, zone: string): boolean =>
  atAgent.some(({ date, fromAt, hours, toAt }) => !isWithinHours(zone, date, hours, fromAt, toAt));

const isWithin = (part: readonly Interval[], whole: readonly Interval[]): boolean =>
  measureIntervals(unionIntervals(whole, part)) === measureIntervals(whole);

function isVisible(place: Place, { filters, providerIds, provinces }: RecountQuery): boolean {
  const { agentId, gameId, providerId, province } = filters;
  return (
    (providerIds === null || providerIds.includes(place.provider)) &&
    (provinces === null || (place.province !== null && provinces.includes(place.province))) &&
    (providerId === null || place.provider === providerId) &&
    (gameId === null || place.game === gameId) &&
    (agentId === null || place.agent === agentId) &&
    (province === null || place.province === province)
  );
}

function dimensionOf(dimension: string, place: Place, date: string): string | null {
  switch (dimension) {
    case 'provider':
      return place.provider;
    case 'game':
      return place.game;
    case 'agent':
      return place.agent;
    case 'province':
      return place.province;
    default:
      return date;
  }
}

// What happened in the month, in words of its own: neither entries nor rows. The recount reads this and nothing else.
import type { Agent } from './cast.ts';

/** The month, by the calendar of Vietnam, which has been UTC+7 without a change since 1975. */
export const MONTH_STARTS_AT = Date.parse('2026-10-01T00:00:00+07:00');
export const DAYS = 31;
export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
export const FIRST_DATE = '2026-10-01';
export const LAST_DATE = '2026-10-31';

const UTC_OFFSET_MS = 7 * 3_600_000;
/** By days since 1970: the recount asks for the same few some millions of times. */
const dates = new Map<number, string>();

export function dateOf(at: number): string {
  const day = Math.floor((at + UTC_OFFSET_MS) / DAY_MS);
  const date = dates.get(day) ?? new Date(day * DAY_MS).toISOString().slice(0, 10);
  dates.set(day, date);
  return date;
}
export const startOfDate = (date: string): number => Date.parse(`${date}T00:00:00+07:00`);

export type Mode = 'live' | 'test';
export type Band = 'under_12' | '12_15' | '16_17' | 'adult';
export type Assurance = 'declared' | 'attested' | 'document' | 'wallet';

export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Who did something where. */
export interface Deed {
  readonly mode: Mode;
  readonly provider: string;
  readonly person: string;
  readonly player: string;
  readonly game: string;
  /** Null: at home. */
  readonly agent: Agent | null;
  readonly band: Band;
  /** Null: kept before it was known. */
  readonly assurance: Assurance | null;
  /** Decided while the ledger was away. */
  readonly isFallback: boolean;
}

export interface Play extends Interval {
  readonly date: string;
  readonly leasedMs: number;
}

export interface End {
  readonly at: number;
  readonly cause: string;
  readonly limitAt: number | null;
  readonly orderedAt: number | null;
  readonly overrunMs: number;
}

/** Play went on after the end: how much by then, all of the session. */
export interface Overrun {
  readonly at: number;
  readonly overrunMs: number;
}

export interface Close {
  readonly at: number;
  readonly reason: string;
  readonly clientEndedAt: number | null;
  /** Null: the client was not told of an end, or does not say so. */
  readonly verdictSeq: number | null;
  readonly overrunMs: number;
}

export interface Session extends Deed {
  readonly id: string;
  readonly openedAt: number;
  readonly plays: readonly Play[];
  readonly gaps: readonly Interval[];
  readonly end: End | null;
  readonly overruns: readonly Overrun[];
  readonly close: Close | null;
}

export interface Denial extends Deed {
  readonly at: number;
  readonly reason: string;
}

interface Adjustment extends Deed {
  readonly id: string;
  readonly at: number;
  readonly date: string;
  /** Id of what it takes back; null: it stands for itself. */
  readonly undoes: string | null;
}

/** Of play that was counted. */
export interface Correction extends Adjustment {
  readonly deltaMs: number;
}

/** More of a guardian's own time. */
export interface Grant extends Adjustment {
  readonly bonusMs: number;
}

/** Everything that `previous` had played on a day by its end turned out to be another person's. */
export interface Merge {
  readonly mode: Mode;
  readonly provider: string;
  readonly person: string;
  readonly previous: string;
  readonly date: string;
}

export interface Truth {
  readonly sessions: Session[];
  readonly denials: Denial[];
  readonly corrections: Correction[];
  readonly grants: Grant[];
  readonly merges: Merge[];
}

export const emptyTruth = (): Truth => ({ sessions: [], denials: [], corrections: [], grants: [], merges: [] });

/** Disjoint and sorted. */
export function union(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((left, right) => left.from - right.from);
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else if (to > from) joined.push({ from, to });
  }
  return joined;
}

/** Whether all of `part` lies in the others. */
export const isWithin = (part: Interval, whole: readonly Interval[]): boolean =>
  union(whole).some(({ from, to }) => from <= part.from && part.to <= to);

export const measure = (intervals: readonly Interval[]): number =>
  union(intervals).reduce((sum, { from, to }) => sum + to - from, 0);

// Where the figures of reports come from. The port speaks of cells: sums over the record, before anything is withheld or rounded.
import type { Assurance, Mode, ReportDimension } from '@playgate/contract';
import type { CalendarDate, Instant, RefusalReason } from '@playgate/policy';
import type { Closing, ReportBook } from './close-days.ts';

export interface ReportDay {
  readonly date: CalendarDate;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** What is confirmed later is not counted any more. */
  readonly closesAt: Instant;
}

/** Null: not narrowed; an empty list lets nothing through. */
export interface ReportQuery {
  readonly mode: Mode;
  /** Consecutive, at least one. */
  readonly days: readonly ReportDay[];
  /** At least one. */
  readonly groupBy: readonly ReportDimension[];
  readonly providerIds: readonly string[] | null;
  readonly provinces: readonly string[] | null;
  readonly gameId: string | null;
  readonly agentId: string | null;
  /** Where its days are closed. Left out: they stay open. */
  readonly book?: ReportBook;
}

/** Nearest rank; all null where nothing was measured. */
export interface QuantilesMs {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

export interface ReportCell {
  /** Persons in any of its sessions, play and refused starts. */
  people: number;
  players: number;
  minors: number;
  sessions: number;
  assurance: Record<Assurance, number>;
  playMs: number;
  limitReached: number;
  overrunMs: number;
  timeToEnforceMs: QuantilesMs;
  limitToOrderMs: QuantilesMs;
  orderToEndMs: QuantilesMs;
  unacknowledgedEnds: number;
  gaps: number;
  agentHourBreaches: number;
  /** Those of all starts asked for that were decided while the ledger was away. */
  fallbackDecisions: number;
  denied: Partial<Record<RefusalReason, number>>;
  /** Net. */
  correctionsMs: number;
}

/** One text per dimension, in the order asked; null: played at no agent. */
export type CellKey = readonly (string | null)[];

export interface ReportCells {
  /** In no order. */
  readonly rows: readonly { readonly key: CellKey; readonly cell: ReportCell }[];
  /** Not the sum of the rows: a person in several counts once. */
  readonly totals: ReportCell;
  /** Of the same state of the record; null: not every day is closed. */
  readonly closing: Closing | null;
}

/** More rows than a report may have. */
export class ReportTooLargeError extends Error {
  override readonly name = 'ReportTooLargeError';
}

export interface ReportNames {
  readonly providers: ReadonlyMap<string, string>;
  readonly agents: ReadonlyMap<string, { readonly name: string; readonly licenceNo: string }>;
}

export interface ReportSource {
  /** Throws a ReportTooLargeError beyond REPORT_ROWS_MAX rows. */
  readCells(query: ReportQuery): Promise<ReportCells>;
  /** How those that are known are called; forms show it. */
  readNames(providerIds: readonly string[], agentIds: readonly string[]): Promise<ReportNames>;
}

const NO_QUANTILES: QuantilesMs = { p50: null, p95: null, max: null };

export function emptyCell(): ReportCell {
  return {
    people: 0,
    players: 0,
    minors: 0,
    sessions: 0,
    assurance: { declared: 0, attested: 0, document: 0, wallet: 0 },
    playMs: 0,
    limitReached: 0,
    overrunMs: 0,
    timeToEnforceMs: NO_QUANTILES,
    limitToOrderMs: NO_QUANTILES,
    orderToEndMs: NO_QUANTILES,
    unacknowledgedEnds: 0,
    gaps: 0,
    agentHourBreaches: 0,
    fallbackDecisions: 0,
    denied: {},
    correctionsMs: 0,
  };
}

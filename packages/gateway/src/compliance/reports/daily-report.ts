// The daily report: cells of the record as rows in a fixed order, withheld where the audience is not to see them. Nothing in it
// depends on when it is asked, once its days are closed.
import { type dailyReport, dimensionKey, limits, type ReportDimension } from '@playgate/contract';
import { type CalendarDate, formatInstant, type Instant } from '@playgate/policy';
import type * as z from 'zod';
import { Fault } from '../../fault.ts';
import type { Record as ComplianceRecord } from '../record.ts';
import type { CloseDay, Closing, ReportBook } from './close-days.ts';
import { figuresOf, type ReportFigures, withheldFigures } from './figures.ts';
import { narrow, type ReportAudience } from './report-audience.ts';
import { closesAtOf, REPORT_GRACE_MS, reportDays } from './report-days.ts';
import { type CellKey, type ReportCells, type ReportSource, ReportTooLargeError } from './report-source.ts';
import { withholdCells } from './withhold-cells.ts';

type Wire = z.output<typeof dailyReport>;
export type ReportHead = Pick<
  Wire,
  | 'from'
  | 'to'
  | 'zone'
  | 'mode'
  | 'scope'
  | 'filters'
  | 'closed'
  | 'closesAt'
  | 'revision'
  | 'entries'
  | 'graceMs'
  | 'cellPeopleMin'
>;

export interface ReportRow {
  readonly key: CellKey;
  readonly suppressed: boolean;
  readonly figures: ReportFigures;
}

export interface Report {
  readonly head: ReportHead;
  readonly groupBy: readonly ReportDimension[];
  /** In order of the keys, by UTF-16 code unit; null before any text. */
  readonly rows: readonly ReportRow[];
  readonly totals: Omit<ReportRow, 'key'>;
}

export interface ReportRequest {
  readonly audience: ReportAudience;
  readonly zone: string;
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  readonly groupBy: readonly ReportDimension[];
  readonly filters: {
    readonly providerId?: string | undefined;
    readonly gameId?: string | undefined;
    readonly agentId?: string | undefined;
    readonly province?: string | undefined;
  };
  /** Time of the caller's world. */
  readonly now: Instant;
}

export interface ReportPorts {
  readonly source: ReportSource;
  readonly record: Pick<ComplianceRecord, 'catchUp'>;
  readonly closeDay: CloseDay;
}

/** Throws an `invalid_request` Fault for days that are no period, `unprocessable` for more rows than a report may have. */
export async function makeReport(ports: ReportPorts, request: ReportRequest): Promise<Report> {
  const { closeDay, record, source } = ports;
  const { audience, filters, from, groupBy, now, to, zone } = request;
  const days = reportDays(zone, from, to);
  await record.catchUp();
  const book = audience.canClose && now >= closesAtOf(days) ? bookOf(audience, zone) : null;
  if (book !== null) await closeDay(book, to);
  const query = {
    mode: audience.mode,
    days,
    groupBy,
    providerIds: narrow(audience.providerIds, filters.providerId),
    provinces: narrow(audience.provinces, filters.province),
    gameId: filters.gameId ?? null,
    agentId: filters.agentId ?? null,
    ...(book !== null && { book }),
  };
  const cells = await source.readCells(query).catch((error: unknown) => {
    if (!(error instanceof ReportTooLargeError)) throw error;
    const detail = `It has more than ${limits.REPORT_ROWS_MAX} rows: ask for fewer days or dimensions, or filter.`;
    throw new Fault('unprocessable', detail, [], { cause: error });
  });
  return { head: headOf(request, closesAtOf(days), cells.closing), groupBy, ...rowsOf(cells, audience) };
}

/** Test worlds are closed by their providers alone. */
function bookOf({ mode, providerIds }: ReportAudience, zone: string): ReportBook {
  return { mode, providerId: mode === 'live' ? null : (providerIds?.[0] ?? null), zone };
}

function headOf(
  { audience, filters, from, to, zone }: ReportRequest,
  closesAt: Instant,
  closing: Closing | null,
): ReportHead {
  const { canClose, isNamed, mode, provinces, providerIds } = audience;
  return {
    from,
    to,
    zone,
    mode,
    scope: {
      providerIds: providerIds === null ? null : [...providerIds],
      provinces: provinces === null ? null : [...provinces],
    },
    filters: {
      providerId: filters.providerId ?? null,
      gameId: filters.gameId ?? null,
      agentId: filters.agentId ?? null,
      province: filters.province ?? null,
    },
    closed: closing !== null,
    closesAt: canClose ? formatInstant(closesAt) : null,
    revision: closing?.revision ?? null,
    entries: closing?.entries ?? null,
    graceMs: REPORT_GRACE_MS,
    cellPeopleMin: isNamed ? null : limits.REPORT_CELL_PEOPLE_MIN,
  };
}

function rowsOf(cells: ReportCells, { isNamed }: ReportAudience): Pick<Report, 'rows' | 'totals'> {
  const sorted = [...cells.rows].sort((left, right) => compareKeys(left.key, right.key));
  const withheld = isNamed
    ? null
    : withholdCells(
        sorted.map(({ cell }) => cell),
        cells.totals,
      );
  const isTotalsWithheld = withheld?.totals ?? false;
  return {
    rows: sorted.map(({ cell, key }, index) => {
      const suppressed = withheld?.rows.has(index) ?? false;
      return { key, suppressed, figures: suppressed ? withheldFigures() : figuresOf(cell) };
    }),
    totals: {
      suppressed: isTotalsWithheld,
      figures: isTotalsWithheld ? withheldFigures() : figuresOf(cells.totals),
    },
  };
}

export function compareKeys(left: CellKey, right: CellKey): number {
  for (const [index, one] of left.entries()) {
    const other = right[index] ?? null;
    if (one === other) continue;
    if (one === null || other === null) return one === null ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return 0;
}

/** The dimensions of a row by their names on the wire. */
export function keyFields(groupBy: readonly ReportDimension[], key: CellKey): Record<string, string | null> {
  return Object.fromEntries(groupBy.map((dimension, index) => [dimensionKey(dimension), key[index] ?? null]));
}

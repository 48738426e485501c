// The log of regulators' calls as a report: pages in the order the calls came in.
import { type accessLogPage, limits } from '@playgate/contract';
import { type CalendarDate, formatInstant, type Instant } from '@playgate/policy';
import type * as z from 'zod';
import { reportDays } from './report-days.ts';

export type AccessLogPage = z.output<typeof accessLogPage>;

export interface KeptCall extends Omit<AccessLogPage['entries'][number], 'at'> {
  /** Real time. */
  readonly at: Instant;
}

export interface AccessLogQuery {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** Null: of all. */
  readonly regulatorId: string | null;
  /** Only calls after this one; null: from the first. */
  readonly afterNo: number | null;
  readonly countMax: number;
}

export interface AccessLogRecords {
  /** In order of `callNo`. */
  readCalls(query: AccessLogQuery): Promise<readonly KeptCall[]>;
}

export interface AccessLogRequest extends Pick<AccessLogQuery, 'regulatorId' | 'afterNo'> {
  readonly zone: string;
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

const QUERY_LENGTH_MAX = limits.URL_LENGTH_MAX;

/** Throws an `invalid_request` Fault for days that are no period. */
export async function readAccessLog(records: AccessLogRecords, request: AccessLogRequest): Promise<AccessLogPage> {
  const { afterNo, from, regulatorId, to, zone } = request;
  const days = reportDays(zone, from, to);
  const countMax = limits.ACCESS_LOG_PAGE_MAX + 1;
  const range = { startsAt: days[0]!.startsAt, endsAt: days.at(-1)!.endsAt };
  const calls = await records.readCalls({ ...range, regulatorId, afterNo, countMax });
  const page = calls.slice(0, limits.ACCESS_LOG_PAGE_MAX);
  return {
    report: 'access_log',
    from,
    to,
    entries: page.map((call) => ({
      ...call,
      at: formatInstant(call.at),
      query: call.query.slice(0, QUERY_LENGTH_MAX),
    })),
    nextCursor: calls.length < countMax ? null : encodePlace(page.at(-1)!.callNo),
  };
}

const encodePlace = (callNo: number): string => Buffer.from(String(callNo)).toString('base64url');

/** Null: it is no cursor. */
export function decodePlace(cursor: string): number | null {
  const text = Buffer.from(cursor, 'base64url').toString();
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

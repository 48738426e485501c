// Who played at an agent's seats, from the record: the rows an inspection asks for.
import { ACCESS_LOG_COLUMNS, type OperationOf, type ReplyBody } from '@playgate/contract';
import type { CalendarDate, Instant } from '@playgate/policy';
import { BYTE_ORDER_MARK, csvLine } from '../compliance/csv.ts';
import type { Mode } from '../directory/world.ts';

export type AccessLogRow = ReplyBody<OperationOf<'getAgentAccessLog'>>['rows'][number];

export interface AgentLogQuery {
  readonly agentId: string;
  /** Days of the policy's zone, both included. */
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  /** Null: both. */
  readonly mode: Mode | null;
}

/** Place of a row in the order of the log: by day, instant, and at one instant sessions before refused starts. */
export interface AgentLogPosition {
  readonly date: CalendarDate;
  readonly at: Instant;
  readonly kind: 'session' | 'denied';
  /** Of the session, or the number of the event. */
  readonly id: string;
}

export interface AgentLogPage {
  readonly rows: readonly AccessLogRow[];
  /** Of the last row; null: nothing comes after it. */
  readonly next: AgentLogPosition | null;
}

export interface StaffEnd {
  readonly sessionId: string;
  readonly agentId: string;
  readonly playerId: string;
  readonly note: string;
  readonly keyId: string;
  /** Real time. */
  readonly at: Instant;
}

export interface AgentLog {
  /** Rows after a position, oldest first. */
  read(query: AgentLogQuery, after: AgentLogPosition | null, countMax: number): Promise<AgentLogPage>;
  /** Keeps what staff said about an end; the first word on a session stands. */
  noteEnd(end: StaffEnd): Promise<void>;
}

/** Rows in memory at once while a file is written. */
const ROWS_PER_READ = 1_000;

/**
 * The whole period as CSV, read page by page as it is sent. Whether a letter beyond ASCII will come is not known when the file
 * begins, so that the byte order mark is always there.
 */
export async function* writeAccessLogCsv(log: Pick<AgentLog, 'read'>, query: AgentLogQuery): AsyncIterable<string> {
  yield BYTE_ORDER_MARK + csvLine(ACCESS_LOG_COLUMNS);
  let after: AgentLogPosition | null = null;
  do {
    const page: AgentLogPage = await log.read(query, after, ROWS_PER_READ);
    yield page.rows.map((row) => csvLine(ACCESS_LOG_COLUMNS.map((column) => row[column]))).join('');
    after = page.next;
  } while (after !== null);
}

export function encodePosition({ at, date, id, kind }: AgentLogPosition): string {
  return Buffer.from(JSON.stringify([date, at, kind, id])).toString('base64url');
}

/** Null: not a text that `encodePosition` made. */
export function decodePosition(text: string): AgentLogPosition | null {
  try {
    const [date, at, kind, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as readonly unknown[];
    const isKind = kind === 'session' || kind === 'denied';
    if (typeof date !== 'string' || !Number.isSafeInteger(at) || !isKind || typeof id !== 'string') return null;
    return kind === 'denied' && !/^\d{1,15}$/.test(id) ? null : { date, at: at as number, kind, id };
  } catch {
    return null;
  }
}

// The daily report as bytes: pages of canonical JSON, and whole as CSV or JSON lines. The same report gives the same bytes.
import {
  DAILY_FIGURE_COLUMNS,
  type DailyReportFormat,
  dimensionKey,
  REPORT_COVERAGE_COLUMNS,
} from '@playgate/contract';
import { canonicalJson } from '@playgate/policy';
import { csvLine } from '../csv.ts';
import { csvFile } from './csv-file.ts';
import { compareKeys, keyFields, type Report, type ReportRow } from './daily-report.ts';
import { figureAt } from './figures.ts';
import { coverageCells } from './report-coverage.ts';
import type { CellKey } from './report-source.ts';

export interface Export {
  readonly mediaType: string;
  /** Of the file; the name without it is the caller's. */
  readonly extension: string;
  readonly content: Uint8Array;
}

export interface Page {
  /** Key of the last row of the page before; null: the first page. */
  readonly after: CellKey | null;
  readonly rowsMax: number;
}

export function writeDaily(report: Report, format: DailyReportFormat, page: Page): Export {
  switch (format) {
    case 'json':
      return jsonExport(canonicalJson(pageOf(report, page)));
    case 'jsonl':
      return {
        mediaType: 'application/x-ndjson; charset=utf-8',
        extension: 'jsonl',
        content: Buffer.from(linesOf(report)),
      };
    case 'csv':
      return csvFile(tableOf(report));
  }
}

export function jsonExport(text: string): Export {
  return { mediaType: 'application/json; charset=utf-8', extension: 'json', content: Buffer.from(text) };
}

function headOf({ groupBy, head, rows }: Report) {
  return { report: 'daily', ...head, groupBy: [...groupBy], rowCount: rows.length };
}

function rowOf({ groupBy }: Report, { figures, key, suppressed }: ReportRow) {
  return { ...keyFields(groupBy, key), suppressed, ...figures };
}

const totalsOf = ({ totals }: Report) => ({ suppressed: totals.suppressed, ...totals.figures });

function pageOf(report: Report, { after, rowsMax }: Page) {
  const rest = after === null ? report.rows : report.rows.filter(({ key }) => compareKeys(key, after) > 0);
  const rows = rest.slice(0, rowsMax);
  const last = rest.length > rowsMax ? rows.at(-1)! : null;
  return {
    ...headOf(report),
    rows: rows.map((row) => rowOf(report, row)),
    totals: totalsOf(report),
    nextCursor: last === null ? null : encodeCursor(last.key),
  };
}

function linesOf(report: Report): string {
  const rows = report.rows.map((row) => ({ line: 'row', ...rowOf(report, row) }));
  const lines = [{ line: 'head', ...headOf(report) }, ...rows, { line: 'totals', ...totalsOf(report) }];
  return lines.map((line) => `${canonicalJson(line)}\n`).join('');
}

function tableOf(report: Report): string[] {
  const { groupBy, head, rows, totals } = report;
  const names = [
    'row',
    ...groupBy.map(dimensionKey),
    'suppressed',
    ...DAILY_FIGURE_COLUMNS,
    'from',
    'to',
    'closed',
    'revision',
    ...REPORT_COVERAGE_COLUMNS,
  ];
  const coverage = coverageCells(head);
  const line = (row: string, key: CellKey, { figures, suppressed }: Omit<ReportRow, 'key'>) =>
    csvLine([
      row,
      ...key,
      suppressed,
      ...DAILY_FIGURE_COLUMNS.map((path) => figureAt(figures, path)),
      head.from,
      head.to,
      head.closed,
      head.revision,
      ...coverage,
    ]);
  return [
    csvLine(names),
    ...rows.map((row) => line('group', row.key, row)),
    line(
      'totals',
      groupBy.map(() => null),
      totals,
    ),
  ];
}

export const encodeCursor = (key: CellKey): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** Null: it is no cursor of a report with so many dimensions. */
export function decodeCursor(cursor: string, dimensions: number): CellKey | null {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const isKey = Array.isArray(key) && key.length === dimensions && key.every((part) => part === null || isText(part));
    return isKey ? (key as CellKey) : null;
  } catch {
    return null;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';

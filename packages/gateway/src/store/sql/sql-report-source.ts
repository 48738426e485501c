// Cells of reports from the projections. Each table is asked once for all groups and the totals (grouping sets); what comes of a
// session's end counts by the day it ended, and what was confirmed only after that day closed is not counted as confirmed.
import { limits } from '@playgate/contract';
import { type Kysely, sql } from 'kysely';
import type { Closing } from '../../compliance/reports/close-days.ts';
import {
  type CellKey,
  emptyCell,
  type ReportCell,
  type ReportCells,
  type ReportNames,
  type ReportQuery,
  type ReportSource,
  ReportTooLargeError,
} from '../../compliance/reports/report-source.ts';
import { REPORT_PARTS, type ReportPart } from './report-parts.ts';
import type { Schema } from './schema.ts';
import { readClosing } from './sql-day-closings.ts';

/** Ids in one look-up. */
const NAMES_PER_QUERY_MAX = 1_000;

export class SqlReportSource implements ReportSource {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  readCells(query: ReportQuery): Promise<ReportCells> {
    // One state of the record for all parts, however it grows meanwhile.
    return this.#db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (db) => {
        const closing = await closingOf(db, query);
        const cells = new CellsByKey(query.groupBy.length);
        const isEmpty = query.providerIds?.length === 0 || query.provinces?.length === 0;
        if (!isEmpty) for (const part of REPORT_PARTS) await readPart(db, query, part, cells);
        return { ...cells.result(), closing };
      });
  }

  async readNames(providerIds: readonly string[], agentIds: readonly string[]): Promise<ReportNames> {
    const providers = new Map<string, string>();
    for (const ids of inParts(providerIds)) {
      const rows = await this.#db
        .selectFrom('providers')
        .select(['provider_id', 'name'])
        .where('provider_id', 'in', ids)
        .execute();
      for (const row of rows) providers.set(row.provider_id, row.name);
    }
    const agents = new Map<string, { name: string; licenceNo: string }>();
    for (const ids of inParts(agentIds)) {
      const rows = await this.#db
        .selectFrom('agents')
        .select(['agent_id', 'name', 'licence_no'])
        .where('agent_id', 'in', ids)
        .execute();
      for (const row of rows) agents.set(row.agent_id, { name: row.name, licenceNo: row.licence_no });
    }
    return { providers, agents };
  }
}

function* inParts(ids: readonly string[]): Iterable<string[]> {
  for (let at = 0; at < ids.length; at += NAMES_PER_QUERY_MAX) yield ids.slice(at, at + NAMES_PER_QUERY_MAX);
}

async function closingOf(db: Kysely<Schema>, { book, days, providerIds }: ReportQuery): Promise<Closing | null> {
  if (book === undefined) return null;
  return readClosing(db, { book, from: days[0]!.date, to: days.at(-1)!.date, providerIds });
}

async function readPart(db: Kysely<Schema>, query: ReportQuery, part: ReportPart, cells: CellsByKey): Promise<void> {
  const keys = query.groupBy.map((_, index) => sql.ref(`k${index}`));
  const names = sql.join(keys);
  const extra = part.splitBy === undefined ? sql`` : sql`, ${sql.ref(part.splitBy)}`;
  const rowsMax = limits.REPORT_ROWS_MAX + 1;
  const statement = sql<Row>`
    select ${names}${extra}, grouping(${keys[0]!}) as totals, ${part.figures}
    from (${part.from(query)}) as facts
    group by grouping sets ((${names}${extra}), (${part.splitBy === undefined ? sql`` : sql.ref(part.splitBy)}))
    ${part.isCount === true ? sql`limit ${sql.lit(rowsMax + 1)}` : sql``}`;
  const { rows } = await statement.execute(db);
  if (part.isCount === true && rows.length > rowsMax) throw new ReportTooLargeError('too many rows');
  for (const row of rows) part.add(cells.of(row), row);
}

type Row = Readonly<Record<string, unknown>>;

/** Cells as the parts fill them in. */
class CellsByKey {
  readonly #dimensions: number;
  readonly #totals = emptyCell();
  readonly #cells = new Map<string, { readonly key: CellKey; readonly cell: ReportCell }>();

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
  }

  of(row: Row): ReportCell {
    if (Number(row.totals) === 1) return this.#totals;
    const key = Array.from({ length: this.#dimensions }, (_, index) => (row[`k${index}`] ?? null) as string | null);
    const name = JSON.stringify(key);
    const found = this.#cells.get(name) ?? { key, cell: emptyCell() };
    this.#cells.set(name, found);
    return found.cell;
  }

  result(): Omit<ReportCells, 'closing'> {
    return { rows: [...this.#cells.values()], totals: this.#totals };
  }
}

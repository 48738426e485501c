// What a report states beside what counting gives.
import { dimensionKey, type ReportDimension } from '@playgate/contract';
import { inUnit } from '../../reports/periodic-report.ts';
import { type Recount, type RecountedFigures, rowName } from './recount.ts';

export interface StatedRow {
  readonly suppressed: boolean;
  readonly [name: string]: unknown;
}

export interface Statement {
  readonly groupBy: readonly ReportDimension[];
  readonly rows: readonly StatedRow[];
  readonly totals: StatedRow;
  /** Every row there is, so that one more is missing. */
  readonly isWhole: boolean;
  /** Of a form. */
  readonly columns: readonly { readonly id: string; readonly source: string; readonly unit: string }[];
}

export interface Comparison {
  readonly count: number;
  readonly problems: readonly string[];
}

/** Figures that are none of the report's own words. */
const NO_FIGURES = new Set(['suppressed', 'line', 'providerId', 'gameId', 'agentId', 'province', 'day']);

export function compareFigures({ groupBy, isWhole, rows, totals }: Statement, counted: Recount): Comparison {
  const tally = new ComparedFigures();
  const names = groupBy.map(dimensionKey);
  const seen = new Set<string>();
  for (const row of rows) {
    const name = rowName(names.map((key) => (row[key] as string | null | undefined) ?? null));
    seen.add(name);
    tally.compareRow(name, row, counted.rows.get(name));
  }
  tally.compareRow('totals', totals, counted.totals);
  if (isWhole) for (const name of counted.rows.keys()) if (!seen.has(name)) tally.miss(name);
  return tally;
}

/** Cells of a form, each from the figure and in the unit that its column names. */
export function compareForm(statement: Statement, counted: Recount): Comparison {
  const { columns, groupBy, rows, totals } = statement;
  const tally = new ComparedFigures();
  const keyOf = (cells: Readonly<Record<string, unknown>>) =>
    rowName(groupBy.map((dimension) => textOf(cells, columns, dimensionKey(dimension))));
  const seen = new Set<string>();
  for (const row of rows) {
    const name = keyOf(row.cells as Readonly<Record<string, unknown>>);
    seen.add(name);
    tally.compareCells(name, row, columns, counted.rows.get(name));
  }
  tally.compareCells('totals', totals, columns, counted.totals);
  for (const name of counted.rows.keys()) if (!seen.has(name)) tally.miss(name);
  return tally;
}

function textOf(
  cells: Readonly<Record<string, unknown>>,
  columns: Statement['columns'],
  source: string,
): string | null {
  const column = columns.find((each) => each.source === source);
  const value = column === undefined ? null : cells[column.id];
  return typeof value === 'string' ? value : null;
}

class ComparedFigures implements Comparison {
  count = 0;
  readonly problems: string[] = [];

  miss(row: string): void {
    this.count += 1;
    this.problems.push(`row ${row} is missing`);
  }

  compareRow(name: string, row: StatedRow, counted: RecountedFigures | undefined): void {
    if (row.suppressed) return;
    const stated = Object.entries(row).filter(([key]) => !NO_FIGURES.has(key));
    for (const [key, value] of stated) {
      if (typeof value !== 'object' || value === null) this.#compare(name, key, value, counted);
      else for (const [part, figure] of Object.entries(value)) this.#compare(name, `${key}.${part}`, figure, counted);
    }
  }

  compareCells(
    name: string,
    row: StatedRow,
    columns: Statement['columns'],
    counted: RecountedFigures | undefined,
  ): void {
    if (row.suppressed) return;
    const cells = row.cells as Readonly<Record<string, unknown>>;
    for (const { id, source, unit } of columns) {
      if (unit === 'text') continue;
      this.#compare(
        name,
        id,
        cells[id],
        counted,
        (value) => inUnit(value, unit as Parameters<typeof inUnit>[1]),
        source,
      );
    }
  }

  #compare(
    row: string,
    name: string,
    stated: unknown,
    counted: RecountedFigures | undefined,
    convert: (value: number | null) => number | null = (value) => value,
    source = name,
  ): void {
    this.count += 1;
    const found = counted?.has(source) ? counted.get(source)! : NULL_WHEN_ABSENT.has(source.split('.')[0]!) ? null : 0;
    const wanted = convert(found);
    if (stated !== wanted)
      this.problems.push(`${name} of ${row} says ${String(stated)}, the entries give ${String(wanted)}`);
  }
}

/** There is no time where nothing was measured, and no share of nothing. */
const NULL_WHEN_ABSENT = new Set(['timeToEnforceMs', 'limitToOrderMs', 'orderToEndMs', 'fallbackShare']);

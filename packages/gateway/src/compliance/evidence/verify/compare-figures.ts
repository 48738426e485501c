// What a report states beside what counting gives.
import { dimensionKey, REPORT_DIMENSIONS, type ReportDimension } from '@playgate/contract';
import { REFUSAL_REASONS } from '@playgate/policy';
import { compareKeys } from '../../reports/daily-report.ts';
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
  /** Of all pages. */
  readonly rowCount: number;
  /** No page comes after: the rows go up to the last. */
  readonly isLast: boolean;
  /** No page came before and none comes after. */
  readonly isWhole: boolean;
  /** Figures may be withheld. */
  readonly canWithhold: boolean;
  /** Of a form. */
  readonly columns: readonly { readonly id: string; readonly source: string; readonly unit: string }[];
}

export interface Comparison {
  /** Figures that were compared, and the number of rows. */
  readonly count: number;
  /** Figures that were compared. */
  readonly figures: number;
  /** Rows, the totals too, whose figures are withheld: nothing of them was compared. */
  readonly withheld: number;
  readonly problems: readonly string[];
}

/** What of a row is no figure. */
const NO_FIGURES = new Set(['suppressed', 'line', ...REPORT_DIMENSIONS.map(dimensionKey)]);

export function compareFigures(statement: Statement, counted: Recount): Comparison {
  const { canWithhold, groupBy, rows, totals } = statement;
  const tally = new ComparedFigures(canWithhold);
  const names = groupBy.map(dimensionKey);
  const keys = rows.map((row) => names.map((key) => (row[key] as string | null | undefined) ?? null));
  tally.compareKeys(statement, keys.map(rowName), counted);
  for (const [index, row] of rows.entries()) {
    const name = rowName(keys[index]!);
    const told = REPORT_DIMENSIONS.map(dimensionKey).filter((key) => Object.hasOwn(row, key));
    if (told.length !== names.length || !names.every((key) => told.includes(key)))
      tally.complain(`row ${name} tells other dimensions`);
    tally.compareRow(name, row, counted.rows.get(name));
  }
  tally.compareRow('totals', totals, counted.totals);
  return tally;
}

/** Cells of a form, each from the figure and in the unit that its column names. */
export function compareForm(statement: Statement, counted: Recount): Comparison {
  const { canWithhold, columns, groupBy, rows, totals } = statement;
  const tally = new ComparedFigures(canWithhold);
  const names = rows.map(({ cells }) =>
    rowName(groupBy.map((dimension) => textOf(cells as Cells, columns, dimensionKey(dimension)))),
  );
  tally.compareKeys(statement, names, counted);
  for (const [index, row] of rows.entries()) {
    const name = names[index]!;
    tally.compareCells(name, row, columns, counted.rows.get(name));
  }
  tally.compareCells('totals', totals, columns, counted.totals);
  return tally;
}

type Cells = Readonly<Record<string, unknown>>;

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
  figures = 0;
  withheld = 0;
  readonly problems: string[] = [];
  readonly #canWithhold: boolean;

  constructor(canWithhold: boolean) {
    this.#canWithhold = canWithhold;
  }

  complain(problem: string): void {
    this.problems.push(problem);
  }

  /** The same rows in the same order; of one page of several, a run of them. */
  compareKeys({ isLast, isWhole, rowCount }: Statement, stated: readonly string[], { rows }: Recount): void {
    this.count += 1;
    if (rowCount !== rows.size) this.complain(`${rowCount} rows by its head, the entries give ${rows.size}`);
    const wanted = [...rows.keys()].sort((left, right) => compareKeys(JSON.parse(left), JSON.parse(right)));
    const known = new Set(stated);
    const end = isLast ? wanted.length : wanted.indexOf(stated.at(-1) ?? '') + 1;
    const first = isWhole ? 0 : Math.max(0, end - stated.length);
    for (const name of wanted.slice(first, end)) if (!known.has(name)) this.complain(`row ${name} is missing`);
    const seen = new Set<string>();
    for (const [index, name] of stated.entries()) {
      if (!rows.has(name)) this.complain(`row ${name} does not follow from the entries`);
      else if (seen.has(name)) this.complain(`row ${name} is there twice`);
      else if (index > 0 && compareKeys(JSON.parse(stated[index - 1]!), JSON.parse(name)) > 0) {
        this.complain(`row ${name} is out of order`);
      }
      seen.add(name);
    }
    const isRunOver = !isLast && (stated.length === 0 || end === wanted.length);
    if (isRunOver) this.complain('it says that more rows follow, the entries give none');
  }

  compareRow(name: string, row: StatedRow, counted: RecountedFigures | undefined): void {
    const stated = new Map(Object.entries(row).flatMap(([key, value]) => figuresIn(key, value)));
    if (this.#isWithheld(name, row, stated.values())) return;
    for (const [key, value] of stated) this.#compare(name, key, value, counted);
    for (const key of counted?.keys() ?? []) {
      if (!stated.has(key) && isStatable(key)) this.complain(`${key} of ${name} is missing`);
    }
  }

  compareCells(
    name: string,
    row: StatedRow,
    columns: Statement['columns'],
    counted: RecountedFigures | undefined,
  ): void {
    const cells = row.cells as Cells;
    const figures = columns.filter(({ unit }) => unit !== 'text');
    const ids = new Set(columns.map(({ id }) => id));
    const isWhole = Object.keys(cells).length === ids.size && Object.keys(cells).every((id) => ids.has(id));
    if (!isWhole) this.complain(`${name} has other cells than the form has columns`);
    if (this.#isWithheld(name, row, figures.map(({ id }) => cells[id]).values())) return;
    for (const { id, source, unit } of figures) {
      const convert = (value: number | null) => inUnit(value, unit as Parameters<typeof inUnit>[1]);
      this.#compare(name, id, cells[id], counted, convert, source);
    }
  }

  /** Of what is withheld every figure is null, and nothing can be compared. */
  #isWithheld(name: string, { suppressed }: StatedRow, figures: Iterable<unknown>): boolean {
    if (!suppressed) return false;
    this.withheld += 1;
    if (!this.#canWithhold) this.complain(`${name} is withheld, and nothing of it may be`);
    if ([...figures].some((figure) => figure !== null)) this.complain(`${name} is withheld and states figures`);
    return true;
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
    this.figures += 1;
    const found = counted?.has(source) ? counted.get(source)! : NULL_WHEN_ABSENT.has(source.split('.')[0]!) ? null : 0;
    const wanted = convert(found);
    if (stated !== wanted)
      this.problems.push(`${name} of ${row} says ${String(stated)}, the entries give ${String(wanted)}`);
  }
}

/** There is no time where nothing was measured, and no share of nothing. */
const NULL_WHEN_ABSENT = new Set(['timeToEnforceMs', 'limitToOrderMs', 'orderToEndMs', 'fallbackShare']);

/** Figures by path. */
function figuresIn(key: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (NO_FIGURES.has(key)) return [];
  if (typeof value !== 'object' || value === null) return [[key, value]];
  return Object.entries(value).map(([part, figure]) => [`${key}.${part}`, figure]);
}

/** A reason that no report names has no figure of its own. */
function isStatable(figure: string): boolean {
  const [name, reason = ''] = figure.split('.');
  return name !== 'deniedByReason' || REFUSAL_REASONS.some((known) => known === reason);
}

// Each report that lies beside the evidence, held to the entries: which figures it states, and what counting gives.
import { dailyReport, dailyReportLine, limits, periodicReport, type ReportDimension } from '@playgate/contract';
import { canonicalJson, dateOfEpochDay, epochDayOf, isZone } from '@playgate/policy';
import type * as z from 'zod';
import type { ComplianceEvent } from '../../compliance-event.ts';
import { type Check, failed, messageOf, notChecked, ok } from './check.ts';
import type { ReportFile } from './check-reports.ts';
import { compareFigures, compareForm, type Statement } from './compare-figures.ts';
import { RecordFacts } from './record-facts.ts';
import { type RecountQuery, recount } from './recount.ts';

type Head = Pick<
  z.output<typeof dailyReport>,
  'from' | 'to' | 'zone' | 'mode' | 'scope' | 'filters' | 'closed' | 'entries' | 'graceMs' | 'cellPeopleMin'
>;

interface Stated {
  readonly name: string;
  readonly head: Head;
  readonly groupBy: readonly ReportDimension[];
  readonly compare: typeof compareFigures;
  readonly statement: Statement;
  readonly facts: RecordFacts;
}

export const figuresTitleOf = (name: string): string => `${name}: figures`;

export class ReportRecounts {
  readonly #stated: Stated[] = [];
  readonly #others: Check[] = [];
  readonly #isWhole: boolean;
  #gone = 0;
  #count = 0;

  /** `isWhole`: the entries are all there are. */
  constructor(reports: readonly ReportFile[], isWhole: boolean) {
    this.#isWhole = isWhole;
    for (const { content, name } of reports) {
      if (content === null) continue;
      try {
        const stated = readReport(name, content.toString());
        if (stated === null)
          this.#others.push(notChecked(figuresTitleOf(name), 'only reports in JSON say all it takes to recount them'));
        else this.#stated.push(stated);
      } catch (error) {
        this.#others.push(failed(figuresTitleOf(name), `it is no report: ${messageOf(error)}`));
      }
    }
  }

  /** An entry of which only the hash is left. */
  noteGone(): void {
    this.#gone += 1;
    this.#count += 1;
  }

  add(event: ComplianceEvent): void {
    this.#count += 1;
    for (const { facts, head } of this.#stated) {
      if (head.entries === null || event.seq < head.entries) facts.add(event);
    }
  }

  /** `areRead`: every entry was told. */
  finish(areRead: boolean): readonly Check[] {
    return [...this.#stated.map((stated) => this.#check(stated, areRead)), ...this.#others];
  }

  /** Names of reports that rest on more entries than all there are: a signature alone does not make up for those missing. */
  restingOnMore(areRead: boolean): readonly string[] {
    if (!areRead || !this.#isWhole) return [];
    return this.#stated.filter(({ head }) => this.#isMissingEntries(head)).map(({ name }) => name);
  }

  #isMissingEntries({ entries }: Head): boolean {
    return entries !== null && entries > this.#count;
  }

  #check({ compare, facts, groupBy, head, name, statement }: Stated, areRead: boolean): Check {
    const title = figuresTitleOf(name);
    if (!areRead || !this.#isWhole) return notChecked(title, 'it takes every entry and their checkpoint');
    if (this.#isMissingEntries(head)) {
      return notChecked(title, `it rests on ${head.entries} entries, and ${this.#count} are here`);
    }
    const { count, figures, problems, withheld } = compare(statement, recount(facts, queryOf(head, groupBy)));
    if (problems.length === 0) return checkOfFigures(title, figures, withheld);
    if (this.#gone > 0) {
      return notChecked(
        title,
        `${problems.length} of ${count} figures may rest on the ${this.#gone} entries that are gone`,
      );
    }
    if (!head.closed) {
      return notChecked(
        title,
        `its days were still open, and ${problems.length} of ${count} figures have changed since`,
      );
    }
    const [first] = problems;
    return failed(title, `${problems.length} of ${count} figures do not follow from the entries: ${first}`);
  }
}

/** What is withheld cannot follow from anything: a report that states no figure passes nothing. */
function checkOfFigures(title: string, figures: number, withheld: number): Check {
  const hidden = withheld === 0 ? '' : `; withheld and not checked: ${withheld} rows`;
  if (figures > 0) return ok(title, `${figures} figures follow from the entries${hidden}`);
  const why = withheld > 0 ? 'every figure is withheld' : 'it states no figure';
  return notChecked(title, `${why}: its rows are those of the entries, and nothing else can be checked`);
}

function queryOf({ filters, from, graceMs, scope, to, zone }: Head, groupBy: readonly ReportDimension[]): RecountQuery {
  const [first, last] = [epochDayOf(from), epochDayOf(to)];
  const days = Array.from({ length: last - first + 1 }, (_, index) => dateOfEpochDay(first + index));
  return { days, zone, graceMs, groupBy, providerIds: scope.providerIds, provinces: scope.provinces, filters };
}

/** Null: a file that is signed and cannot be recounted. Throws an Error for JSON that is no report. */
function readReport(name: string, text: string): Stated | null {
  if (name.endsWith('.jsonl')) return readLinesReport(name, text);
  if (!name.endsWith('.json')) return null;
  const json = JSON.parse(text) as { readonly report?: unknown };
  if (json.report === 'periodic') {
    const { form, rows, totals, ...head } = parseExactly(periodicReport, json);
    const groupBy = form.groupBy;
    const whole = { rowCount: rows.length, isLast: true, isWhole: true, columns: form.columns };
    return statedOf(name, head, { ...whole, groupBy, rows, totals }, compareForm);
  }
  if (json.report !== 'daily') return null;
  const { groupBy, nextCursor, rowCount, rows, totals, ...head } = parseExactly(dailyReport, json);
  const isLast = nextCursor === null;
  const pages = { rowCount, isLast, isWhole: isLast && rows.length === rowCount, columns: [] };
  return statedOf(name, head, { ...pages, groupBy, rows, totals }, compareFigures);
}

function readLinesReport(name: string, text: string): Stated | null {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => parseExactly(dailyReportLine, JSON.parse(line)));
  const [head, totals] = [lines[0], lines.at(-1)];
  const rows = lines.slice(1, -1).flatMap((line) => (line.line === 'row' ? [line] : []));
  if (head?.line !== 'head' || totals?.line !== 'totals' || rows.length !== lines.length - 2) {
    throw new Error('its lines are not a head, rows and totals');
  }
  const { groupBy, rowCount } = head;
  const whole = { rowCount, isLast: true, isWhole: true, columns: [] };
  return statedOf(name, head, { ...whole, groupBy, rows, totals }, compareFigures);
}

/** Throws an Error where something is missing, is wrong, or is there that no report has. */
function parseExactly<Output>(schema: z.ZodType<Output>, json: unknown): Output {
  const parsed = schema.parse(json);
  if (canonicalJson(parsed) !== canonicalJson(json)) throw new Error('it has fields that no report has');
  return parsed;
}

type Body = Omit<Statement, 'rows' | 'totals' | 'canWithhold'> & {
  readonly rows: readonly object[];
  readonly totals: object;
};

/** Throws an Error for days that cannot be counted. */
function statedOf(name: string, head: Head, body: Body, compare: Stated['compare']): Stated {
  const { cellPeopleMin, from, mode, to, zone } = head;
  if (!isZone(zone)) throw new Error(`its zone ${zone} is not known`);
  const days = epochDayOf(to) - epochDayOf(from) + 1;
  if (days < 1 || days > limits.REPORT_DAYS_MAX) throw new Error(`it is of ${days} days`);
  const statement = { ...body, canWithhold: cellPeopleMin !== null } as Statement;
  return { name, head, groupBy: body.groupBy, statement, compare, facts: new RecordFacts(mode, from, to) };
}

// The reports of the product beside the recount: every grouping of the daily report, and both forms.
import { limits, type ReportDimension } from '@playgate/contract';
import { makeReport, type Report } from '../../../packages/gateway/src/compliance/reports/daily-report.ts';
import { REPORT_FORMS } from '../../../packages/gateway/src/compliance/reports/forms/index.ts';
import { makePeriodicReport } from '../../../packages/gateway/src/compliance/reports/periodic-report.ts';
import {
  type ReportAudience,
  regulatorAudience,
} from '../../../packages/gateway/src/compliance/reports/report-audience.ts';
import { periodOf } from '../../../packages/gateway/src/compliance/reports/report-form.ts';
import type { Database } from '../../../packages/gateway/src/store/sql/open-database.ts';
import { SqlDayClosings } from '../../../packages/gateway/src/store/sql/sql-day-closings.ts';
import { SqlReportSource } from '../../../packages/gateway/src/store/sql/sql-report-source.ts';
import type { Cast } from './cast.ts';
import {
  type Counted,
  type CountedRow,
  DIMENSIONS,
  type Dimension,
  type Figures,
  type Question,
  type Recount,
  withheld,
} from './recount.ts';
import { FIRST_DATE, LAST_DATE } from './truth.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
/** Long after every day has closed. */
const NOW = Date.parse('2027-06-01T00:00:00Z');
const FORMS = [
  { id: 'vn-half-year', period: '2026-H2', from: '2026-06-01', to: '2026-11-30' },
  { id: 'vn-children-year', period: '2026', from: '2026-01-01', to: '2026-12-31' },
] as const;

/** Groupings of so many dimensions are also looked at as an audience without a named scope sees them. */
const SEEN_BY_MANY: ReadonlySet<number> = new Set([1, 3]);

export interface Compared {
  readonly reports: number;
  readonly rows: number;
  readonly figures: number;
  readonly problems: readonly string[];
}

export class ReportComparison implements Compared {
  reports = 0;
  rows = 0;
  figures = 0;
  readonly problems: string[] = [];
  readonly #database: Database;
  readonly #recount: Recount;
  readonly #cast: Cast;

  constructor(database: Database, recount: Recount, cast: Cast) {
    this.#database = database;
    this.#recount = recount;
    this.#cast = cast;
  }

  /** All groupings that there are; then one province, one provider, and the test worlds. */
  async compareDaily(): Promise<void> {
    for (const groupBy of groupings()) {
      await this.#compareMonth({ mode: 'live', from: FIRST_DATE, to: LAST_DATE, groupBy });
    }
    const month = { from: FIRST_DATE, to: LAST_DATE };
    const province = this.#cast.agents[0]!.province;
    const provider = this.#cast.providers[3]!.providerId;
    const groupBy = ['province', 'provider', 'day'] as const;
    await this.#compareMonth({ ...month, mode: 'live', groupBy, provinces: [province] });
    await this.#compareMonth({ ...month, mode: 'live', groupBy, providers: [provider] });
    await this.#compareMonth({ ...month, mode: 'test', groupBy });
  }

  /** By halves of the days where a report would have more rows than it may. */
  async #compareMonth(question: Question): Promise<void> {
    const counted = this.#recount.count(question);
    if (counted.rows.length > limits.REPORT_ROWS_MAX && question.from !== question.to) {
      const middle = halfWay(question.from, question.to);
      await this.#compareMonth({ ...question, to: middle });
      await this.#compareMonth({ ...question, from: nextDate(middle) });
      return;
    }
    await this.#compareTo(question, counted, true);
    if (!SEEN_BY_MANY.has(question.groupBy.length)) return;
    await this.#compareTo(question, counted, false);
  }

  async #compareTo(question: Question, counted: Counted, isNamed: boolean): Promise<void> {
    const report = await makeReport(this.#ports(), {
      ...question,
      audience: audienceOf(question, isNamed),
      zone: ZONE,
      groupBy: question.groupBy as readonly ReportDimension[],
      filters: {},
      now: NOW,
    });
    const title = `${question.mode} ${question.from}..${question.to} by ${question.groupBy.join(',')} ${isNamed ? 'exact' : 'withheld'}`;
    if (!report.head.closed && question.mode === 'live') this.#tell(`${title}: is not closed`);
    this.#compareRows(title, report, counted, isNamed ? null : withheld(counted));
  }

  #compareRows(title: string, report: Report, counted: Counted, hidden: ReturnType<typeof withheld> | null): void {
    this.reports += 1;
    if (report.rows.length !== counted.rows.length) {
      this.#tell(`${title}: ${report.rows.length} rows, ${counted.rows.length} counted`);
    }
    for (const [index, row] of report.rows.entries()) {
      const expected = counted.rows[index];
      if (expected === undefined || JSON.stringify(row.key) !== JSON.stringify(expected.key)) {
        this.#tell(`${title}: row ${index} is ${JSON.stringify(row.key)}, counted ${JSON.stringify(expected?.key)}`);
        return;
      }
      this.#compareRow(`${title} ${row.key.join('/')}`, row, expected, hidden?.rows.has(index) ?? false);
    }
    this.#compareRow(`${title} totals`, report.totals, counted.totals, hidden?.totals ?? false);
  }

  #compareRow(title: string, row: Report['totals'], { figures }: Pick<CountedRow, 'figures'>, isHidden: boolean): void {
    this.rows += 1;
    if (row.suppressed !== isHidden) {
      this.#tell(`${title}: suppressed ${row.suppressed}, expected ${isHidden}`);
      return;
    }
    for (const [name, value] of Object.entries(row.figures)) {
      const expected = figures[name];
      if (value === null || typeof value !== 'object')
        this.#compareFigure(title, name, value, isHidden ? null : expected);
      else
        for (const part in value)
          this.#compareFigure(
            title,
            `${name}.${part}`,
            value[part as never],
            isHidden ? null : (expected as Figures)?.[part],
          );
    }
  }

  #compareFigure(title: string, name: string, value: unknown, expected: unknown): void {
    this.figures += 1;
    if (value !== expected) this.#tell(`${title} ${name}: ${value}, counted ${expected}`);
  }

  async comparePeriodic(): Promise<void> {
    for (const { from, id, period, to } of FORMS) {
      const form = REPORT_FORMS.get(id)!;
      const request = { form, period, window: periodOf(form, period)!, zone: ZONE, filters: {}, now: NOW };
      const question = { mode: 'live', from, to, groupBy: form.groupBy as readonly Dimension[] } as const;
      const provinces = [...new Set(this.#cast.agents.map(({ province }) => province))];
      for (const scope of [undefined, provinces.slice(0, 1), provinces]) {
        const narrowed = { ...question, ...(scope !== undefined && { provinces: scope }) };
        const counted = this.#recount.count(narrowed);
        const audience = audienceOf(narrowed, true);
        const report = await makePeriodicReport(this.#ports(), { ...request, audience });
        this.#compareForm(`${id} ${scope?.length ?? 'all'}`, report, counted);
      }
    }
  }

  #compareForm(title: string, report: Awaited<ReturnType<typeof makePeriodicReport>>, counted: Counted): void {
    this.reports += 1;
    if (report.rows.length !== counted.rows.length) {
      this.#tell(`${title}: ${report.rows.length} rows, ${counted.rows.length} counted`);
      return;
    }
    const { columns, groupBy } = report.form;
    const lines = [...report.rows.entries()].map(([index, row]) => ({ row, expected: counted.rows[index]! }));
    const totals = { row: report.totals, expected: { ...counted.totals, key: groupBy.map(() => null) } };
    for (const { expected, row } of [...lines, totals]) {
      this.rows += 1;
      for (const { id, source, unit } of columns) {
        this.figures += 1;
        const value =
          unit === 'text' ? this.#textOf(source, groupBy, expected.key) : inUnit(at(expected.figures, source), unit);
        if (row.cells[id] !== value) {
          this.#tell(`${title} ${expected.key.join('/')} ${id}: ${row.cells[id]}, counted ${value}`);
        }
      }
    }
  }

  #textOf(source: string, groupBy: readonly string[], key: CountedRow['key']): string | null {
    const of = (dimension: string) => key[groupBy.indexOf(dimension)] ?? null;
    const agent = this.#cast.agents.find(({ agentId }) => agentId === of('agent'));
    const texts: Readonly<Record<string, string | null | undefined>> = {
      province: of('province'),
      providerId: of('provider'),
      providerName: this.#cast.providers.find(({ providerId }) => providerId === of('provider'))?.name,
      gameId: of('game'),
      agentId: agent?.agentId,
      agentName: agent?.name,
      licenceNo: agent?.licenceNo,
    };
    return texts[source] ?? null;
  }

  #ports() {
    const { db } = this.#database;
    const closings = new SqlDayClosings(db);
    const record = { catchUp: async () => true };
    return { source: new SqlReportSource(db), record, closeDay: closings.close.bind(closings) };
  }

  #tell(problem: string): void {
    this.problems.push(problem);
  }
}

function* groupings(): Iterable<readonly Dimension[]> {
  for (let bits = 1; bits < 2 ** DIMENSIONS.length; bits++) {
    yield DIMENSIONS.filter((_, index) => (bits & (1 << index)) !== 0);
  }
}

function audienceOf({ mode, providers, provinces }: Question, isNamed: boolean): ReportAudience {
  const scope = {
    ...(provinces !== undefined && { provinces: [...provinces] }),
    ...(providers !== undefined && { providerIds: [...providers] }),
  };
  return { ...regulatorAudience(scope, mode), isNamed };
}

const at = (figures: unknown, path: string): unknown =>
  path.split('.').reduce((value, name) => (value as Readonly<Record<string, unknown>>)[name], figures);

function inUnit(value: unknown, unit: string): number | null {
  if (typeof value !== 'number') return null;
  if (unit === 'minutes') return Math.round(value / 60_000);
  if (unit === 'seconds') return value / 1_000;
  return unit === 'percent' ? Math.round(value * 10_000) / 100 : value;
}

const DATE_MS = 86_400_000;
const dayAfter = (date: string, days: number) => new Date(Date.parse(date) + days * DATE_MS).toISOString().slice(0, 10);
const nextDate = (date: string) => dayAfter(date, 1);
const halfWay = (from: string, to: string) =>
  dayAfter(from, Math.floor((Date.parse(to) - Date.parse(from)) / DATE_MS / 2));

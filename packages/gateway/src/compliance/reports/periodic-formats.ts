// A form that was filled in, as bytes: canonical JSON, CSV, or a sheet. The same report gives the same bytes.
import { type PeriodicReportFormat, REPORT_COVERAGE_COLUMNS } from '@playgate/contract';
import { canonicalJson, citationText } from '@playgate/policy';
import { csvLine } from '../csv.ts';
import { csvFile } from './csv-file.ts';
import { type Export, jsonExport } from './daily-formats.ts';
import { type PeriodicReport, WITHHELD_MARK } from './periodic-report.ts';
import { coverageCells, coverageLines, testMark } from './report-coverage.ts';
import { type Sheet, type SheetCell, writeXlsx } from './write-xlsx.ts';

export async function writePeriodic(report: PeriodicReport, format: PeriodicReportFormat): Promise<Export> {
  switch (format) {
    case 'json':
      return jsonExport(canonicalJson(report));
    case 'csv':
      return csvFile(tableOf(report));
    case 'xlsx':
      return {
        mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        extension: 'xlsx',
        content: await writeXlsx(sheetOf(report)),
      };
  }
}

function tableOf(report: PeriodicReport): string[] {
  const { closed, form, from, period, revision, rows, to, totals } = report;
  const { columns } = form;
  const coverage = coverageCells(report);
  const names = [
    'row',
    ...columns.map(({ id }) => id),
    'suppressed',
    'form',
    'period',
    'from',
    'to',
    'closed',
    'revision',
    ...REPORT_COVERAGE_COLUMNS,
  ];
  const line = (row: string, { cells, suppressed }: PeriodicReport['totals']) =>
    csvLine([
      row,
      ...columns.map(({ id }) => cells[id] ?? null),
      suppressed,
      form.id,
      period,
      from,
      to,
      closed,
      revision,
      ...coverage,
    ]);
  return [csvLine(names), ...rows.map((row) => line('group', row)), line('totals', totals)];
}

/** Titles, terms and what it covers above, then the names of the columns in both languages, the rows, and the totals. */
function sheetOf(report: PeriodicReport): Sheet {
  const { due, form, from, mode, period, revision, rows, to, totals } = report;
  const { columns } = form;
  const source = citationText(form.cite);
  const mark = testMark(mode);
  const terms = due.map(({ label, on }) => `${label.vi} / ${label.en}: ${on}`).join('; ');
  const figures = ({ cells, suppressed }: PeriodicReport['totals']): SheetCell[] =>
    columns.map(({ id, unit }) => (suppressed && unit !== 'text' ? WITHHELD_MARK : (cells[id] ?? null)));
  const [, ...ofTotals] = figures(totals);
  return {
    name: mark === null ? form.id : `TEST ${form.id}`,
    head: [
      ...(mark === null ? [] : [[mark]]),
      [form.title.vi],
      [form.title.en],
      [`${period}: ${from} – ${to}. ${terms}`],
      [finalityOf(revision)],
      ...[...coverageLines(report, 'vi'), ...coverageLines(report, 'en')].map((line) => [line]),
      [`Căn cứ: ${source.vi}${form.verified ? '' : ' (chưa kiểm chứng)'}`],
      [`Source: ${source.en}${form.verified ? '' : ' (not verified)'}`],
      [form.note.vi],
      [form.note.en],
      [],
    ],
    titles: [columns.map(({ label }) => label.vi), columns.map(({ label }) => label.en)],
    rows: [...rows.map(figures), ['Tổng cộng / Total', ...ofTotals]],
  };
}

/** The first revision is the rule; of a later one the reader is to know. */
function finalityOf(revision: number | null): string {
  if (revision === null) return 'Số liệu chưa cuối cùng / Not final';
  return revision === 1
    ? 'Số liệu cuối cùng / Final'
    : `Số liệu cuối cùng, bản sửa ${revision} / Final, revision ${revision}`;
}

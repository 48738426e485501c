// What reports are as files: every format against its published schema, the same bytes for the same record, on both databases.
import { createHash } from 'node:crypto';
import { DAILY_REPORT_FORMATS, PERIODIC_REPORT_FORMATS, reportSchema } from '@playgate/contract';
import { canonicalJson, citationText } from '@playgate/policy';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { decodeCursor, writeDaily } from '../src/compliance/reports/daily-formats.ts';
import { makeReport, type ReportRequest } from '../src/compliance/reports/daily-report.ts';
import { REPORT_FORMS } from '../src/compliance/reports/forms/index.ts';
import { writePeriodic } from '../src/compliance/reports/periodic-formats.ts';
import { makePeriodicReport } from '../src/compliance/reports/periodic-report.ts';
import { providerAudience, regulatorAudience } from '../src/compliance/reports/report-audience.ts';
import { REPORT_GRACE_MS } from '../src/compliance/reports/report-days.ts';
import { parseForm, periodOf } from '../src/compliance/reports/report-form.ts';
import { SqlDayClosings } from '../src/store/sql/sql-day-closings.ts';
import { SqlReportSource } from '../src/store/sql/sql-report-source.ts';
import { describeOnDatabases } from './support/databases.ts';
import { arbitraryFacts, clearFacts, DATES, writeFacts } from './support/report-facts.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const CLOSED_AT = Date.parse('2026-11-02T17:00:00.000Z') + REPORT_GRACE_MS;
const FIRST_PAGE = { after: null, rowsMax: 500 };
const [facts] = fc.sample(fc.noShrink(arbitraryFacts()), { numRuns: 1, seed: 20261121 });
const record = { catchUp: async () => true };

const request: ReportRequest = {
  audience: regulatorAudience({ provinces: ['Hà Nội', 'Huế'] }),
  zone: ZONE,
  from: DATES[0],
  to: '2026-11-02',
  groupBy: ['province', 'provider', 'day'],
  filters: {},
  now: CLOSED_AT,
};

const ajv = new Ajv2020({ strict: false, validateFormats: false });
function assertSchema(name: string, value: unknown): void {
  const validate = ajv.getSchema(`/schemas/${name}`) ?? ajv.compile(reportSchema(name)!);
  expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
}

function leavesOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [value];
}

/** A plain reader of RFC 4180. */
function parseCsv(text: string): Record<string, string>[] {
  const records: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n"]*))(,|\r\n)/g)) {
    records.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') records.push([]);
  }
  records.pop();
  const [names = [], ...rest] = records;
  return rest.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])));
}

const hashes = new Map<string, Set<string>>();
function noteBytes(name: string, content: Uint8Array): void {
  const known = hashes.get(name) ?? new Set();
  hashes.set(name, known.add(createHash('sha256').update(content).digest('hex')));
}

describeOnDatabases('files of reports', (database) => {
  const sourceOf = async () => {
    await clearFacts(database());
    await writeFacts(database(), facts!);
    const closings = new SqlDayClosings(database().db);
    return { record, source: new SqlReportSource(database().db), closeDay: closings.close.bind(closings) };
  };

  it('of a day have their schema and the same bytes each time', async () => {
    const ports = await sourceOf();
    for (const format of DAILY_REPORT_FORMATS) {
      for (const later of [0, 1, 86_400_000]) {
        const report = await makeReport(ports, { ...request, now: CLOSED_AT + later });
        noteBytes(`daily.${format}`, writeDaily(report, format, FIRST_PAGE).content);
      }
    }
    const report = await makeReport(ports, request);
    expect(report.head.closed).toBe(true);
    expect(report.rows.length).toBeGreaterThan(3);
    const json = Buffer.from(writeDaily(report, 'json', FIRST_PAGE).content).toString();
    expect(canonicalJson(JSON.parse(json))).toBe(json);
    assertSchema('daily-report.v1.json', JSON.parse(json));
    const lines = Buffer.from(writeDaily(report, 'jsonl', FIRST_PAGE).content)
      .toString()
      .trimEnd()
      .split('\n');
    for (const line of lines) assertSchema('daily-report-line.v1.json', JSON.parse(line));
    expect(lines.length).toBe(report.rows.length + 2);
    const csv = Buffer.from(writeDaily(report, 'csv', FIRST_PAGE).content).toString();
    expect(csv.startsWith('\ufeff')).toBe(true);
    const rows = parseCsv(csv.slice(1));
    for (const row of rows) assertSchema('daily-report-csv.v1.json', row);
    expect(rows.at(-1)).toMatchObject({ row: 'totals', closed: 'true', playMs: String(report.totals.figures.playMs) });
    expect(rows[0]).toMatchObject({ province: 'Huế' });
    for (const row of rows) {
      expect(row).toMatchObject({
        mode: 'live',
        zone: ZONE,
        'scope.provinces': 'Huế; Hà Nội',
        'scope.providerIds': '',
      });
    }
  });

  it('tell a narrowed one of test worlds from the whole of live ones', async () => {
    const ports = await sourceOf();
    const form = REPORT_FORMS.get('vn-half-year')!;
    const whole = { ...request, audience: regulatorAudience({}) };
    const narrowed = {
      ...request,
      audience: regulatorAudience({ providerIds: [] }, 'test'),
      filters: { gameId: 'game-0', province: 'Huế' },
    };
    const filesOf = async (asked: ReportRequest) => {
      const filled = { ...asked, form, period: '2026-H2', window: periodOf(form, '2026-H2')! };
      const daily = writeDaily(await makeReport(ports, asked), 'csv', FIRST_PAGE);
      const periodic = await writePeriodic(await makePeriodicReport(ports, filled), 'csv');
      return [daily, periodic].map(({ content }) =>
        parseCsv(
          Buffer.from(content)
            .toString()
            .replace(/^\ufeff/, ''),
        ),
      );
    };
    for (const rows of await filesOf(whole)) {
      expect(rows.at(-1)).toMatchObject({ mode: 'live', 'scope.providerIds': '', 'scope.provinces': '' });
      expect(rows.at(-1)).toMatchObject({ 'filters.gameId': '', 'filters.province': '' });
    }
    for (const rows of await filesOf(narrowed)) {
      expect(rows.at(-1)).toMatchObject({ mode: 'test', 'scope.providerIds': '[]', 'scope.provinces': '' });
      expect(rows.at(-1)).toMatchObject({ 'filters.gameId': 'game-0', 'filters.province': 'Huế' });
    }
  });

  it('of a form have their schema and the same bytes each time', async () => {
    const ports = await sourceOf();
    for (const [id, period] of [
      ['vn-half-year', '2026-H2'],
      ['vn-children-year', '2026'],
    ] as const) {
      const form = REPORT_FORMS.get(id)!;
      const window = periodOf(form, period)!;
      const filled = { ...request, form, period, window, now: Date.parse('2027-02-01T00:00:00Z') };
      for (const format of PERIODIC_REPORT_FORMATS) {
        for (const later of [0, 86_400_000]) {
          const report = await makePeriodicReport(ports, { ...filled, now: filled.now + later });
          noteBytes(`${id}.${format}`, (await writePeriodic(report, format)).content);
        }
      }
      const report = await makePeriodicReport(ports, filled);
      assertSchema('periodic-report.v1.json', report);
      const csv = Buffer.from((await writePeriodic(report, 'csv')).content).toString();
      for (const row of parseCsv(csv.replace(/^\ufeff/, ''))) assertSchema('periodic-report-csv.v1.json', row);
    }
  });

  it('come in pages that make up the whole', async () => {
    const ports = await sourceOf();
    const whole = await makeReport(ports, request);
    const rows: unknown[] = [];
    let after: ReturnType<typeof decodeCursor> = null;
    for (let page = 0; page === 0 || after !== null; page++) {
      const content = writeDaily(await makeReport(ports, request), 'json', { after, rowsMax: 2 }).content;
      const body = JSON.parse(Buffer.from(content).toString()) as { rows: unknown[]; nextCursor: string | null };
      rows.push(...body.rows);
      after = body.nextCursor === null ? null : decodeCursor(body.nextCursor, 3);
    }
    const all = JSON.parse(Buffer.from(writeDaily(whole, 'json', FIRST_PAGE).content).toString()) as {
      rows: unknown[];
    };
    expect(rows).toEqual(all.rows);
  });

  it('withhold small cells from whom nobody named a scope', async () => {
    const ports = await sourceOf();
    const unnamed = await makeReport(ports, { ...request, audience: regulatorAudience({}) });
    const small = unnamed.rows.filter(({ suppressed }) => suppressed);
    expect(small.length).toBeGreaterThan(1);
    for (const { figures } of small) expect(leavesOf(figures).every((leaf) => leaf === null)).toBe(true);
    const named = await makeReport(ports, {
      ...request,
      audience: providerAudience({ mode: 'live', providerId: 'prv_a' }, 'live'),
    });
    expect(named.rows.every(({ suppressed }) => !suppressed)).toBe(true);
    const csv = Buffer.from(writeDaily(unnamed, 'csv', FIRST_PAGE).content).toString();
    expect(
      parseCsv(csv.slice(1))

        .filter(({ row, suppressed }) => row === 'group' && suppressed === 'true')
        .map(({ players }) => players),
    ).toEqual(small.map(() => ''));
  });

  it('say that the days are not closed before they are', async () => {
    const ports = await sourceOf();
    expect((await makeReport(ports, { ...request, now: CLOSED_AT - 1 })).head).toMatchObject({
      closed: false,
      closesAt: '2026-11-02T20:00:00.000Z',
    });
    const test = { ...request, audience: regulatorAudience({}, 'test'), now: CLOSED_AT * 2 };
    expect((await makeReport(ports, test)).head).toMatchObject({ closed: false, closesAt: null });
  });
});

describe('the bytes', () => {
  it('are the same on both databases and at any time', () => {
    expect([...hashes.keys()].sort()).toHaveLength(9);
    for (const [name, known] of hashes) expect([name, known.size]).toEqual([name, 1]);
  });
});

describe('a sheet', () => {
  it('keeps Vietnamese, calculates nothing, and tells nothing of when it was made', async () => {
    const form = REPORT_FORMS.get('vn-half-year')!;
    const source = {
      readCells: async () => ({
        rows: [],
        totals: (await import('../src/compliance/reports/report-source.ts')).emptyCell(),
        closing: null,
      }),
      readNames: async () => ({ providers: new Map(), agents: new Map() }),
    };
    const filled = { ...request, form, period: '2026-H2', window: periodOf(form, '2026-H2')! };
    const report = await makePeriodicReport({ record, source, closeDay: async () => {} }, filled);
    const { content } = await writePeriodic(
      { ...report, rows: [{ suppressed: false, cells: { province: 'Đắk Lắk', provider: '=1+1', players: 7 } }] },
      'xlsx',
    );
    const parts = unzipSync(content);
    const sheet = strFromU8(parts['xl/worksheets/sheet1.xml']!);
    const all = Object.values(parts)
      .map((part) => strFromU8(part))
      .join('\n');
    expect(all).toContain('Đắk Lắk');
    expect(all).toContain('Báo cáo định kỳ sáu tháng');
    expect(all).toContain(
      'Căn cứ: Thông tư 24/2014/TT-BTTTT (trước ngày 01/6 và 01/12); chưa tìm thấy văn bản mới hơn (chưa kiểm chứng)',
    );
    expect(all).toMatch(/Source: Circular 24\/2014\/TT-BTTTT .* \(not verified\)/);
    expect(all).toContain('Phạm vi: lượt chơi thật (live); nhà cung cấp: tất cả; tỉnh, thành phố của điểm cung cấp: ');
    expect(all).toContain('Covers: real play (live); providers: all; provinces of the agents: Huế, Hà Nội');
    expect(all).toContain('Filters: none');
    expect(all).not.toContain('TEST');
    expect(sheet).not.toContain('<f>');
    expect(all).not.toMatch(/dcterms:(created|modified)/);
    // Date fields of the local headers: 1980-01-01, 00:00.
    expect(Buffer.from(content).readUInt32LE(10)).toBe(0x0021_0000);
    const filters = { ...report.filters, gameId: 'game-0' };
    const ofTest = unzipSync((await writePeriodic({ ...report, mode: 'test', filters }, 'xlsx')).content);
    const told = Object.values(ofTest)
      .map((part) => strFromU8(part))
      .join('\n');
    expect(told).toContain('DỮ LIỆU THỬ NGHIỆM, KHÔNG PHẢI LƯỢT CHƠI THẬT / TEST DATA, NOT REAL PLAY');
    expect(told).toContain('Bộ lọc: trò chơi game-0');
    expect(told).toContain('Filters: game game-0');
    expect(told).toContain('name="TEST vn-half-year"');
  });
});

describe('forms', () => {
  it.each([...REPORT_FORMS.values()])('cite their source in Vietnamese too: $id', ({ cite }) => {
    expect(citationText(cite).vi).not.toBe(cite);
  });

  it('know their windows and when they are due', () => {
    expect(periodOf(REPORT_FORMS.get('vn-half-year')!, '2026-H1')).toMatchObject({
      from: '2025-12-01',
      to: '2026-05-31',
      due: [{ on: '2026-06-01' }],
    });
    expect(periodOf(REPORT_FORMS.get('vn-children-year')!, '2026')!.due.map(({ on }) => on)).toEqual([
      '2026-11-20',
      '2026-11-30',
    ]);
    expect(periodOf(REPORT_FORMS.get('vn-half-year')!, '2026')).toBeNull();
  });

  it.each([
    ['a figure that there is not', { source: 'players.p50' }],
    ['a name of what is not told apart', { source: 'agentName', unit: 'text' }],
    ['a text as a number', { source: 'province' }],
    ['a figure as a text', { unit: 'text' }],
  ])('may not ask for %s', (_, change) => {
    const { columns, ...form } = REPORT_FORMS.get('vn-half-year')!;
    const column = { ...columns.find(({ id }) => id === 'players')!, ...change };
    expect(() => parseForm({ ...form, columns: [column] })).toThrow();
    expect(() => parseForm({ ...form, columns })).not.toThrow();
  });
});

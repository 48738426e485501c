// Reports from a running gateway: to look at, or as files, each with its signature beside it (`<file>.jws`).
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  DAILY_REPORT_FORMATS,
  HEADERS,
  limits,
  type OperationOf,
  PERIODIC_REPORT_FORMATS,
  type ReplyBody,
  reportPeriod,
} from '@playgate/contract';
import { isCalendarDate } from '@playgate/policy';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { countOf } from './count-of.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { assertSeesAll, exportEvidence } from './export-evidence.ts';
import { formatTable } from './format-table.ts';
import { askGateway, type GatewayOptions, purposeHeaders, withGatewayOptions } from './gateway-http.ts';
import { CommandError } from './open-stores.ts';
import type { CommandPorts } from './program.ts';
import { startProgress } from './progress-bar.ts';

type Ports = Pick<CommandPorts, 'print' | 'note'>;
type Figures = Pick<ReplyBody<OperationOf<'getDailyReport'>>['totals'], 'players' | 'minors' | 'sessions' | 'playMs'>;

interface ReportOptions extends GatewayOptions {
  readonly purpose?: string;
  readonly out?: string;
  readonly withEvidence?: true;
  readonly json?: boolean;
  readonly format?: string;
  readonly mode?: string;
  readonly provider?: string;
  readonly game?: string;
  readonly agent?: string;
  readonly province?: string;
}

interface DailyOptions extends ReportOptions {
  readonly from: string;
  readonly to: string;
  readonly groupBy?: string;
}

interface PeriodicOptions extends ReportOptions {
  readonly form: string;
  readonly period: string;
}

export function addReportCommands(program: Command, ports: Ports): void {
  const report = program.command('report').description('figures of play and enforcement, from a running gateway');
  withReportOptions(report.command('daily'), DAILY_REPORT_FORMATS)
    .description('figures by day, provider, game, agent or province')
    .requiredOption('--from <date>', 'first day: 2026-10-01', readDay)
    .requiredOption('--to <date>', 'last day', readDay)
    .option('--group-by <dimensions>', 'some of provider,game,agent,province,day, in the order of the rows')
    .action((options: DailyOptions) => daily(ports, options));
  withReportOptions(report.command('periodic'), PERIODIC_REPORT_FORMATS)
    .description('a form, filled in')
    .requiredOption('--form <id>', 'see: playgate report forms')
    .requiredOption('--period <period>', '2026-H2, or 2026 for a yearly form', readPeriod)
    .action((options: PeriodicOptions) => periodic(ports, options));
  withCommonOptions(report.command('forms'))
    .description('the forms that can be filled in')
    .action((options: ReportOptions) => forms(ports, options));
}

function withCommonOptions(command: Command): Command {
  return withGatewayOptions(command, 'key of a regulator (rk_...) or of a provider (sk_...)')
    .option('--purpose <text>', 'why it is asked; regulators have to say it, and it is kept')
    .option('--json', 'print the answer as it came', false);
}

function withReportOptions(command: Command, formats: readonly string[]): Command {
  return withCommonOptions(command)
    .addOption(new Option('--format <format>', 'by the ending of --out if left out').choices(formats))
    .option('--out <path>', 'write the file there, and its signature beside it as <file>.jws; a folder keeps its name')
    .option('--with-evidence', 'write the evidence beside it, so that `playgate verify` can count the figures again')
    .option('--province <name>', 'only what was played at agents of this province')
    .option('--provider <id>', 'only this provider')
    .option('--game <id>', 'only this game')
    .option('--agent <id>', 'only this agent')
    .addOption(new Option('--mode <mode>', 'regulators: which worlds; live if left out').choices(['live', 'test']));
}

function readPeriod(text: string): string {
  if (reportPeriod.safeParse(text).success) return text;
  throw new InvalidArgumentError('must be a half-year as 2026-H2 or a year as 2026');
}

function readDay(text: string): string {
  if (isCalendarDate(text)) return text;
  throw new InvalidArgumentError('must be a date: YYYY-MM-DD');
}

async function daily(ports: Ports, options: DailyOptions): Promise<void> {
  const { from, groupBy, to } = options;
  const parameters = { from, to, groupBy, limit: String(limits.REPORT_PAGE_ROWS_MAX) };
  const answer = await ask(options, '/v1/reports/daily', parameters, DAILY_REPORT_FORMATS);
  if (await isHandedOut(ports, options, answer, `daily-${from}-${to}`)) return;
  const body = (await answer.response.json()) as ReplyBody<OperationOf<'getDailyReport'>>;
  const line = (name: string, figures: Figures) => [name, ...shownFigures(figures)];
  const rows = body.rows.map((row) => line(nameOf(row), row));
  ports.print(formatTable(['', 'players', 'minors', 'sessions', 'play min'], [...rows, line('all', body.totals)]));
  noteState(ports, body);
  if (body.nextCursor !== null)
    ports.note(`There are more rows, ${body.rowCount} in all; --format csv or jsonl gives all of them.`);
}

function nameOf(row: Pick<ReplyBody<OperationOf<'getDailyReport'>>['rows'][number], DimensionKey>): string {
  const parts = [row.province, row.providerId, row.gameId, row.agentId, row.day];
  return parts
    .filter((part) => part !== undefined)
    .map((part) => part ?? '-')
    .join(' ');
}

type DimensionKey = 'province' | 'providerId' | 'gameId' | 'agentId' | 'day';

function shownFigures({ minors, playMs, players, sessions }: Figures): string[] {
  const shown = (value: number | null) => (value === null ? `< ${limits.REPORT_CELL_PEOPLE_MIN}` : String(value));
  return [shown(players), shown(minors), shown(sessions), shown(playMs === null ? null : Math.round(playMs / 60_000))];
}

async function periodic(ports: Ports, options: PeriodicOptions): Promise<void> {
  const { form, period } = options;
  const answer = await ask(options, '/v1/reports/periodic', { form, period }, PERIODIC_REPORT_FORMATS);
  if (await isHandedOut(ports, options, answer, `${form}-${period}`)) return;
  const body = (await answer.response.json()) as ReplyBody<OperationOf<'getPeriodicReport'>>;
  const { columns } = body.form;
  const cellsOf = ({ cells, suppressed }: typeof body.totals) =>
    columns.map(({ id, unit }) => String(cells[id] ?? (suppressed && unit !== 'text' ? '*' : '')));
  ports.print(`${body.form.title.vi}\n${body.form.title.en}\n${body.from} - ${body.to}`);
  for (const { label, on } of body.due) ports.print(`${label.en}: ${on}`);
  ports.print(
    formatTable(
      columns.map(({ id }) => id),
      [...body.rows.map(cellsOf), cellsOf(body.totals)],
    ),
  );
  noteState(ports, body);
}

async function forms(ports: Ports, options: ReportOptions): Promise<void> {
  const { response } = await ask(options, '/v1/reports/forms', {}, ['json']);
  const body = (await response.json()) as ReplyBody<OperationOf<'listReportForms'>>;
  if (options.json === true) return ports.print(JSON.stringify(body, null, 2));
  const rows = body.forms.map(({ id, periodKind, title, verified }) => [
    id,
    periodKind,
    verified ? '' : 'not verified',
    title.en,
  ]);
  ports.print(formatTable(['form', 'period', '', 'title'], rows));
}

function noteState(
  { note }: Ports,
  { closed, closesAt }: { readonly closed: boolean; readonly closesAt: string | null },
): void {
  if (!closed)
    note(
      closesAt === null
        ? 'These figures can change.'
        : `These figures can change until the days close, not before ${closesAt}.`,
    );
}

interface Answer {
  readonly response: Response;
  readonly format: string;
}

async function ask(
  options: ReportOptions,
  where: string,
  parameters: Readonly<Record<string, string | undefined>>,
  formats: readonly string[],
): Promise<Answer> {
  const { agent: agentId, game: gameId, mode, out, province, provider: providerId, purpose } = options;
  assertExportable(options);
  const ending = path.extname(out ?? '').slice(1);
  const format = options.format ?? (formats.includes(ending) ? ending : 'json');
  if (format === 'xlsx' && out === undefined) throw new CommandError('A sheet goes into a file: say --out.');
  const query = new URLSearchParams();
  const all = {
    ...parameters,
    format: formats.length > 1 ? format : undefined,
    province,
    providerId,
    gameId,
    agentId,
    mode,
  };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) query.set(name, value);
  const headers = purposeHeaders(options, purpose);
  const tail = query.size === 0 ? '' : `?${query}`;
  return { response: await askGateway(options, { path: `${where}${tail}`, headers }), format };
}

/** Throws a CommandError where the evidence could not be written, before anything is. */
function assertExportable({ out, withEvidence, ...gateway }: ReportOptions): void {
  if (withEvidence === undefined) return;
  if (out === undefined) throw new CommandError('Evidence goes into a folder: say --out.', EXIT_CODES.usage);
  assertSeesAll(gateway);
}

/** True: it went into a file or was printed as it came. */
async function isHandedOut(
  { note, print }: Ports,
  options: ReportOptions,
  { format, response }: Answer,
  name: string,
): Promise<boolean> {
  const { json, out, withEvidence } = options;
  if (out === undefined && json !== true && format === 'json') return false;
  const bytes = Buffer.from(await response.arrayBuffer());
  if (out === undefined) {
    print(bytes.toString());
    return true;
  }
  const isFolder =
    out.endsWith('/') ||
    (await stat(out).then(
      (found) => found.isDirectory(),
      () => false,
    ));
  const file = isFolder ? path.join(out, `${name}.${format}`) : out;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  await writeFile(`${file}.jws`, `${response.headers.get(HEADERS.signature)}\n`);
  note(`${file} (${bytes.length} bytes), signature in ${file}.jws`);
  if (withEvidence) await writeEvidence(note, options, path.dirname(file));
  return true;
}

/** Taken after the report, so that it has everything that the figures count. */
async function writeEvidence(note: Ports['note'], options: ReportOptions, directory: string): Promise<void> {
  const { entries } = await exportEvidence({
    gateway: options,
    purpose: options.purpose ?? EVIDENCE_PURPOSE,
    directory,
    fromSeq: null,
    toSeq: null,
    startProgress: (total) => startProgress('entries', total),
  });
  note(
    `Evidence: ${countOf(entries, 'entry', 'entries')}. Check it, offline too: playgate verify ${directory} --key <public key>`,
  );
}

const EVIDENCE_PURPOSE = 'evidence for a report';

import type { Mode, ReportDimension } from '@playgate/contract';
import { HEADERS, limits, type OperationOf, reportSchema } from '@playgate/contract';
import { canonicalJson, dateOfEpochDay, dayOf, epochDayOf, type Instant } from '@playgate/policy';
import { type AccessLogRecords, decodePlace, readAccessLog } from '../../compliance/reports/access-log-report.ts';
import { decodeCursor, type Export, jsonExport, writeDaily } from '../../compliance/reports/daily-formats.ts';
import { type ReportPorts as MakeReportPorts, makeReport } from '../../compliance/reports/daily-report.ts';
import { REPORT_FORMS } from '../../compliance/reports/forms/index.ts';
import { writePeriodic } from '../../compliance/reports/periodic-formats.ts';
import { makePeriodicReport } from '../../compliance/reports/periodic-report.ts';
import { providerAudience, type ReportAudience, regulatorAudience } from '../../compliance/reports/report-audience.ts';
import { periodOf, publicForm } from '../../compliance/reports/report-form.ts';
import type { ReportSigner } from '../../compliance/reports/report-signer.ts';
import type { Regulators } from '../../directory/directory.ts';
import type { Principal } from '../../directory/principal.ts';
import { Fault } from '../../fault.ts';
import type { Handler, HandlersOf, RawReply } from '../handler.ts';

export interface ReportPorts {
  readonly reports: MakeReportPorts;
  readonly reportSigner: ReportSigner;
  readonly accessLog: AccessLogRecords;
  readonly regulators: Regulators;
  /** Of the days that reports count by. */
  readonly zoneAt: (now: Instant) => string;
}

type ReportOperation = 'getDailyReport' | 'getPeriodicReport' | 'listReportForms' | 'getAccessLog' | 'getReportSchema';

export function reportRoutes(ports: ReportPorts): HandlersOf<ReportOperation> {
  return {
    getDailyReport: dailyReportHandler(ports),
    getPeriodicReport: periodicReportHandler(ports),
    listReportForms: async () => ({
      status: 200,
      body: { forms: [...REPORT_FORMS.values()].map(publicForm) },
    }),
    getAccessLog: accessLogHandler(ports),
    getReportSchema: async ({ params }) => {
      const schema = reportSchema(params.schemaName);
      if (schema === undefined) throw new Fault('not_found', 'There is no such schema.');
      const content = `${JSON.stringify(schema, null, 2)}\n`;
      return { status: 200, raw: { mediaType: 'application/schema+json; charset=utf-8', content } };
    },
  };
}

function dailyReportHandler(ports: ReportPorts): Handler<OperationOf<'getDailyReport'>> {
  return async ({ query }, { now, principal }) => {
    const { cursor, format = 'json', from, limit, mode, to, ...filters } = query;
    const groupBy = (query.groupBy ?? 'day').split(',') as ReportDimension[];
    const after = cursor === undefined ? null : decodeCursor(cursor, groupBy.length);
    if (cursor !== undefined && after === null) throw noCursor();
    const audience = await audienceOf(ports, principal, mode);
    const report = await makeReport(ports.reports, {
      audience,
      zone: ports.zoneAt(now),
      from,
      to,
      groupBy,
      filters,
      now,
    });
    const page = { after, rowsMax: limit === undefined ? limits.REPORT_PAGE_ROWS_DEFAULT : Number(limit) };
    return signed(ports, writeDaily(report, format, page), `daily-${from}-${to}`);
  };
}

function periodicReportHandler(ports: ReportPorts): Handler<OperationOf<'getPeriodicReport'>> {
  return async ({ query }, { now, principal }) => {
    const { form: formId, format = 'json', mode, period, ...filters } = query;
    const form = REPORT_FORMS.get(formId);
    if (form === undefined) throw invalid('query.form', `must be one of: ${[...REPORT_FORMS.keys()].join(', ')}`);
    const window = periodOf(form, period);
    if (window === null) throw invalid('query.period', `must be a ${form.periodKind} of this form`);
    const audience = await audienceOf(ports, principal, mode);
    const request = { form, period, window, audience, zone: ports.zoneAt(now), filters, now };
    const report = await makePeriodicReport(ports.reports, request);
    return signed(ports, await writePeriodic(report, format), `${formId}-${period}`);
  };
}

function accessLogHandler(ports: ReportPorts): Handler<OperationOf<'getAccessLog'>> {
  return async ({ query }, { now, principal }) => {
    const { cursor } = query;
    const zone = ports.zoneAt(now);
    const to = query.to ?? dayOf(zone, now).date;
    const from = query.from ?? dateOfEpochDay(epochDayOf(to) - limits.ACCESS_LOG_DAYS_DEFAULT + 1);
    const afterNo = cursor === undefined ? null : decodePlace(cursor);
    if (cursor !== undefined && afterNo === null) throw noCursor();
    const regulatorId = principal.kind === 'regulator' ? principal.regulatorId : null;
    const page = await readAccessLog(ports.accessLog, { zone, from, to, regulatorId, afterNo });
    return signed(ports, jsonExport(canonicalJson(page)), `access-log-${from}-${to}`);
  };
}

async function audienceOf(
  { regulators }: Pick<ReportPorts, 'regulators'>,
  principal: Extract<Principal, { kind: 'regulator' | 'secret' }>,
  mode: Mode | undefined,
): Promise<ReportAudience> {
  if (principal.kind === 'secret') return providerAudience(principal.world, mode);
  const scope = await regulators.findScope(principal.regulatorId);
  if (scope === null) throw new Fault('unauthenticated', 'There is no such regulator.');
  return regulatorAudience(scope, mode);
}

async function signed(
  { reportSigner }: ReportPorts,
  { content, extension, mediaType }: Export,
  name: string,
): Promise<RawReply & { readonly headers: Readonly<Record<string, string>> }> {
  const headers = {
    [HEADERS.signature]: await reportSigner.sign(content),
    ...(extension !== 'json' && { 'Content-Disposition': `attachment; filename="${name}.${extension}"` }),
  };
  return { status: 200, raw: { mediaType, content }, headers };
}

const invalid = (path: string, message: string) =>
  new Fault('invalid_request', 'See `errors` for what is wrong and where.', [{ path, message }]);
const noCursor = () => invalid('query.cursor', 'must be a cursor of this operation');

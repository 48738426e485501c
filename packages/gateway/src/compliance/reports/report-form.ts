// A periodic form as data: forms/*.json. A new form is a file and a line in forms/index.ts.
import { dimensionKey, type ReportDimension, reportForm } from '@playgate/contract';
import type { CalendarDate } from '@playgate/policy';
import * as z from 'zod';
import { figureAt, withheldFigures } from './figures.ts';

const monthDay = z.string().regex(/^(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/);
/** A day of the year of the period, or of one beside it. */
const dayOfPeriod = z.strictObject({ yearsLater: z.int().min(-1).max(1), on: monthDay });
const text = z.strictObject({ vi: z.string().min(1), en: z.string().min(1) });

/** `part` is what stands behind the year: `H1`, `H2`, or nothing. */
const window = z.strictObject({
  part: z.enum(['', 'H1', 'H2']),
  from: dayOfPeriod,
  to: dayOfPeriod,
  due: z.array(dayOfPeriod.extend({ label: text })).min(1),
});

const formDocument = z.strictObject({
  ...reportForm.shape,
  title: text,
  note: text,
  columns: z.array(z.strictObject({ id: z.string(), label: text, unit: z.string(), source: z.string() })).min(1),
  windows: z.array(window).min(1),
});

export type ReportForm = z.output<typeof reportForm>;
export interface FormDocument extends ReportForm {
  readonly windows: readonly z.output<typeof window>[];
}

export interface FormPeriod {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  readonly due: { readonly on: CalendarDate; readonly label: { readonly vi: string; readonly en: string } }[];
}

/** What tells rows apart, as columns may name it, and what has to be grouped by for it. */
export const TEXT_SOURCES: Readonly<Record<string, ReportDimension>> = {
  providerId: 'provider',
  providerName: 'provider',
  gameId: 'game',
  agentId: 'agent',
  agentName: 'agent',
  licenceNo: 'agent',
  province: 'province',
  day: 'day',
};

/** Throws a TypeError that names what is wrong with it. */
export function parseForm(value: unknown): FormDocument {
  const document = formDocument.parse(value) as FormDocument;
  for (const { id, source, unit } of document.columns) {
    const dimension = Object.hasOwn(TEXT_SOURCES, source) ? TEXT_SOURCES[source] : undefined;
    if (dimension === undefined) figureAt(withheldFigures(), source);
    else if (!document.groupBy.includes(dimension)) throw new TypeError(`${document.id}: ${id} needs ${dimension}`);
    if ((dimension !== undefined) !== (unit === 'text')) throw new TypeError(`${document.id}: ${id} is no ${unit}`);
  }
  // Names are not unique and change: without its id nobody could tell what a row is about, and hold it to the entries.
  const missing = document.groupBy.find(
    (dimension) => !document.columns.some(({ source }) => source === dimensionKey(dimension)),
  );
  if (missing !== undefined) throw new TypeError(`${document.id}: no column has the ${dimensionKey(missing)}`);
  return document;
}

/** Null: the form has no such period. */
export function periodOf({ windows }: FormDocument, period: string): FormPeriod | null {
  const [year = '', part = ''] = period.split('-', 2);
  const found = windows.find((each) => each.part === part);
  if (found === undefined) return null;
  const dateOf = ({ on, yearsLater }: z.output<typeof dayOfPeriod>) => `${Number(year) + yearsLater}-${on}`;
  const due = found.due.map((each) => ({ on: dateOf(each), label: each.label }));
  return { from: dateOf(found.from), to: dateOf(found.to), due };
}

/** As the wire lists it. */
export function publicForm({ windows: _, ...form }: FormDocument): ReportForm {
  return form;
}

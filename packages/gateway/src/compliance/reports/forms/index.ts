import { type FormDocument, parseForm } from '../report-form.ts';
import childrenYear from './vn-children-year.json' with { type: 'json' };
import halfYear from './vn-half-year.json' with { type: 'json' };

/** Every form that ships, by id. */
export const REPORT_FORMS: ReadonlyMap<string, FormDocument> = new Map(
  [halfYear, childrenYear].map(parseForm).map((form) => [form.id, form]),
);

// Tables as CSV (RFC 4180): UTF-8, CRLF, a first line of names.

export type CsvValue = string | number | boolean | null;

/** In front of a file: Excel reads UTF-8 only behind it. */
export const BYTE_ORDER_MARK = '\ufeff';

/** A spreadsheet takes a text that begins so for a formula (OWASP, "CSV Injection"). */
const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/** One line with its end. A text that a spreadsheet would calculate gets an apostrophe in front; null is empty. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

function csvField(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA_START.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

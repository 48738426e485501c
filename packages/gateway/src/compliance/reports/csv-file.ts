import { BYTE_ORDER_MARK } from '../csv.ts';
import type { Export } from './daily-formats.ts';

/** Without one the mark is left out, for whoever reads by program. */
const BEYOND_ASCII = /[^\p{ASCII}]/u;

/** Lines of `csvLine` as a file. */
export function csvFile(lines: readonly string[]): Export {
  const text = lines.join('');
  const content = Buffer.from(BEYOND_ASCII.test(text) ? BYTE_ORDER_MARK + text : text);
  return { mediaType: 'text/csv; charset=utf-8; header=present', extension: 'csv', content };
}

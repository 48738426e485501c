// A sheet as XLSX whose bytes depend on the sheet alone: the library writes the parts, and they are packed anew with one fixed
// date, for a ZIP file notes when each part was made.
import { unzipSync, type Zippable, zipSync } from 'fflate';
import writeXlsxFile, { type CellObject, type SheetData } from 'write-excel-file/node';

export type SheetCell = string | number | null;

export interface Sheet {
  /** At most 31 characters, as Excel has it. */
  readonly name: string;
  /** Lines above the table. */
  readonly head: readonly (readonly string[])[];
  /** Lines that name the columns; they stay in sight. */
  readonly titles: readonly (readonly string[])[];
  readonly rows: readonly (readonly SheetCell[])[];
}

const SHEET_NAME_LENGTH_MAX = 31;
const COLUMN_WIDTH = 22;
/** The first date that a ZIP file can note; read by local time, as the packer does. */
const PACKED_AT = new Date(1980, 0, 1);

export async function writeXlsx({ head, name, rows, titles }: Sheet): Promise<Uint8Array> {
  const bold = (text: string): CellObject => ({ value: text, type: String, fontWeight: 'bold', wrap: true });
  const data: SheetData = [
    ...head.map((line, index) => line.map((text) => (index === 0 ? { ...bold(text), wrap: false } : plain(text)))),
    ...titles.map((line) => line.map(bold)),
    ...rows.map((row) => row.map(plain)),
  ];
  const columns = (titles[0] ?? []).map(() => ({ width: COLUMN_WIDTH }));
  const options = {
    sheet: name.slice(0, SHEET_NAME_LENGTH_MAX),
    columns,
    stickyRowsCount: head.length + titles.length,
  };
  return packAnew(await writeXlsxFile(data, options).toBuffer());
}

function plain(value: SheetCell): CellObject | null {
  if (value === null) return null;
  return typeof value === 'number' ? { value, type: Number } : { value, type: String };
}

function packAnew(bytes: Uint8Array): Uint8Array {
  const parts: Zippable = {};
  for (const [path, content] of Object.entries(unzipSync(bytes)).sort(byPath)) parts[path] = content;
  return zipSync(parts, { mtime: PACKED_AT, level: 6 });
}

const byPath = ([left]: [string, unknown], [right]: [string, unknown]) => (left < right ? -1 : 1);

// Files of evidence: which there are, and how they are read. Everything but the entries is small.
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

export const FILES = {
  checkpoint: 'checkpoint',
  previousCheckpoint: 'checkpoint.previous',
  consistency: 'consistency.json',
  entries: 'entries.jsonl',
  range: 'range.json',
  keys: 'keys.json',
} as const;

/** What is put behind the name of a report for the file of its signature. */
export const SIGNATURE_ENDING = '.jws';

/** No small file of an export comes near. */
const SMALL_FILE_BYTES_MAX = 64 * 1024 * 1024;
/** An entry has some 700 bytes. */
export const ENTRY_BYTES_MAX = 65_536;
const READ_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

export type Part = keyof typeof FILES;
export const PARTS = Object.keys(FILES) as readonly Part[];

/** Paths of a report and of its signature; null: it is not there. */
export interface ReportPaths {
  readonly name: string;
  readonly content: string | null;
  readonly signature: string | null;
}

/** Paths of what is to be checked. */
export interface EvidenceFiles {
  readonly parts: Readonly<Partial<Record<Part, string>>>;
  readonly reports: readonly ReportPaths[];
  readonly inclusions: readonly string[];
  /** What cannot be checked, and why. */
  readonly others: readonly { readonly name: string; readonly why: string }[];
  /** A whole export, where a signature without its report is one of a report that is lost. */
  readonly isExport: boolean;
}

/** What of evidence lies in a directory; whatever else lies there is left alone. */
export async function filesOfDirectory(directory: string): Promise<EvidenceFiles> {
  const at = (name: string) => path.join(directory, name);
  const there = (name: string) => (existsSync(at(name)) ? at(name) : null);
  const parts = Object.fromEntries(PARTS.flatMap((part) => (there(FILES[part]) ? [[part, at(FILES[part])]] : [])));
  const signatures = (await readdir(directory)).filter((name) => name.endsWith(SIGNATURE_ENDING)).sort();
  const reports = signatures.map((signature) => {
    const name = signature.slice(0, -SIGNATURE_ENDING.length);
    return { name, content: there(name), signature: at(signature) };
  });
  return { parts, reports, inclusions: [], others: [], isExport: true };
}

/** Throws an Error for one that is too large. */
export async function readSmallFile(file: string): Promise<Buffer> {
  const { size } = await stat(file);
  if (size > SMALL_FILE_BYTES_MAX)
    throw new Error(`${path.basename(file)} is larger than ${SMALL_FILE_BYTES_MAX} bytes`);
  return readFile(file);
}

/** The lines of a file without their newlines, many at a time. Throws an Error for a line too long, or a last one without newline. */
export async function* readLines(file: string): AsyncGenerator<readonly Buffer[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of createReadStream(file, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      lines.push(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > ENTRY_BYTES_MAX) throw new Error(`a line is longer than ${ENTRY_BYTES_MAX} bytes`);
    yield lines;
  }
  if (rest.length > 0) throw new Error('the last line is cut off');
}

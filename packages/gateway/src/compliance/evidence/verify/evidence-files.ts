// Files of evidence: which there are, and how they are read. Everything but the entries is small.
import { createReadStream } from 'node:fs';
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

const REPORTS: ReadonlySet<unknown> = new Set(['daily', 'periodic']);

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

/**
 * All that lies in a directory: what is no part of an export, no report and no signature is among `others`, for a file that was
 * forged and lost its signature must not pass as one that is not looked at.
 */
export async function filesOfDirectory(directory: string): Promise<EvidenceFiles> {
  const at = (name: string) => path.join(directory, name);
  const found = await readdir(directory, { withFileTypes: true });
  const folders = found.filter((each) => each.isDirectory()).map(({ name }) => name);
  const names = found.map(({ name }) => name).filter((name) => !folders.includes(name));
  const there = (name: string) => (names.includes(name) ? at(name) : null);
  const parts = Object.fromEntries(PARTS.flatMap((part) => (there(FILES[part]) ? [[part, at(FILES[part])]] : [])));
  const signed = names
    .filter((name) => name.endsWith(SIGNATURE_ENDING))
    .map((name) => name.slice(0, -SIGNATURE_ENDING.length));
  const known = new Set([...Object.values<string>(FILES), ...signed, ...signed.map((name) => name + SIGNATURE_ENDING)]);
  const unknown = names.filter((name) => !known.has(name));
  const unsigned: string[] = [];
  for (const name of unknown) if (await isReport(at(name))) unsigned.push(name);
  const reports = [...signed, ...unsigned].sort().map((name) => {
    return { name, content: there(name), signature: there(name + SIGNATURE_ENDING) };
  });
  const others = unknown.filter((name) => !unsigned.includes(name)).map((name) => ({ name, why: noSignatureOf(name) }));
  const inFolders = folders.map((name) => ({ name, why: 'a folder, and what is in it was not looked at' }));
  return { parts, reports, inclusions: [], others: [...others, ...inFolders].sort(byName), isExport: true };
}

/** Why nothing proves a file that is none of an export and no report. */
export const noSignatureOf = (name: string): string =>
  `no file of evidence, and ${name}${SIGNATURE_ENDING} was not given`;

const byName = (left: { readonly name: string }, right: { readonly name: string }): number =>
  left.name < right.name ? -1 : 1;

/** By what it says of itself: a daily or periodic report in JSON or JSON lines. */
async function isReport(file: string): Promise<boolean> {
  const isLines = file.endsWith('.jsonl');
  if (!isLines && !file.endsWith('.json')) return false;
  try {
    const text = (await readSmallFile(file)).toString();
    const head: unknown = JSON.parse(isLines ? text.split('\n', 1)[0]! : text);
    return typeof head === 'object' && head !== null && 'report' in head && REPORTS.has(head.report);
  } catch {
    return false;
  }
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

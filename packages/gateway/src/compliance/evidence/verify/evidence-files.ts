// A directory of evidence: which files it has, and how they are read. Everything but the entries is small.
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

/** Null: there is no such file. Throws an Error for one that is too large. */
export async function readSmallFile(directory: string, name: string): Promise<Buffer | null> {
  const file = path.join(directory, name);
  if (!existsSync(file)) return null;
  const { size } = await stat(file);
  if (size > SMALL_FILE_BYTES_MAX) throw new Error(`${name} is larger than ${SMALL_FILE_BYTES_MAX} bytes`);
  return readFile(file);
}

/** Names of the files that a signature lies beside, or that are a signature of a missing one. */
export async function listReports(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory);
  return names
    .filter((name) => name.endsWith(SIGNATURE_ENDING))
    .map((name) => name.slice(0, -SIGNATURE_ENDING.length))
    .sort();
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

// Evidence from a running gateway as a directory that `playgate verify` takes. What is there already is gone on with: entries
// never change, and a checkpoint that was kept from an earlier run is proven to be a part of the new one.
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OperationOf, ReplyBody } from '@playgate/contract';
import { parseCheckpoint } from '../compliance/evidence/checkpoint.ts';
import { parseNote } from '../compliance/evidence/signed-note.ts';
import { FILES, readLines } from '../compliance/evidence/verify/evidence-files.ts';
import { countOf } from './count-of.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { askGateway, type GatewayOptions, purposeHeaders } from './gateway-http.ts';
import { CommandError } from './open-stores.ts';
import type { Progress } from './progress-bar.ts';

export interface EvidenceExport {
  readonly gateway: GatewayOptions;
  readonly purpose: string;
  readonly directory: string;
  /** First and last seq; null: from the start, to the last that is signed. */
  readonly fromSeq: number | null;
  readonly toSeq: number | null;
  readonly startProgress: (total: number) => Progress;
}

export interface ExportedEvidence {
  readonly size: number;
  readonly entries: number;
  /** Entries that were there from an earlier run. */
  readonly known: number;
}

const NEWLINE = 0x0a;
const NEXT_LINK = /[?&]start=(\d+)[^>]*>;\s*rel="next"/;

/** Throws a CommandError. */
export async function exportEvidence(request: EvidenceExport): Promise<ExportedEvidence> {
  const { directory } = request;
  assertSeesAll(request.gateway);
  await mkdir(directory, { recursive: true });
  const at = (name: string) => path.join(directory, name);
  const keys = await ask(request, '/v1/evidence/keys');
  const note = await (await ask(request, '/v1/evidence/checkpoint')).text();
  const { size } = parseCheckpoint(parseNote(note).text);
  const start = request.fromSeq ?? 0;
  const end = Math.min(request.toSeq ?? size - 1, size - 1);
  if (start > end && size > 0) {
    throw new CommandError(`The gateway signs ${countOf(size, 'entry', 'entries')}; the first asked for is ${start}.`);
  }
  await assertSameStart(at(FILES.range), at(FILES.entries), start);
  const known = await fetchEntries(request, start, end);
  const isWhole = start === 0 && end === size - 1;
  if (!isWhole && size > 0) {
    await save(at(FILES.range), await ask(request, `/v1/evidence/proof/range?start=${start}&end=${end}&size=${size}`));
  }
  await keepCheckpoint(request, note, size);
  await save(at(FILES.keys), keys);
  return { size, entries: Math.max(0, end - start + 1), known };
}

/** Throws a CommandError for the key of a provider, which sees its own entries: found before anything is written. */
export function assertSeesAll({ key }: GatewayOptions): void {
  if (key?.startsWith(SECRET_KEY_PREFIX) === true) throw new CommandError(NEEDS_REGULATOR, EXIT_CODES.usage);
}

const SECRET_KEY_PREFIX = 'sk_';
const NEEDS_REGULATOR = 'This key does not see every entry: an export needs the key of a regulator (rk_...).';

const ask = ({ gateway, purpose }: EvidenceExport, path: string): Promise<Response> =>
  askGateway(gateway, { path, headers: purposeHeaders(gateway, purpose) });

const save = async (file: string, response: Response): Promise<void> => writeFile(file, await response.text());

/** A directory holds one run of entries. */
async function assertSameStart(rangeFile: string, entriesFile: string, start: number): Promise<void> {
  if (!existsSync(entriesFile)) return;
  const kept = existsSync(rangeFile)
    ? (JSON.parse(await readFile(rangeFile, 'utf8')) as ReplyBody<OperationOf<'getRangeProof'>>).start
    : 0;
  if (kept !== start)
    throw new CommandError(`The directory has entries from ${kept} on: choose another, or --from-seq ${kept}.`);
}

/** Tells how many were there. */
async function fetchEntries(request: EvidenceExport, start: number, end: number): Promise<number> {
  const file = path.join(request.directory, FILES.entries);
  const known = existsSync(file) ? await countWholeLines(file) : 0;
  if (known === 0) await writeFile(file, '');
  if (start + known > end + 1) throw new CommandError('The directory has more entries than asked for: choose another.');
  const progress = request.startProgress(end - start + 1);
  try {
    for (let next = start + known; next <= end; ) {
      const response = await ask(request, `/v1/evidence/entries?start=${next}&end=${end}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const following = NEXT_LINK.exec(response.headers.get('link') ?? '')?.[1];
      const reached = following === undefined ? end + 1 : Number(following);
      if (countNewlines(bytes) !== reached - next) {
        throw new CommandError(NEEDS_REGULATOR);
      }
      await appendFile(file, bytes);
      next = reached;
      progress.update(next - start);
    }
  } finally {
    progress.stop();
  }
  return known;
}

/** Cuts off what an interrupted run left of a line. */
async function countWholeLines(file: string): Promise<number> {
  let [count, bytes] = [0, 0];
  try {
    for await (const lines of readLines(file)) {
      count += lines.length;
      for (const line of lines) bytes += line.length + 1;
    }
  } catch {
    await truncate(file, bytes);
  }
  return count;
}

function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

/** The one of an earlier run stays beside it, with the proof that the new tree has everything of it. */
async function keepCheckpoint(request: EvidenceExport, note: string, size: number): Promise<void> {
  const at = (name: string) => path.join(request.directory, name);
  const before = existsSync(at(FILES.checkpoint)) ? await readFile(at(FILES.checkpoint), 'utf8') : null;
  if (before !== null && before !== note) {
    const from = parseCheckpoint(parseNote(before).text).size;
    if (from > size)
      throw new CommandError(
        `The gateway signs ${countOf(size, 'entry', 'entries')} now, and signed ${from} before: keep both.`,
      );
    await save(at(FILES.consistency), await ask(request, `/v1/evidence/proof/consistency?from=${from}&to=${size}`));
    await rename(at(FILES.checkpoint), at(FILES.previousCheckpoint));
  }
  await writeFile(at(FILES.checkpoint), note);
}

// What `playgate verify` was given, by the part that each file plays: told by its name where that is the one of an export, else
// by what is in it.
import { readFileSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseCheckpoint } from '../compliance/evidence/checkpoint.ts';
import { readGoneLine } from '../compliance/evidence/gone-entry.ts';
import { parseNote } from '../compliance/evidence/signed-note.ts';
import { parseRange } from '../compliance/evidence/verify/check-entries.ts';
import { isInclusionProof } from '../compliance/evidence/verify/check-inclusion.ts';
import { isConsistencyProof } from '../compliance/evidence/verify/check-signatures.ts';
import {
  ENTRY_BYTES_MAX,
  type EvidenceFiles,
  FILES,
  filesOfDirectory,
  noSignatureOf,
  PARTS,
  type Part,
  type ReportPaths,
  readSmallFile,
  SIGNATURE_ENDING,
} from '../compliance/evidence/verify/evidence-files.ts';
import { isKeySet, readGivenKeys } from '../compliance/evidence/verify/trusted-keys.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { CommandError } from './open-stores.ts';

type Kind = Part | 'inclusion' | 'signature' | 'report' | 'public key' | null;

interface GivenFile {
  readonly file: string;
  readonly name: string;
  readonly kind: Kind;
}

/** A directory alone is an export. Throws a CommandError for what is not there, and for two files that play the same part. */
export async function findEvidenceFiles(paths: readonly string[]): Promise<EvidenceFiles> {
  const [only] = paths;
  if (paths.length === 1 && (await isDirectory(only!))) return filesOfDirectory(only!);
  const given = (await Promise.all(paths.map(filesAt))).flat();
  const unique = [...new Map(given.map((each) => [path.resolve(each.file), each])).values()];
  const reports = reportsOf(unique);
  const isSigned = (name: string) => reports.some((report) => report.name === name);
  return {
    parts: partsOf(unique),
    reports,
    inclusions: unique.filter(({ kind }) => kind === 'inclusion').map(({ file }) => file),
    others: unique
      .filter(({ kind, name }) => (kind === null && !isSigned(name)) || kind === 'public key')
      .map(({ file, kind, name }) => ({ name, why: whyNot(file, name, kind) })),
    isExport: false,
  };
}

const whyNot = (file: string, name: string, kind: Kind): string =>
  kind === 'public key' ? `a public key is believed where it is given so: --key ${file}` : noSignatureOf(name);

async function isDirectory(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  if (found === null) throw new CommandError(`There is no file or directory ${file}.`);
  return found.isDirectory();
}

async function filesAt(file: string): Promise<readonly GivenFile[]> {
  if (!(await isDirectory(file))) return [{ file, name: path.basename(file), kind: await kindOf(file) }];
  const { others, parts, reports } = await filesOfDirectory(file);
  const ofReports = reports.flatMap(({ content, signature }) => [content, signature]).filter((each) => each !== null);
  return [
    ...PARTS.flatMap((part) => (parts[part] === undefined ? [] : [givenAs(parts[part], part)])),
    ...ofReports.map((each) => givenAs(each, each.endsWith(SIGNATURE_ENDING) ? 'signature' : 'report')),
    ...others.map(({ name }) => givenAs(path.join(file, name), null)),
  ];
}

const givenAs = (file: string, kind: Kind): GivenFile => ({ file, name: path.basename(file), kind });

/** By name alone where that is the one of an export: what is in it is for the checks. */
async function kindOf(file: string): Promise<Kind> {
  const name = path.basename(file);
  const part = PARTS.find((each) => FILES[each] === name);
  if (part !== undefined) return part;
  if (name.endsWith(SIGNATURE_ENDING)) return 'signature';
  const head = await readHead(file);
  const first = head.split('\n', 1)[0]!;
  if (readGoneLine(first) !== null) return 'entries';
  const json = parseJson(first) ?? (head.startsWith('{') ? parseJson(await readWhole(file)) : null);
  if (json !== null) return kindOfJson(json);
  if (succeeds(() => parseCheckpoint(parseNote(head).text))) return 'checkpoint';
  return head.trim() !== '' && succeeds(() => readGivenKeys(head)) ? 'public key' : null;
}

function kindOfJson(json: object): Kind {
  if ('seq' in json && 'entry' in json) return 'entries';
  if ('report' in json) return 'report';
  if (isKeySet(json)) return 'keys';
  if (isInclusionProof(json)) return 'inclusion';
  if (isConsistencyProof(json)) return 'consistency';
  if (isRange(json)) return 'range';
  return succeeds(() => readGivenKeys(JSON.stringify(json))) ? 'public key' : null;
}

/** The first line of entries, and all of a checkpoint or a key. */
async function readHead(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2 * ENTRY_BYTES_MAX), 0, 2 * ENTRY_BYTES_MAX, 0);
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await handle.close();
  }
}

/** Empty: it is too large to be of one piece. */
const readWhole = async (file: string): Promise<string> =>
  readSmallFile(file).then(
    (bytes) => bytes.toString(),
    () => '',
  );

function reportsOf(files: readonly GivenFile[]): readonly ReportPaths[] {
  const signatures = files.filter(({ kind }) => kind === 'signature');
  const signedNames = signatures.map(({ name }) => name.slice(0, -SIGNATURE_ENDING.length));
  const contents = files.filter(({ kind, name }) => kind === 'report' || (kind === null && signedNames.includes(name)));
  return [...new Set([...contents.map(({ name }) => name), ...signedNames])].sort().map((name) => ({
    name,
    content: onlyOf(
      name,
      contents.filter((each) => each.name === name),
    ),
    signature: onlyOf(
      name + SIGNATURE_ENDING,
      signatures.filter((each) => each.name === name + SIGNATURE_ENDING),
    ),
  }));
}

function partsOf(files: readonly GivenFile[]): EvidenceFiles['parts'] {
  const ofKind = (part: Part) => files.filter(({ kind }) => kind === part);
  const others = PARTS.filter((part) => part !== 'checkpoint' && part !== 'previousCheckpoint');
  const parts = others.map((part) => [part, onlyOf(FILES[part], ofKind(part))] as const);
  const [checkpoint = null, previousCheckpoint = null] = checkpointsOf(
    ofKind('checkpoint'),
    ofKind('previousCheckpoint'),
  );
  const all = [...parts, ['checkpoint', checkpoint] as const, ['previousCheckpoint', previousCheckpoint] as const];
  return Object.fromEntries(all.filter(([, file]) => file !== null));
}

/** The later one first. Names of an export say which that is; of others it is the one of more entries. */
function checkpointsOf(later: readonly GivenFile[], earlier: readonly GivenFile[]): readonly string[] {
  const all = [...later, ...earlier].map(({ file }) => file);
  if (all.length > 2) throw new CommandError(`At most two checkpoints: ${all.join(', ')}`, EXIT_CODES.usage);
  if (later.length === 1) return all;
  return all
    .map((file) => ({ file, size: sizeOf(file) }))
    .sort((left, right) => right.size - left.size)
    .map(({ file }) => file);
}

/** One that cannot be read comes first: its check says why. */
function sizeOf(file: string): number {
  try {
    return parseCheckpoint(parseNote(readFileSync(file, 'utf8')).text).size;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Null: none was given. */
function onlyOf(part: string, [first, second]: readonly GivenFile[]): string | null {
  if (second === undefined) return first?.file ?? null;
  throw new CommandError(`Two files are ${part}: ${first!.file}, ${second.file}`, EXIT_CODES.usage);
}

const isRange = (json: object): boolean => succeeds(() => parseRange(JSON.stringify(json)));

function parseJson(text: string): object | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : null;
  } catch {
    return null;
  }
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

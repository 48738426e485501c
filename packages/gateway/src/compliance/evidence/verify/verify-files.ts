// Everything that can be found out about files of evidence without asking anybody: offline, from public keys only.
import path from 'node:path';
import type { Checkpoint } from '../checkpoint.ts';
import { type Check, failed, messageOf, notChecked } from './check.ts';
import { checkEntries, type EntriesResult, parseRange, type RangeFile } from './check-entries.ts';
import { checkInclusion, inclusionTitleOf } from './check-inclusion.ts';
import { checkReportSignature, type ReportFile, signatureTitleOf } from './check-reports.ts';
import { checkCheckpoint, checkConsistency, decideTrust, originOf, type Trust } from './check-signatures.ts';
import { type EvidenceFiles, FILES, PARTS, type Part, readSmallFile, SIGNATURE_ENDING } from './evidence-files.ts';
import { MinutesRecount } from './minutes.ts';
import { figuresTitleOf, ReportRecounts } from './report-recounts.ts';
import type { GivenKey } from './trusted-keys.ts';

export interface Verification {
  readonly checks: readonly Check[];
  /**
   * `verified`: of each file something was held to a signature of a believed key, and all that was checked holds. `unverified`:
   * nothing is wrong, and it is not known whose it is, or not of all files, or a report rests on entries that are missing.
   */
  readonly outcome: 'verified' | 'unverified' | 'failed';
  /** Names of files of which nothing was held to a signature, and of reports that rest on more entries than there are. */
  readonly unproven: readonly string[];
}

export interface VerifyOptions {
  readonly files: EvidenceFiles;
  readonly keys: readonly GivenKey[];
  /** Hears how many entries were read. */
  readonly onProgress: (count: number) => void;
}

export async function verifyFiles({ files, keys, onProgress }: VerifyOptions): Promise<Verification> {
  const read = async (part: Part) => {
    const file = files.parts[part];
    return file === undefined ? null : (await readSmallFile(file)).toString();
  };
  const signed = await checkCheckpoints(read, keys);
  const { checkpoint, previous, trust } = signed;
  const reports = await readReports(files);
  const range = readRange(await read('range'));
  const isWhole = checkpoint !== null && range === null;
  const recounts = new ReportRecounts(reports, isWhole);
  const minutes = new MinutesRecount(isWhole);
  const entries = await entriesOf(files.parts.entries, range, {
    checkpoint,
    previousSize: previous?.size ?? null,
    onEntry: (event) => {
      minutes.add(event);
      recounts.add(event);
    },
    onGone: () => {
      minutes.noteGone();
      recounts.noteGone();
    },
    onProgress,
  });
  const areRead = entries.checks[0]?.state === 'ok';
  const checks = [
    ...signed.checks,
    ...consistencyChecks(signed, await read('consistency'), entries.rootAtPrevious),
    ...entries.checks,
    areRead ? minutes.finish() : notChecked('minutes', 'it takes entries that can be read'),
    ...(await inclusionChecks(files.inclusions, signed)),
    ...reports.map((report) => checkReportSignature(report, trust, files.isExport)),
    ...recounts.finish(areRead),
    ...files.others.map(({ name, why }) => notChecked(name, why)),
  ];
  const unproven = [...new Set([...unprovenOf(files, checks), ...recounts.restingOnMore(areRead)])];
  return { checks, outcome: outcomeOf(checks, trust, unproven), unproven };
}

interface SignedTrees {
  readonly trust: Trust;
  /** Null: none, or one that does not hold. */
  readonly checkpoint: Checkpoint | null;
  readonly previous: Checkpoint | null;
  readonly checks: readonly Check[];
}

async function checkCheckpoints(
  read: (part: Part) => Promise<string | null>,
  keys: readonly GivenKey[],
): Promise<SignedTrees> {
  const [note, previousNote] = [await read('checkpoint'), await read('previousCheckpoint')];
  const trust = decideTrust(keys, await read('keys'), originOf(note ?? previousNote));
  const [check, checkpoint] =
    note === null
      ? [notChecked('checkpoint', `no ${FILES.checkpoint} was given`), null]
      : checkCheckpoint('checkpoint', note, trust);
  if (previousNote === null) return { trust, checkpoint, previous: null, checks: [trust.check, check] };
  const [previousCheck, previous] = checkCheckpoint('previous checkpoint', previousNote, trust);
  return { trust, checkpoint, previous, checks: [trust.check, check, previousCheck] };
}

function consistencyChecks(
  { checkpoint, previous }: SignedTrees,
  proof: string | null,
  rootAtPrevious: Uint8Array | null,
): readonly Check[] {
  if (checkpoint !== null && previous !== null) return [checkConsistency(previous, checkpoint, proof, rootAtPrevious)];
  return proof === null ? [] : [notChecked('consistency', 'it takes two good checkpoints')];
}

function inclusionChecks(files: readonly string[], { checkpoint, previous }: SignedTrees): Promise<readonly Check[]> {
  const checkpoints = [checkpoint, previous].filter((each) => each !== null);
  return Promise.all(
    files.map(async (file) => checkInclusion(path.basename(file), (await readSmallFile(file)).toString(), checkpoints)),
  );
}

async function entriesOf(
  file: string | undefined,
  range: RangeFile | Error | null,
  options: Omit<Parameters<typeof checkEntries>[0], 'file' | 'range'>,
): Promise<EntriesResult> {
  const nothing = { count: 0, rootAtPrevious: null };
  if (range instanceof Error) return { ...nothing, checks: [failed('entries', `${FILES.range}: ${range.message}`)] };
  if (file === undefined) {
    const why = `no ${FILES.entries} was given`;
    return { ...nothing, checks: [notChecked('entries', why), notChecked('tree', why)] };
  }
  return checkEntries({ ...options, file, range });
}

function readRange(text: string | null): RangeFile | Error | null {
  try {
    return text === null ? null : parseRange(text);
  } catch (error) {
    return new Error(messageOf(error));
  }
}

function readReports({ reports }: EvidenceFiles): Promise<readonly ReportFile[]> {
  return Promise.all(
    reports.map(async ({ content, name, signature }) => ({
      name,
      content: content === null ? null : await readSmallFile(content),
      signature: signature === null ? null : (await readSmallFile(signature)).toString(),
    })),
  );
}

/** The check by which a part is held to a signature. */
const PROVEN_BY: Readonly<Record<Part, string>> = {
  checkpoint: 'checkpoint',
  previousCheckpoint: 'previous checkpoint',
  consistency: 'consistency',
  entries: 'tree',
  range: 'tree',
  keys: 'keys',
};

function unprovenOf({ inclusions, others, parts, reports }: EvidenceFiles, checks: readonly Check[]): string[] {
  const proven = new Set(checks.filter(({ state }) => state === 'ok').map(({ name }) => name));
  const isProven = (...titles: readonly string[]) => titles.some((title) => proven.has(title));
  return [
    ...PARTS.filter((part) => parts[part] !== undefined && !isProven(PROVEN_BY[part])).map((part) => FILES[part]),
    ...inclusions.map((file) => path.basename(file)).filter((name) => !isProven(inclusionTitleOf(name))),
    ...reports
      .filter(({ name }) => !isProven(signatureTitleOf(name), figuresTitleOf(name)))
      .map(({ content, name }) => (content === null ? `${name}${SIGNATURE_ENDING}` : name)),
    ...others.map(({ name }) => name),
  ];
}

function outcomeOf(checks: readonly Check[], trust: Trust, unproven: readonly string[]): Verification['outcome'] {
  if (checks.some(({ state }) => state === 'failed')) return 'failed';
  const isAnythingProven = checks.some((check) => check.state === 'ok' && check !== trust.check);
  return trust.check.state === 'ok' && isAnythingProven && unproven.length === 0 ? 'verified' : 'unverified';
}

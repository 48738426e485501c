// Everything that can be found out about a directory of evidence without asking anybody: offline, from public keys only.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Check, failed, messageOf, notChecked } from './check.ts';
import { checkEntries, type EntriesResult, parseRange, type RangeFile } from './check-entries.ts';
import { checkReportSignature, type ReportFile } from './check-reports.ts';
import { checkCheckpoint, checkConsistency, decideTrust, originOf } from './check-signatures.ts';
import { FILES, listReports, readSmallFile, SIGNATURE_ENDING } from './evidence-files.ts';
import { MinutesRecount } from './minutes.ts';
import { ReportRecounts } from './report-recounts.ts';
import type { GivenKey } from './trusted-keys.ts';

export interface Verification {
  readonly checks: readonly Check[];
  /** `verified`: all that is there was checked against a given key, and holds. `unverified`: nothing is wrong, and it is not known whose it is. */
  readonly outcome: 'verified' | 'unverified' | 'failed';
}

export interface VerifyOptions {
  readonly directory: string;
  readonly keys: readonly GivenKey[];
  /** Hears how many entries were read. */
  readonly onProgress: (count: number) => void;
}

export async function verifyDirectory({ directory, keys, onProgress }: VerifyOptions): Promise<Verification> {
  const read = async (name: string) => (await readSmallFile(directory, name))?.toString() ?? null;
  const [note, previousNote, keySetText] = [
    await read(FILES.checkpoint),
    await read(FILES.previousCheckpoint),
    await read(FILES.keys),
  ];
  const trust = decideTrust(keys, keySetText, originOf(note));
  const [signature, checkpoint] =
    note === null ? [notChecked('checkpoint', 'there is none'), null] : checkCheckpoint('checkpoint', note, trust);
  const [previousSignature, previous] =
    previousNote === null ? [null, null] : checkCheckpoint('previous checkpoint', previousNote, trust);
  const reports = await readReports(directory);
  const range = readRange(await read(FILES.range));
  const isWhole = checkpoint !== null && range === null;
  const recounts = new ReportRecounts(reports, isWhole);
  const minutes = new MinutesRecount(isWhole);
  const entries = await entriesOf(directory, range, {
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
    trust.check,
    signature,
    ...(previousSignature === null ? [] : [previousSignature]),
    ...(previous === null || checkpoint === null
      ? []
      : [checkConsistency(previous, checkpoint, await read(FILES.consistency), entries.rootAtPrevious)]),
    ...entries.checks,
    areRead ? minutes.finish() : notChecked('minutes', 'it takes entries that can be read'),
    ...reports.map((report) => checkReportSignature(report, trust)),
    ...recounts.finish(areRead),
  ];
  return { checks, outcome: outcomeOf(checks, trust.check) };
}

async function entriesOf(
  directory: string,
  range: RangeFile | Error | null,
  options: Omit<Parameters<typeof checkEntries>[0], 'directory' | 'range'>,
): Promise<EntriesResult> {
  const nothing = { count: 0, rootAtPrevious: null };
  if (range instanceof Error) return { ...nothing, checks: [failed('entries', `${FILES.range}: ${range.message}`)] };
  if (!existsSync(path.join(directory, FILES.entries))) {
    return {
      ...nothing,
      checks: [notChecked('entries', 'there are none'), notChecked('tree', 'there are no entries')],
    };
  }
  return checkEntries({ ...options, directory, range });
}

function readRange(text: string | null): RangeFile | Error | null {
  try {
    return text === null ? null : parseRange(text);
  } catch (error) {
    return new Error(messageOf(error));
  }
}

async function readReports(directory: string): Promise<readonly ReportFile[]> {
  const names = await listReports(directory);
  return Promise.all(
    names.map(async (name) => ({
      name,
      content: await readSmallFile(directory, name),
      signature: (await readSmallFile(directory, `${name}${SIGNATURE_ENDING}`))!.toString(),
    })),
  );
}

function outcomeOf(checks: readonly Check[], trust: Check): Verification['outcome'] {
  if (checks.some(({ state }) => state === 'failed')) return 'failed';
  const isAnythingProven = checks.some((check) => check.state === 'ok' && check !== trust);
  return trust.state === 'ok' && isAnythingProven ? 'verified' : 'unverified';
}

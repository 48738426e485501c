// `playgate verify`: needs no gateway, no database and no network.
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Check, CheckState } from '../compliance/evidence/verify/check.ts';
import { type GivenKey, readGivenKeys } from '../compliance/evidence/verify/trusted-keys.ts';
import { type Verification, verifyFiles } from '../compliance/evidence/verify/verify-files.ts';
import { findEvidenceFiles } from './find-evidence-files.ts';
import { CommandError } from './open-stores.ts';
import type { CommandPorts } from './program.ts';
import { startProgress } from './progress-bar.ts';

const STATE_TEXTS: Readonly<Record<CheckState, string>> = {
  ok: 'ok         ',
  failed: 'FAILED     ',
  not_checked: 'not checked',
};

const EXIT_CODES_OF = { verified: 0, failed: 1, unverified: 2 } as const satisfies Record<
  Verification['outcome'],
  number
>;

const HELP = `
Give the directory of an export, or any number of files. By name, or by what is in them, they are known to be:
  checkpoint, checkpoint.previous, consistency.json   signed notes, and the proof between them
  entries.jsonl, range.json                           all entries, or some and what stands for the others
  keys.json                                           keys that vouch for each other
  <report>, <report>.jws                              signed reports; the figures of those in JSON are counted again
  inclusion proofs                                    that an entry is in the tree of a checkpoint
What cannot be checked, since a file for it was not given, is told as "not checked". A key is believed by --key only.

Every file of a directory counts: one that is no evidence and has no signature, and a report that rests on more entries
than are there, are told as not proven.

Exit code 0: verified, something of every file; 1: something is wrong; 2: nothing is wrong, and nothing shows whose it is,
or not of every file.`;

/** Lines of an export are about so long: the bar needs no more. */
const ENTRY_BYTES_USUAL = 700;

interface VerifyOptions {
  readonly key: readonly string[];
  readonly json?: true;
}

export function addVerifyCommands(program: Command, { print }: Pick<CommandPorts, 'print'>): void {
  program
    .command('verify <path...>')
    .description('check evidence and reports, offline, with the public key only')
    .option('--key <key>', 'public key of the gateway, or a file with it; may be given again', collect, [])
    .option('--json', 'print the checks as JSON')
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], { json, key }: VerifyOptions) => {
      const files = await findEvidenceFiles(paths);
      const keys = (await Promise.all(key.map(readKeys))).flat();
      const verification = await withProgress(files.parts.entries, (onProgress) =>
        verifyFiles({ files, keys, onProgress }),
      );
      if (json) print(JSON.stringify(verification));
      else for (const line of [...verification.checks.map(lineOf), summaryOf(verification)]) print(line);
      process.exitCode = EXIT_CODES_OF[verification.outcome];
    });
}

function summaryOf({ checks, outcome, unproven }: Verification): string {
  if (outcome === 'verified') return 'Verified: everything that says ok.';
  if (outcome === 'failed') return 'NOT VERIFIED: something is wrong.';
  if (!checks.some(({ state }) => state === 'ok')) return 'NOT VERIFIED: there was nothing that can be checked.';
  const isKeyGiven = checks[0]?.state === 'ok';
  return isKeyGiven
    ? `NOT VERIFIED: nothing wrong was found, but these are not proven: ${unproven.join(', ')}. Their lines say why.`
    : 'NOT VERIFIED: nothing wrong was found, but nothing shows whose it is. Give the public key: --key.';
}

const collect = (value: string, values: readonly string[]): readonly string[] => [...values, value];

const lineOf = ({ detail, name, state }: Check): string => `${STATE_TEXTS[state]} ${name}: ${detail}`;

async function readKeys(value: string): Promise<readonly GivenKey[]> {
  try {
    return readGivenKeys(existsSync(value) ? await readFile(value, 'utf8') : value);
  } catch {
    throw new CommandError(`No public key, and no file with one: ${value}`);
  }
}

async function withProgress<Result>(
  file: string | undefined,
  work: (onProgress: (count: number) => void) => Promise<Result>,
): Promise<Result> {
  const about = file === undefined ? 0 : Math.ceil((await stat(file)).size / ENTRY_BYTES_USUAL);
  const progress = startProgress('entries', about);
  try {
    return await work((count) => progress.update(count, Math.max(about, count)));
  } finally {
    progress.stop();
  }
}

// `playgate verify`: needs no gateway, no database and no network.
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { Check, CheckState } from '../compliance/evidence/verify/check.ts';
import { FILES } from '../compliance/evidence/verify/evidence-files.ts';
import { type GivenKey, readGivenKeys } from '../compliance/evidence/verify/trusted-keys.ts';
import { type Verification, verifyDirectory } from '../compliance/evidence/verify/verify-directory.ts';
import { CommandError } from './open-stores.ts';
import type { CommandPorts } from './program.ts';
import { startProgress } from './progress-bar.ts';

const STATE_TEXTS: Readonly<Record<CheckState, string>> = {
  ok: 'ok         ',
  failed: 'FAILED     ',
  not_checked: 'not checked',
};

const OUTCOMES = {
  verified: { exitCode: 0, text: 'Verified: everything that says ok.' },
  failed: { exitCode: 1, text: 'NOT VERIFIED: something is wrong.' },
  unverified: {
    exitCode: 2,
    text: 'NOT VERIFIED: nothing wrong was found, but nothing shows whose it is. Give the public key: --key.',
  },
} as const satisfies Record<Verification['outcome'], { readonly exitCode: number; readonly text: string }>;

const HELP = `
Looks at whatever of these is in the directory:
  checkpoint, checkpoint.previous, consistency.json   signed notes, and the proof between them
  entries.jsonl, range.json                           all entries, or some and what stands for the others
  keys.json                                           keys that vouch for each other
  <report>, <report>.jws                              signed reports; the figures of those in JSON are counted again

Exit code 0: verified; 1: something is wrong; 2: nothing is wrong, and no key was given to know whose it is.`;

/** Lines of an export are about so long: the bar needs no more. */
const ENTRY_BYTES_USUAL = 700;

interface VerifyOptions {
  readonly key: readonly string[];
  readonly json?: true;
}

export function addVerifyCommands(program: Command, { print }: Pick<CommandPorts, 'print'>): void {
  program
    .command('verify <dir>')
    .description('check evidence and reports, offline, with the public key only')
    .option('--key <key>', 'public key of the gateway, or a file with it; may be given again', collect, [])
    .option('--json', 'print the checks as JSON')
    .addHelpText('after', HELP)
    .action(async (directory: string, { json, key }: VerifyOptions) => {
      if (!existsSync(directory)) throw new CommandError(`There is no directory ${directory}.`);
      const keys = (await Promise.all(key.map(readKeys))).flat();
      const verification = await withProgress(directory, (onProgress) =>
        verifyDirectory({ directory, keys, onProgress }),
      );
      const { exitCode, text } = OUTCOMES[verification.outcome];
      if (json) print(JSON.stringify(verification));
      else for (const line of [...verification.checks.map(lineOf), text]) print(line);
      process.exitCode = exitCode;
    });
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
  directory: string,
  work: (onProgress: (count: number) => void) => Promise<Result>,
): Promise<Result> {
  const file = path.join(directory, FILES.entries);
  const about = existsSync(file) ? Math.ceil((await stat(file)).size / ENTRY_BYTES_USUAL) : 0;
  const progress = startProgress('entries', about);
  try {
    return await work((count) => progress.update(count, Math.max(about, count)));
  } finally {
    progress.stop();
  }
}

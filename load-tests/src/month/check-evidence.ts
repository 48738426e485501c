// The evidence of the month as a regulator gets it from a gateway: exported and verified by the command line, and tampered with.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { exportEvidence } from '../../../packages/gateway/src/cli/export-evidence.ts';
import { readGivenKeys } from '../../../packages/gateway/src/compliance/evidence/verify/trusted-keys.ts';
import { verifyDirectory } from '../../../packages/gateway/src/compliance/evidence/verify/verify-directory.ts';
import { Random } from './random.ts';

const MAIN = path.join(import.meta.dirname, '../../../packages/gateway/src/main.ts');
const ADMIN_TOKEN = 'operator-of-the-generated-month';
const OUTPUT_BYTES_MAX = 1 << 26;

export interface EvidenceGateway extends AsyncDisposable {
  readonly url: string;
  /** Of a regulator whose scope names every provider, so that nothing of few persons is withheld. */
  readonly key: string;
}

export interface GatewayOptions {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly providerIds: readonly string[];
}

/** A gateway in a process of its own, on the database of the month. */
export async function startGateway({ databaseUrl, dataDir, providerIds }: GatewayOptions): Promise<EvidenceGateway> {
  const settings = {
    PORT: '0',
    DATABASE_URL: databaseUrl,
    PLAYGATE_STORE: 'memory',
    PLAYGATE_DATA_DIR: dataDir,
    PLAYGATE_ADMIN_TOKEN: ADMIN_TOKEN,
    PLAYGATE_LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, ['--conditions=@playgate/source', MAIN], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...settings },
  });
  const url = await addressOf(child);
  const answer = await fetch(`${url}/v1/admin/regulators`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Bộ', scope: { providerIds } }),
  });
  const { key } = (await answer.json()) as { readonly key: string };
  return {
    url,
    key,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /ready at (http\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('the gateway did not start');
}

/** `playgate <words>`. */
export async function runCli(...words: readonly string[]): Promise<{ readonly code: number; readonly stdout: string }> {
  return promisify(execFile)(process.execPath, ['--conditions=@playgate/source', MAIN, ...words], {
    maxBuffer: OUTPUT_BYTES_MAX,
  }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { readonly code: number; readonly stdout: string }) => error,
  );
}

/** Lines of a window with what somebody made of them. */
type Tamper = (lines: string[], at: number, random: Random) => void;

const numberOf = (line: string): string => /"seq":(\d+)/.exec(line)![1]!;
const renumber = (lines: string[], first: number): void => {
  for (const [index, line] of lines.entries()) lines[index] = line.replace(/"seq":\d+/, `"seq":${first + index}`);
};

/** The last two of each kind put the numbers right again, so that only the tree can tell. */
export const TAMPERS: Readonly<Record<string, Tamper>> = {
  'changed a digit': (lines, at, random) => {
    const line = lines[at]!;
    const digits = [...line.matchAll(/\d/g)].map(({ index }) => index);
    const place = random.pick(digits);
    const digit = String((Number(line[place]) + 1) % 10);
    lines[at] = line.slice(0, place) + digit + line.slice(place + 1);
  },
  'changed a commitment': (lines, at) => {
    lines[at] = lines[at]!.replace(/"person":"(.)/, (_, letter: string) => `"person":"${letter === 'A' ? 'B' : 'A'}`);
  },
  dropped: (lines, at) => {
    lines.splice(at, 1);
  },
  'dropped and renumbered': (lines, at) => {
    const first = Number(numberOf(lines[0]!));
    lines.splice(at, 1);
    renumber(lines, first);
  },
  reordered: (lines, at, random) => swap(lines, at, random),
  'reordered and renumbered': (lines, at, random) => {
    const first = Number(numberOf(lines[0]!));
    swap(lines, at, random);
    renumber(lines, first);
  },
};

function swap(lines: string[], at: number, random: Random): void {
  const other = (at + random.int(1, lines.length - 1)) % lines.length;
  [lines[at], lines[other]] = [lines[other]!, lines[at]!];
}

/** Entries in the part of the evidence that one tampering is looked for in. */
const WINDOW = 2_000;

export interface Tampered {
  readonly tried: number;
  readonly missed: readonly string[];
}

/**
 * Tampers with random entries. Each is looked for in an export of the entries around it, which a range proof ties to the signed
 * tree; before it is tampered with, that export has to verify.
 */
export async function tamperWithParts(
  { key, url }: EvidenceGateway,
  options: { readonly home: string; readonly verifierKey: string; readonly size: number; readonly times: number },
): Promise<Tampered> {
  const { home, size, times, verifierKey } = options;
  const random = new Random(Date.now());
  const missed: string[] = [];
  for (let time = 0; time < times; time++) {
    const directory = path.join(home, 'part');
    await rm(directory, { recursive: true, force: true });
    const width = Math.min(WINDOW, size);
    const fromSeq = random.int(0, size - width);
    await exportEvidence({
      gateway: { url, key },
      purpose: 'tampering',
      directory,
      fromSeq,
      toSeq: fromSeq + width - 1,
      startProgress: () => ({ update: () => {}, stop: () => {} }),
    });
    const verify = async () =>
      (await verifyDirectory({ directory, keys: readGivenKeys(verifierKey), onProgress: () => {} })).outcome;
    if ((await verify()) !== 'verified') missed.push(`the good part from ${fromSeq} does not verify`);
    const names = Object.keys(TAMPERS);
    const name = names[time % names.length]!;
    const at = random.int(0, width - 1);
    const file = path.join(directory, 'entries.jsonl');
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    TAMPERS[name]!(lines, at, random);
    await writeFile(file, `${lines.join('\n')}\n`);
    if ((await verify()) !== 'failed') missed.push(`${name} at ${fromSeq + at}`);
  }
  return { tried: times, missed };
}

/** Tampers with one entry among all, and verifies everything, by the command line. */
export async function tamperWithWhole(
  good: string,
  options: {
    readonly home: string;
    readonly keyFile: string;
    readonly size: number;
    readonly names: readonly string[];
  },
): Promise<Tampered> {
  const { home, keyFile, names, size } = options;
  const random = new Random(Date.now());
  const bad = path.join(home, 'bad');
  await mkdir(bad, { recursive: true });
  for (const name of ['checkpoint', 'keys.json']) await copyFile(path.join(good, name), path.join(bad, name));
  const missed: string[] = [];
  for (const name of names) {
    const at = random.int(0, size - 1);
    await pipeline(
      Readable.from(tampered(path.join(good, 'entries.jsonl'), { at, size, name, random })),
      createWriteStream(path.join(bad, 'entries.jsonl')),
    );
    const { code } = await runCli('verify', bad, '--key', keyFile);
    if (code !== 1) missed.push(`${name} at ${at}: exit code ${code}`);
  }
  return { tried: names.length, missed };
}

/** A window of the whole is tampered with; what comes behind a dropped entry is renumbered where the tamper does that. */
async function* tampered(
  file: string,
  {
    at,
    name,
    random,
    size,
  }: { readonly at: number; readonly name: string; readonly random: Random; readonly size: number },
): AsyncIterable<string> {
  const first = Math.max(0, Math.min(at - WINDOW / 2, size - WINDOW));
  const window: string[] = [];
  let index = 0;
  let shift = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const isWithin = index >= first && index < first + WINDOW;
    index += 1;
    if (isWithin) window.push(line);
    if (isWithin && index < Math.min(size, first + WINDOW)) continue;
    if (isWithin) {
      const count = window.length;
      TAMPERS[name]!(window, Math.min(at - first, count - 1), random);
      if (name.endsWith('renumbered')) shift = window.length - count;
      yield `${window.join('\n')}\n`;
      continue;
    }
    yield `${shift === 0 ? line : line.replace(/"seq":(\d+)/, (_, seq: string) => `"seq":${Number(seq) + shift}`)}\n`;
  }
}

// Two verifiers that were made apart, from one written description: on every directory they must come to one verdict.
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Forger, rootOf } from './forger.ts';
import { makeSmallRecord, run, type SmallRecord } from './small-record.ts';

const FOLDER = path.join(import.meta.dirname, '..');
const RECORD_MS_MAX = 120_000;
const PYTHON_MS_MAX = 60_000;
const STRANGER = 'playgate.test/evidence+0b05f9a0+Ae1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfR';

interface Verdict {
  readonly exitCode: number | null;
  readonly failing: readonly string[];
}

interface Check {
  readonly name: string;
  readonly state: string;
}

const namesOf = (checks: readonly Check[], wanted: string): readonly string[] =>
  checks
    .filter(({ state }) => state === wanted)
    .map(({ name }) => name)
    .sort();

let home: string;
let record: SmallRecord;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'playgate-two-verifiers-'));
  record = await makeSmallRecord(path.join(home, 'good'));
}, RECORD_MS_MAX);
afterAll(() => rm(home, { recursive: true, force: true }));

const python = (...words: readonly string[]) =>
  spawnSync('python3', ['-B', ...words], { cwd: FOLDER, encoding: 'utf8', timeout: PYTHON_MS_MAX });

function verifyHere(directory: string, key: string): Verdict {
  const { status, stderr, stdout } = python('verify.py', directory, '--key', key, '--json');
  expect(stderr).toBe('');
  return { exitCode: status, failing: namesOf(JSON.parse(stdout) as readonly Check[], 'FAILED') };
}

async function verifyThere(directory: string, key: string): Promise<Verdict> {
  const before = process.exitCode;
  try {
    const printed = await run('verify', directory, '--key', key, '--json');
    const { checks } = JSON.parse(printed) as { readonly checks: readonly Check[] };
    return { exitCode: Number(process.exitCode), failing: namesOf(checks, 'failed') };
  } finally {
    process.exitCode = before;
  }
}

/** Both verdicts on a copy of the good directory after `change`; `change` may tell another key to verify with. */
async function verdictsAfter(change: (directory: string) => Promise<string | undefined> | Promise<void>) {
  const directory = await mkdtemp(path.join(home, 'changed-'));
  await cp(record.directory, directory, { recursive: true });
  const key = (await change(directory)) ?? record.key;
  return { here: verifyHere(directory, key), there: await verifyThere(directory, key) };
}

async function edit(directory: string, name: string, change: (text: string) => string): Promise<void> {
  const file = path.join(directory, name);
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`nothing was changed in ${name}`);
  await writeFile(file, changed);
}

const editLines = (directory: string, change: (lines: string[]) => readonly string[]) =>
  edit(directory, 'entries.jsonl', (text) => `${change(text.trimEnd().split('\n')).join('\n')}\n`);

async function forged(directory: string): Promise<Forger> {
  const forger = new Forger();
  forger.signAll(directory);
  return forger;
}

describe('the verifier in Python', () => {
  it(
    'passes its own tests',
    () => {
      const { status, stderr } = python('-m', 'unittest', '-v', 'test_verify');
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    },
    PYTHON_MS_MAX,
  );

  it('verifies a record of a gateway, and counts its reports, as `playgate verify` does', async () => {
    const { here, there } = await verdictsAfter(async () => undefined);
    expect({ here, there }).toEqual({ here: { exitCode: 0, failing: [] }, there: { exitCode: 0, failing: [] } });
    const { stdout } = python('verify.py', record.directory, '--key', record.key);
    for (const name of record.reports) expect(stdout).toContain(`ok          ${name}: figures`);
  });

  it('verifies what an operator signed with a key of its own, by that key', async () => {
    const { here, there } = await verdictsAfter(async (directory) => (await forged(directory)).verifierKey);
    expect({ here, there }).toEqual({ here: { exitCode: 0, failing: [] }, there: { exitCode: 0, failing: [] } });
  });
});

const drop = (lines: string[]) => lines.filter((_, index) => index !== 3);
const renumber = (lines: readonly string[]) =>
  lines.map((line, index) => line.replace(/"seq":\d+/, () => `"seq":${index}`));
/** In the last end: of somebody with no other session, and no correction. */
const stateMore = (lines: string[]) => {
  const last = lines.findLastIndex((line) => line.includes('"kind":"ended"'));
  return lines.with(last, lines[last]!.replace(/("usedMs":\{"agent":0,"game":)(\d+)/, oneMore));
};
const oneMore = (_: string, before: string, number: string) => before + String(Number(number) + 1);

describe('both verifiers find', () => {
  it.each<[string, (directory: string) => Promise<string | undefined> | Promise<void>]>([
    [
      'a byte of an entry changed',
      (at) => edit(at, 'entries.jsonl', (text) => text.replace('"leasedMs":0', '"leasedMs":1')),
    ],
    ['an entry dropped', (at) => editLines(at, drop)],
    ['an entry dropped, the others renumbered', (at) => editLines(at, (lines) => renumber(drop(lines)))],
    ['the last entry dropped', (at) => editLines(at, (lines) => lines.slice(0, -1))],
    ['an entry doubled', (at) => editLines(at, (lines) => lines.toSpliced(5, 0, lines[5]!))],
    [
      'an entry doubled, the others renumbered',
      (at) => editLines(at, (lines) => renumber(lines.toSpliced(5, 0, lines[5]!))),
    ],
    ['entries swapped', (at) => editLines(at, (lines) => lines.with(6, lines[7]!).with(7, lines[6]!))],
    [
      'entries swapped and renumbered',
      (at) => editLines(at, (lines) => renumber(lines.with(6, lines[7]!).with(7, lines[6]!))),
    ],
    ['an entry that is not canonical', (at) => editLines(at, (lines) => lines.with(2, lines[2]!.replace('{', '{ ')))],
    [
      'the size of the checkpoint changed',
      (at) => edit(at, 'checkpoint', (text) => text.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) - 1}\n`)),
    ],
    [
      'the root of the checkpoint changed',
      (at) => edit(at, 'checkpoint', (text) => text.replace(/\n\S{43}=\n/, `\n${rootOf(['x'])}\n`)),
    ],
    [
      'the signature of the checkpoint changed',
      (at) => edit(at, 'checkpoint', (text) => text.replace(/.{8}=\n$/, 'AAAAAAA=\n')),
    ],
    [
      'the previous checkpoint changed',
      (at) => edit(at, 'checkpoint.previous', (text) => text.replace(/\n\S{43}=\n/, `\n${rootOf(['x'])}\n`)),
    ],
    ['the key of a stranger', async () => STRANGER],
    [
      'a figure of a report changed',
      (at) => edit(at, 'days.json', (text) => text.replace(/("playMs":)(\d+)/, oneMore)),
    ],
    ['a signature of another report', (at) => cp(path.join(at, 'cells.jsonl.jws'), path.join(at, 'days.json.jws'))],
    [
      'a figure changed in a report whose signature is gone',
      async (at) => {
        await rm(path.join(at, 'days.json.jws'));
        await edit(at, 'days.json', (text) => text.replace(/("playMs":)(\d+)/, oneMore));
      },
    ],
    [
      'a key of keys.json that ends when it does not',
      (at) =>
        edit(at, 'keys.json', (text) =>
          text.replace('"signsUntilAt":null', '"signsUntilAt":"2026-11-20T00:00:00.000Z"'),
        ),
    ],
    ['a report without its file', (at) => rm(path.join(at, 'days.json'))],
    ['the checkpoint cut short', (at) => truncate(path.join(at, 'checkpoint'), 60)],
    ['the entries cut short', (at) => truncate(path.join(at, 'entries.jsonl'), 5_000)],
    ['keys cut short', (at) => truncate(path.join(at, 'keys.json'), 100)],
    [
      'a consistency proof of other hashes',
      (at) => edit(at, 'consistency.json', (text) => text.replace(/"proof":\["[^"]*"/, `"proof":["${rootOf(['x'])}"`)),
    ],
    [
      'a consistency proof of other sizes',
      (at) => edit(at, 'consistency.json', (text) => text.replace(/("from":)(\d+)/, oneMore)),
    ],
  ])('%s', async (_, change) => {
    const { here, there } = await verdictsAfter(change);
    expect(here.exitCode).toBe(1);
    expect(here).toEqual(there);
  });

  // The signatures of these are good: only counting again, or an older checkpoint, shows what is wrong.
  it.each<[string, string, (forger: Forger, directory: string) => Promise<void>]>([
    [
      'a figure too high',
      'days.json: figures',
      (_, at) => edit(at, 'days.json', (text) => text.replace(/("playMs":)(\d+)/, oneMore)),
    ],
    [
      'a refusal too many',
      'cells.jsonl: figures',
      (_, at) => edit(at, 'cells.jsonl', (text) => text.replace(/("daily_budget_spent":)(1)/, oneMore)),
    ],
    [
      'a row left out',
      'cells.jsonl: figures',
      (_, at) =>
        edit(at, 'cells.jsonl', (text) =>
          text
            .replace(/\n.*"agt_.*(?=\n)/, '')
            .replace(/("rowCount":)(\d+)/, (_all, name, count) => name + (count - 1)),
        ),
    ],
    ['minutes that were not played', 'minutes', (_, at) => editLines(at, stateMore)],
    [
      'a record that does not begin with that of before',
      'consistency',
      (_, at) => edit(at, 'entries.jsonl', (text) => text.replace('"assurance":"attested"', '"assurance":"document"')),
    ],
    [
      'a previous checkpoint that never was',
      'consistency',
      (_, at) => edit(at, 'checkpoint.previous', (text) => text.replace(/\n\S{43}=\n/, `\n${rootOf(['x'])}\n`)),
    ],
  ])('an operator that signs %s', async (_, check, change) => {
    const forger = new Forger();
    const { here, there } = await verdictsAfter(async (directory) => {
      await change(forger, directory);
      forger.signAll(directory);
      return forger.verifierKey;
    });
    expect(here.failing).toContain(check);
    expect(here).toEqual(there);
  });

  it.each<[string, (directory: string) => Promise<void>]>([
    ['a file that nothing proves', (at) => writeFile(path.join(at, 'x.csv'), 'a,b\r\n')],
    ['a folder', (at) => cp(path.join(at, '../good'), path.join(at, 'more'), { recursive: true })],
    [
      'a changed report without its signature, and without the entries to count it by',
      async (at) => {
        for (const name of ['form.json.jws', 'entries.jsonl']) await rm(path.join(at, name));
        await edit(at, 'form.json', (text) => text.replace(/("play_minutes":)(\d+)/, oneMore));
      },
    ],
  ])('that %s is not proven', async (_, change) => {
    const { here, there } = await verdictsAfter(change);
    expect({ here, there }).toEqual({ here: { exitCode: 2, failing: [] }, there: { exitCode: 2, failing: [] } });
  });

  it('that reports rest on an entry that an operator dropped before it signed the tree', async () => {
    const forger = new Forger();
    const { here, there } = await verdictsAfter(async (at) => {
      for (const name of ['checkpoint.previous', 'consistency.json']) await rm(path.join(at, name));
      await editLines(at, (lines) => lines.slice(0, -1));
      forger.signAll(at);
      return forger.verifierKey;
    });
    expect({ here, there }).toEqual({ here: { exitCode: 2, failing: [] }, there: { exitCode: 2, failing: [] } });
  });

  it('nothing wrong where keys.json is that of another gateway: it can only add to the key that was given', async () => {
    const { here, there } = await verdictsAfter(async (at) => {
      const elsewhere = await mkdtemp(path.join(home, 'elsewhere-'));
      await cp(record.directory, elsewhere, { recursive: true });
      new Forger().signAll(elsewhere);
      await cp(path.join(elsewhere, 'keys.json'), path.join(at, 'keys.json'));
    });
    expect({ here, there }).toEqual({ here: { exitCode: 0, failing: [] }, there: { exitCode: 0, failing: [] } });
  });

  it(
    'no difference where one byte anywhere is another',
    async () => {
      const files = ['checkpoint', 'checkpoint.previous', 'consistency.json', 'entries.jsonl', 'days.json'];
      for (const name of [...files, 'days.json.jws', 'form.json'])
        for (const share of [0.1, 0.6]) {
          const { here, there } = await verdictsAfter(async (at) => {
            const bytes = await readFile(path.join(at, name));
            const index = Math.floor(bytes.length * share);
            bytes[index] = bytes[index]! ^ 1;
            await writeFile(path.join(at, name), bytes);
          });
          // A wrong byte in an origin can be found by more than one check.
          expect({ name, share, exitCode: here.exitCode }).toEqual({ name, share, exitCode: there.exitCode });
        }
    },
    RECORD_MS_MAX,
  );
});

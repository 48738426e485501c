// `playgate verify` with files one by one: what is checked, what is said to be missing, and what the exit code means.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canonicalJson } from '@playgate/policy';
import { Command, CommanderError } from 'commander';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addVerifyCommands } from '../src/cli/verify-commands.ts';
import { signDetached } from '../src/compliance/evidence/detached-jws.ts';
import { leafHash } from '../src/compliance/evidence/merkle.ts';
import { formatVerifierKey } from '../src/compliance/evidence/signed-note.ts';
import { sampleLeaves, sampleSigner, writeSample } from '../src/compliance/evidence/testing/sample-log.ts';
import { TileTree } from '../src/compliance/evidence/tile-tree.ts';
import { appendToTiles, tileName } from '../src/compliance/evidence/tiles.ts';
import { keyIdOf } from '../src/compliance/evidence/verify/trusted-keys.ts';
import type { Verification } from '../src/compliance/evidence/verify/verify-files.ts';

const [SMALL, LARGE] = [12, 40];
const signer = sampleSigner(1);
const key = formatVerifierKey(signer);
const leaves = sampleLeaves(LARGE);
const TABLE = 'a,b\r\n1,2\r\n';

let home: string;
const at = (name: string) => path.join(home, name);

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'playgate-verify-'));
  await writeSample({ directory: at('may'), leaves: leaves.slice(0, SMALL) });
  await writeSample({ directory: at('june'), leaves });
  await writeFile(at('table.csv'), TABLE);
  const signature = signDetached(Buffer.from(TABLE), { keyId: keyIdOf(signer.publicKey), sign: signer.sign });
  await writeFile(at('table.csv.jws'), signature);
  await writeFile(at('gateway.key'), `${key}\n`);
  const tiles = appendToTiles(0, leaves.map(leafHash), []);
  const tree = new TileTree(async (wanted) => tiles.filter((tile) => wanted.map(tileName).includes(tileName(tile))));
  const encode = (hashes: readonly Uint8Array[]) => hashes.map((hash) => Buffer.from(hash).toString('base64'));
  const consistency = encode(await tree.consistencyProof(SMALL, LARGE));
  await writeFile(at('from-may.json'), JSON.stringify({ from: SMALL, to: LARGE, proof: consistency }));
  const leafHashOf5 = leafHash(leaves[5]!).toString('base64');
  const inclusion = {
    index: 5,
    size: LARGE,
    leafHash: leafHashOf5,
    proof: encode(await tree.inclusionProof(5, LARGE)),
  };
  await writeFile(at('entry-5.json'), JSON.stringify(inclusion));
  // Under names that say nothing.
  await writeFile(at('earlier.note'), await readFile(at('may/checkpoint')));
  await writeFile(at('later.note'), await readFile(at('june/checkpoint')));
  await writeFile(at('log.txt'), await readFile(at('june/entries.jsonl')));
});
afterAll(() => rm(home, { recursive: true }));
afterEach(() => {
  process.exitCode = undefined;
});

async function run(words: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const program = new Command('playgate').exitOverride().configureOutput({ writeErr: () => {} });
  addVerifyCommands(program, { print: (line) => lines.push(line) });
  await program.parseAsync(['node', 'playgate', 'verify', ...words]);
  return lines.join('\n').replaceAll(/ +/g, ' ');
}

async function verify(names: readonly string[], options: readonly string[] = ['--key', key]) {
  const words = [...names.map(at), ...options];
  const { checks } = JSON.parse(await run([...words, '--json'])) as Pick<Verification, 'checks'>;
  const text = await run(words);
  return { code: process.exitCode, states: Object.fromEntries(checks.map(({ name, state }) => [name, state])), text };
}

test('checks a directory as before, and one among files', async () => {
  expect((await verify(['june'])).code).toBe(0);
  const both = await verify(['june', 'table.csv', 'table.csv.jws']);
  expect(both).toMatchObject({ code: 0, states: { tree: 'ok', 'table.csv: signature': 'ok' } });
});

test('names every file of a directory that nothing proves, forged reports that lost their signature among them', async () => {
  const files: readonly (readonly [string, string, number])[] = [
    ['table.csv', TABLE, 2],
    ['.hidden', 'x', 2],
    ['notes.json', '{"report":"monthly"}', 2],
    ['may.json', '{"report":"periodic","rows":[]}', 1],
  ];
  for (const [name, content, code] of files) {
    await cp(at('june'), at('forged'), { recursive: true });
    await writeFile(at(`forged/${name}`), content);
    const alone = await verify(['forged']);
    expect({ name, code: alone.code }).toEqual({ name, code });
    expect(alone.text).toMatch(code === 2 ? `these are not proven: ${name}.` : `FAILED ${name}: figures`);
    expect((await verify(['forged', 'entry-5.json'])).code).toBe(code);
    await rm(at('forged'), { recursive: true });
  }
  await mkdir(at('forged/inside'), { recursive: true });
  await cp(at('june'), at('forged'), { recursive: true });
  expect(await verify(['forged'])).toMatchObject({ code: 2, states: { inside: 'not_checked' } });
});

test('checks files, and says of those that were not given what could not be checked', async () => {
  const checkpoint = await verify(['june/checkpoint']);
  expect(checkpoint).toMatchObject({
    code: 0,
    states: { checkpoint: 'ok', entries: 'not_checked', tree: 'not_checked' },
  });
  expect(checkpoint.text).toContain('not checked tree: no entries.jsonl was given');
  const report = await verify(['table.csv', 'table.csv.jws']);
  expect(report).toMatchObject({ code: 0, states: { checkpoint: 'not_checked', 'table.csv: signature': 'ok' } });
  const all = await verify(['june/checkpoint', 'june/entries.jsonl', 'june/keys.json', 'table.csv', 'table.csv.jws']);
  expect(all.code).toBe(0);
});

test('knows files by what is in them, whatever their names', async () => {
  const { code, states } = await verify(['earlier.note', 'log.txt', 'later.note', 'from-may.json', 'entry-5.json']);
  expect(states).toMatchObject({
    checkpoint: 'ok',
    'previous checkpoint': 'ok',
    consistency: 'ok',
    tree: 'ok',
    'entry-5.json: inclusion': 'ok',
  });
  expect(code).toBe(0);
  const proofs = await verify(['may/checkpoint', 'june/checkpoint', 'from-may.json', 'entry-5.json']);
  expect(proofs).toMatchObject({ code: 0, states: { consistency: 'ok', entries: 'not_checked' } });
});

test.each([
  [
    'a report without its signature',
    ['june/checkpoint', 'table.csv'],
    'not checked table.csv: no file of evidence, and table.csv.jws',
  ],
  [
    'a signature without its report',
    ['june', 'table.csv.jws'],
    'not checked table.csv: signature: table.csv was not given',
  ],
  ['entries without a checkpoint', ['june/entries.jsonl', 'table.csv', 'table.csv.jws'], 'not checked tree'],
  ['a proof without the earlier checkpoint', ['june', 'from-may.json'], 'not checked consistency'],
  ['a proof of an entry of another tree', ['may', 'entry-5.json'], 'no checkpoint of 40 entries was given'],
  [
    'a public key that is not given as one',
    ['june', 'gateway.key'],
    'not checked gateway.key: a public key is believed',
  ],
])('does not end with 0 for %s', async (_, names, said) => {
  const { code, text } = await verify(names);
  expect(text).toContain(said);
  expect(text).not.toContain('FAILED');
  expect(code).toBe(2);
});

test('never believes a key that merely lies among the files', async () => {
  expect((await verify(['june', 'gateway.key'], [])).code).toBe(2);
  expect((await verify(['june'], ['--key', at('gateway.key')])).code).toBe(0);
});

test('finds what is wrong in files too', async () => {
  const changed = leaves.with(3, canonicalJson({ ...(JSON.parse(leaves[3]!) as object), source: 'lease' }));
  await writeFile(at('changed.jsonl'), changed.map((leaf) => `${leaf}\n`).join(''));
  expect(await verify(['later.note', 'changed.jsonl'])).toMatchObject({ code: 1, states: { tree: 'failed' } });
  const wrong = (await readFile(at('entry-5.json'), 'utf8')).replace('"index":5', '"index":6');
  await writeFile(at('entry-6.json'), wrong);
  const inclusion = await verify(['later.note', 'entry-6.json']);
  expect(inclusion).toMatchObject({ code: 1, states: { 'entry-6.json: inclusion': 'failed' } });
});

test('knows a report without its signature', async () => {
  await writeFile(at('none.json'), '{"report":"daily"}');
  expect(await verify(['june', 'none.json'])).toMatchObject({ code: 1, states: { 'none.json: figures': 'failed' } });
});

test('refuses what is not there, and two files that play one part', async () => {
  await expect(verify(['nowhere'])).rejects.toMatchObject({ name: 'CommandError', exitCode: 1 });
  const two = verify(['june/entries.jsonl', 'may/entries.jsonl']);
  await expect(two).rejects.toMatchObject({ name: 'CommandError', exitCode: 2 });
  await expect(verify(['june/checkpoint', 'earlier.note', 'may/checkpoint'])).rejects.toMatchObject({ exitCode: 2 });
  await expect(verify([])).rejects.toBeInstanceOf(CommanderError);
});

// Writes vectors/evidence/log.json and directories.json: a small log with everything docs/evidence.md describes, good and tampered.
// They change only where the format does.
//   node --conditions=@playgate/source packages/gateway/scripts/write-evidence-vectors.ts
import { writeFile } from 'node:fs/promises';
import { canonicalJson } from '@playgate/policy';
import { formatCheckpoint } from '../src/compliance/evidence/checkpoint.ts';
import { CompactRange } from '../src/compliance/evidence/compact-range.ts';
import { signDetached } from '../src/compliance/evidence/detached-jws.ts';
import { endorsementText } from '../src/compliance/evidence/evidence-keys.ts';
import { goneLine } from '../src/compliance/evidence/gone-entry.ts';
import { leafHash } from '../src/compliance/evidence/merkle.ts';
import { formatVerifierKey, keyHashOf, type NoteSigner, signNote } from '../src/compliance/evidence/signed-note.ts';
import {
  SAMPLE_ORIGIN,
  sampleKeySet,
  sampleLeaves,
  sampleSigner,
} from '../src/compliance/evidence/testing/sample-log.ts';
import { TileTree } from '../src/compliance/evidence/tile-tree.ts';
import { appendToTiles, tileName } from '../src/compliance/evidence/tiles.ts';
import { keyIdOf } from '../src/compliance/evidence/verify/trusted-keys.ts';

const SIZE = 13;
const OLD_SIZE = 6;
const PART = { start: 3, end: 9 };
const VECTORS = new URL('../../../vectors/evidence/', import.meta.url);

const [before, current, stranger] = [sampleSigner(1), sampleSigner(2), sampleSigner(3)];
const leaves = sampleLeaves(SIZE);
const hashes = leaves.map(leafHash);
const tiles = appendToTiles(0, hashes, []);
const tree = new TileTree(async (wanted) => tiles.filter((tile) => wanted.map(tileName).includes(tileName(tile))));

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const linesOf = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
const noteOf = async (size: number, signers: readonly NoteSigner[]) =>
  signNote(formatCheckpoint({ origin: SAMPLE_ORIGIN, size, root: await tree.root(size) }), signers);
const signatureOf = (content: string, { publicKey, sign }: NoteSigner) =>
  signDetached(Buffer.from(content), { keyId: keyIdOf(publicKey), sign });

const endorsement = signNote(endorsementText(before, current), [before, current]);
const { keys, origin } = sampleKeySet([current, before]);
const keySet = { origin, keys: [{ ...keys[0], endorsement }, keys[1]] };

const roots = await Promise.all(Array.from({ length: SIZE + 1 }, async (_, size) => base64(await tree.root(size))));
const inclusion = await Promise.all(
  leaves.map(async (_, index) => ({ index, size: SIZE, proof: (await tree.inclusionProof(index, SIZE)).map(base64) })),
);
const consistency = await Promise.all(
  Array.from({ length: SIZE + 1 }, async (_, from) => ({
    from,
    to: SIZE,
    proof: (await tree.consistencyProof(from, SIZE)).map(base64),
  })),
);
const { left, right } = await tree.rangeProof({ start: PART.start, end: PART.end + 1 }, SIZE);
const range = { ...PART, size: SIZE, rootHash: roots[SIZE], left: left.map(base64), right: right.map(base64) };
const report = 'province,players\r\nHuế,12\r\n';

await write('log.json', {
  origin,
  keys: [before, current, stranger].map((signer, index) => ({
    // 32 bytes, RFC 8032: of a test, nobody's.
    privateKeyHex: Buffer.alloc(32, index + 1).toString('hex'),
    publicKey: base64(signer.publicKey),
    kid: keyIdOf(signer.publicKey),
    keyHash: keyHashOf(signer),
    verifierKey: formatVerifierKey(signer),
  })),
  endorsement,
  leaves,
  leafHashes: hashes.map(base64),
  roots,
  checkpoint: await noteOf(SIZE, [current, before]),
  inclusion,
  consistency,
  range,
  report: { content: report, jws: signatureOf(report, current) },
});

const good: Readonly<Record<string, string>> = {
  'keys.json': JSON.stringify(keySet),
  checkpoint: await noteOf(SIZE, [current, before]),
  'checkpoint.previous': await noteOf(OLD_SIZE, [before]),
  'consistency.json': JSON.stringify({ from: OLD_SIZE, to: SIZE, proof: consistency[OLD_SIZE]!.proof }),
  'entries.jsonl': linesOf(leaves),
  'table.csv': report,
  'table.csv.jws': signatureOf(report, current),
};
const part = {
  'keys.json': good['keys.json']!,
  checkpoint: good.checkpoint!,
  'range.json': JSON.stringify(range),
  'entries.jsonl': linesOf(leaves.slice(PART.start, PART.end + 1)),
};
const renumber = (texts: readonly string[]) =>
  texts.map((text, seq) => canonicalJson({ ...(JSON.parse(text) as object), seq }));
const entries = (texts: readonly string[]) => ({ ...good, 'entries.jsonl': linesOf(texts) });
const change = (at: number, from: string, to: string) => leaves.with(at, leaves[at]!.replace(from, to));

/** Another tree, whole in itself and signed by the right key: only what it says about minutes is wrong. */
async function resigned(texts: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const other = CompactRange.empty();
  for (const text of texts) other.appendLeaf(leafHash(text));
  const text = formatCheckpoint({ origin, size: texts.length, root: other.root() });
  return { 'keys.json': good['keys.json']!, checkpoint: signNote(text, [current]), 'entries.jsonl': linesOf(texts) };
}

/** Two small trees by the oldest and by the newest of three keys, with what is said of the three. */
const [oldest, newest] = [before, stranger];
function chain(...endorsements: readonly (string | null)[]): string {
  const set = sampleKeySet([newest, current, oldest]);
  return JSON.stringify({
    ...set,
    keys: set.keys.map((jwk, at) => ({ ...jwk, endorsement: endorsements[at] ?? null })),
  });
}
const endorse = (older: NoteSigner, newer: NoteSigner, signers = [older, newer]) =>
  signNote(endorsementText(older, newer), signers);
const CHAIN = chain(endorse(current, newest), endorsement);
async function treeBy(signer: NoteSigner, keysJson: string): Promise<Readonly<Record<string, string>>> {
  const some = leaves.slice(0, OLD_SIZE);
  return { 'keys.json': keysJson, checkpoint: await noteOf(OLD_SIZE, [signer]), 'entries.jsonl': linesOf(some) };
}
const byNewest = (keysJson: string) => treeBy(newest, keysJson);

/** Of a tree in which an entry was another. */
const rewrittenNote = (() => {
  const other = CompactRange.empty();
  for (const text of change(2, '"source":"live"', '"source":"lease"').slice(0, OLD_SIZE))
    other.appendLeaf(leafHash(text));
  return signNote(formatCheckpoint({ origin, size: OLD_SIZE, root: other.root() }), [before]);
})();
async function partOf(start: number, end: number): Promise<Readonly<Record<string, string>>> {
  const proof = await tree.rangeProof({ start, end: end + 1 }, SIZE);
  const hashesOf = { left: proof.left.map(base64), right: proof.right.map(base64) };
  return {
    ...part,
    'range.json': JSON.stringify({ start, end, size: SIZE, rootHash: roots[SIZE], ...hashesOf }),
    'entries.jsonl': linesOf(leaves.slice(start, end + 1)),
  };
}

const without = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => !names.includes(name)));
/** Only the hash of entry `at` is left; `hash` and `seq` as they are told. */
const withGone = (at: number, { hash = hashes[at]!, seq = at } = {}) =>
  entries(leaves.with(at, goneLine({ seq, leafHash: hash })));

const KEY = formatVerifierKey(current);
const one = (
  name: string,
  files: Readonly<Record<string, string>>,
  failing: readonly string[],
  key: string | null = KEY,
  outcome = key === null ? 'unverified' : failing.length === 0 ? 'verified' : 'failed',
) => ({
  name,
  key,
  files,
  outcome,
  /** Names of the checks that fail; no other does. */
  failing,
});

/** `keys.json` that says something else than *Keys* of docs/evidence.md, and signs nothing of it. */
function keySetCases() {
  const [now, old]: readonly [Record<string, unknown>, Record<string, unknown>] = [
    { ...keySet.keys[0] },
    { ...keySet.keys[1] },
  ];
  const cases: readonly (readonly [string, object])[] = [
    ['an end of the key that signs', { ...keySet, keys: [{ ...now, signsUntilAt: now.signsFromAt }, old] }],
    ['no end of the key of before', { ...keySet, keys: [now, { ...old, signsUntilAt: null }] }],
    [
      'another end of the key of before',
      { ...keySet, keys: [now, { ...old, signsUntilAt: '2026-09-30T17:00:00.001Z' }] },
    ],
    ['an instant that is none', { ...keySet, keys: [now, { ...old, signsFromAt: 'yesterday' }] }],
    ['a key from after the next', { ...keySet, keys: [now, { ...old, signsFromAt: '2026-10-01T17:00:00.000Z' }] }],
    ...Object.keys(now).map((name) => [`no ${name}`, { ...keySet, keys: [omit(now, name), old] }] as const),
    ['a field that no key has', { ...keySet, keys: [{ ...now, revoked: true }, old] }],
    ['no origin', { keys: keySet.keys }],
    ['a field of its own', { ...keySet, note: 'x' }],
  ];
  const files = { 'keys.json': JSON.stringify(keySet), checkpoint: good.checkpoint!, 'entries.jsonl': linesOf(leaves) };
  return cases.map(([name, json]) =>
    one(`keys.json with ${name}`, { ...files, 'keys.json': JSON.stringify(json) }, ['keys']),
  );
}

function omit(json: Record<string, unknown>, name: string): object {
  return Object.fromEntries(Object.entries(json).filter(([key]) => key !== name));
}

await write('directories.json', [
  one('good', good, []),
  one('good, by the key of before', good, [], formatVerifierKey(before)),
  one('good, by a key as 32 bytes in base64', good, [], base64(current.publicKey)),
  one('without a key', good, [], null),
  one('a part', part, []),
  one(
    'by the key of a stranger',
    good,
    ['checkpoint', 'previous checkpoint', 'table.csv: signature'],
    formatVerifierKey(stranger),
  ),
  one('first entry changed', entries(change(0, '"source":"live"', '"source":"lease"')), ['consistency', 'tree']),
  one('last entry changed', entries(change(SIZE - 1, '"source":"live"', '"source":"lease"')), ['tree']),
  one('entry dropped', entries(leaves.toSpliced(9, 1)), ['entries']),
  one('entry dropped, the others renumbered', entries(renumber(leaves.toSpliced(9, 1))), ['tree', 'minutes']),
  one('last entry dropped', entries(leaves.slice(0, -1)), ['tree']),
  one('entry doubled', entries(leaves.toSpliced(4, 0, leaves[4]!)), ['entries']),
  one('entries swapped', entries(leaves.with(3, leaves[4]!).with(4, leaves[3]!)), ['entries']),
  one('entries swapped and renumbered', entries(renumber(leaves.with(3, leaves[4]!).with(4, leaves[3]!))), [
    'consistency',
    'tree',
  ]),
  one('a part of the first entry alone', await partOf(0, 0), []),
  one('a part of the last entry alone', await partOf(SIZE - 1, SIZE - 1), []),
  one('a part up to the last entry', await partOf(5, SIZE - 1), []),
  one('previous checkpoint of another past, by the entries', { ...good, 'checkpoint.previous': rewrittenNote }, [
    'consistency',
  ]),
  one(
    'previous checkpoint of another past, by the proof',
    { ...without('entries.jsonl'), 'checkpoint.previous': rewrittenNote },
    ['consistency'],
  ),
  one('line that is not canonical', entries(change(6, '{', '{ ')), ['entries']),
  one('last newline missing', { ...good, 'entries.jsonl': linesOf(leaves).slice(0, -1) }, ['entries']),
  one('part with an entry too few', { ...part, 'entries.jsonl': linesOf(leaves.slice(PART.start, PART.end)) }, [
    'tree',
  ]),
  one(
    'part with a hash changed',
    { ...part, 'range.json': JSON.stringify({ ...range, left: [roots[1], ...range.left.slice(1)] }) },
    ['tree'],
  ),
  one(
    'size of the checkpoint changed',
    { ...good, checkpoint: good.checkpoint!.replace(`\n${SIZE}\n`, `\n${SIZE - 1}\n`) },
    ['checkpoint'],
  ),
  one('checkpoint signed by nobody who is believed', { ...good, checkpoint: await noteOf(SIZE, [stranger]) }, [
    'checkpoint',
  ]),
  one(
    'endorsement missing, key of before given',
    { ...good, 'keys.json': JSON.stringify(sampleKeySet([current, before])) },
    ['table.csv: signature'],
    formatVerifierKey(before),
  ),
  one(
    'consistency proof of something else',
    { ...good, 'consistency.json': JSON.stringify({ from: OLD_SIZE, to: SIZE, proof: consistency[5]!.proof }) },
    ['consistency'],
  ),
  one('only the hash of an entry left', withGone(8), []),
  one('only the hash of another entry left', withGone(8, { hash: hashes[7]! }), ['tree']),
  one('a hash left with another seq', withGone(8, { seq: 9 }), ['entries']),
  one('no entries: consistency by the proof alone', without('entries.jsonl'), []),
  one('no entries in the tree', await resigned([]), []),
  one(
    'no checkpoint: entries that nothing proves',
    without('checkpoint', 'checkpoint.previous'),
    [],
    KEY,
    'unverified',
  ),
  one(
    'by the key of a stranger that merely lies in keys.json',
    { ...good, 'keys.json': JSON.stringify(sampleKeySet([current, stranger])) },
    ['checkpoint', 'previous checkpoint', 'table.csv: signature'],
    formatVerifierKey(stranger),
  ),
  one('three keys, forwards', await byNewest(CHAIN), [], formatVerifierKey(oldest)),
  one('three keys, backwards', await treeBy(oldest, CHAIN), [], formatVerifierKey(newest)),
  one(
    'three keys, nothing links two',
    await byNewest(chain(null, endorsement)),
    ['checkpoint'],
    formatVerifierKey(oldest),
  ),
  one(
    'three keys, one did not sign the link',
    await byNewest(chain(endorse(current, newest, [newest]), endorsement)),
    ['checkpoint'],
    formatVerifierKey(oldest),
  ),
  one(
    'three keys, a link between others',
    await byNewest(chain(endorse(oldest, newest), endorsement)),
    ['checkpoint'],
    formatVerifierKey(oldest),
  ),
  one('report signed by a stranger', { ...good, 'table.csv.jws': signatureOf(report, stranger) }, [
    'table.csv: signature',
  ]),
  one('report changed', { ...good, 'table.csv': report.replace('12', '13') }, ['table.csv: signature']),
  one('a file that nothing proves', { ...good, 'other.csv': report }, [], KEY, 'unverified'),
  one('report that lost its signature', without('table.csv.jws'), [], KEY, 'unverified'),
  one('a hidden file', { ...good, '.table.csv': report }, [], KEY, 'unverified'),
  ...keySetCases(),
  one(
    'signature without its report',
    Object.fromEntries(Object.entries(good).filter(([name]) => name !== 'table.csv')),
    ['table.csv: signature'],
  ),
  one(
    'an end that says more than was played',
    await resigned(
      leaves.with(
        2,
        leaves[2]!.replace(/"usedMs":\{[^}]*\}/, '"usedMs":{"agent":0,"game":0,"person":0,"provider":99999999}'),
      ),
    ),
    ['minutes'],
  ),
]);

async function write(name: string, content: unknown): Promise<void> {
  await writeFile(new URL(name, VECTORS), `${JSON.stringify(content, null, 2)}\n`);
}

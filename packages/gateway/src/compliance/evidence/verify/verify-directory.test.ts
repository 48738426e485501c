import { cp, mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canonicalJson } from '@playgate/policy';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafOf } from '../../compliance-event.ts';
import { formatCheckpoint } from '../checkpoint.ts';
import { CompactRange } from '../compact-range.ts';
import { signDetached } from '../detached-jws.ts';
import { endorsementText } from '../evidence-keys.ts';
import { leafHash } from '../merkle.ts';
import { formatVerifierKey, signNote } from '../signed-note.ts';
import {
  SAMPLE_ORIGIN,
  sampleEvents,
  sampleKeySet,
  sampleLeaves,
  sampleSigner,
  writeSample,
} from '../testing/sample-log.ts';
import { TileTree } from '../tile-tree.ts';
import { appendToTiles, tileName } from '../tiles.ts';
import { FILES } from './evidence-files.ts';
import { keyIdOf, readGivenKeys } from './trusted-keys.ts';
import { verifyDirectory } from './verify-directory.ts';

const ENTRIES = 20_000;
const SMALL = 403;
const signer = sampleSigner(1);
const key = formatVerifierKey(signer);

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'playgate-evidence-'));
});
afterAll(() => rm(home, { recursive: true }));

let made = 0;
async function newDirectory(leaves: Iterable<string>): Promise<string> {
  made += 1;
  const directory = path.join(home, String(made));
  await writeSample({ directory, leaves });
  return directory;
}

const linesOf = (leaves: readonly string[]): string => leaves.map((leaf) => `${leaf}\n`).join('');
const treeOf = (leaves: readonly string[]): CompactRange => {
  const tree = CompactRange.empty();
  for (const leaf of leaves) tree.appendLeaf(leafHash(leaf));
  return tree;
};

async function verify(directory: string, keyText: string | null = key) {
  const keys = keyText === null ? [] : readGivenKeys(keyText);
  const { checks, outcome } = await verifyDirectory({ directory, keys, onProgress: () => undefined });
  return { outcome, states: Object.fromEntries(checks.map(({ name, state }) => [name, state])), checks };
}

describe('evidence as it was exported', () => {
  it('is verified', async () => {
    const directory = await newDirectory(sampleLeaves(SMALL));
    const { checks, outcome } = await verify(directory);
    expect(checks.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'keys ok',
      'checkpoint ok',
      'entries ok',
      'tree ok',
      'minutes ok',
    ]);
    expect(outcome).toBe('verified');
  });

  it('is nobody’s without a key, and never called verified', async () => {
    const directory = await newDirectory(sampleLeaves(SMALL));
    const { outcome, states } = await verify(directory, null);
    expect(outcome).toBe('unverified');
    expect(states).toMatchObject({ keys: 'not_checked', checkpoint: 'not_checked', tree: 'ok' });
  });

  it('fails with another key, even one that lies in keys.json without being vouched for', async () => {
    const directory = await newDirectory(sampleLeaves(SMALL));
    const forger = sampleSigner(9);
    await writeFile(path.join(directory, FILES.keys), JSON.stringify(sampleKeySet([signer, forger])));
    const { outcome, states } = await verify(directory, formatVerifierKey(forger));
    expect(outcome).toBe('failed');
    expect(states.checkpoint).toBe('failed');
  });

  it('takes a key in every form people hand it on in', async () => {
    const directory = await newDirectory(sampleLeaves(SMALL));
    const x = Buffer.from(signer.publicKey);
    const jwk = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') });
    for (const form of [
      key,
      x.toString('base64'),
      x.toString('base64url'),
      jwk,
      JSON.stringify(sampleKeySet([signer])),
    ]) {
      expect((await verify(directory, form)).outcome, form).toBe('verified');
    }
    const ofAnother = formatVerifierKey({ ...signer, keyName: 'elsewhere.test/log' });
    expect((await verify(directory, ofAnother)).states.keys).toBe('failed');
  });

  it('says of each part that is missing that it was not checked', async () => {
    const directory = await newDirectory(sampleLeaves(SMALL));
    await unlink(path.join(directory, FILES.entries));
    expect((await verify(directory)).states).toMatchObject({
      checkpoint: 'ok',
      entries: 'not_checked',
      tree: 'not_checked',
      minutes: 'not_checked',
    });
    const other = await newDirectory(sampleLeaves(SMALL));
    await unlink(path.join(other, FILES.checkpoint));
    expect((await verify(other)).states).toMatchObject({
      checkpoint: 'not_checked',
      entries: 'ok',
      tree: 'not_checked',
    });
  });

  it('of nothing is verified as the empty tree', async () => {
    expect((await verify(await newDirectory([]))).states.tree).toBe('ok');
  });
});

describe('any change of an entry', () => {
  const leaves = sampleLeaves(ENTRIES);
  let directory: string;
  beforeAll(async () => {
    directory = await newDirectory(leaves);
  });

  const places = fc.oneof(fc.constant(0), fc.constant(ENTRIES - 1), fc.nat({ max: ENTRIES - 1 }));
  type Tamper = (at: number, other: number) => readonly string[];
  const renumber = (from: readonly string[]) =>
    from.map((leaf, seq) => canonicalJson({ ...(JSON.parse(leaf) as object), seq }));
  const TAMPERS: Readonly<Record<string, Tamper>> = {
    changed: (at) => leaves.with(at, canonicalJson({ ...(JSON.parse(leaves[at]!) as object), source: 'lease' })),
    dropped: (at) => leaves.toSpliced(at, 1),
    'dropped and renumbered': (at) => renumber(leaves.toSpliced(at, 1)),
    duplicated: (at) => leaves.toSpliced(at, 0, leaves[at]!),
    swapped: (at, other) => leaves.with(at, leaves[other]!).with(other, leaves[at]!),
    'swapped and renumbered': (at, other) => renumber(leaves.with(at, leaves[other]!).with(other, leaves[at]!)),
  };

  it('is not there to begin with', async () => {
    expect((await verify(directory)).outcome).toBe('verified');
  });

  it.each(Object.keys(TAMPERS))('%s: found', async (name) => {
    await fc.assert(
      fc.asyncProperty(places, fc.nat({ max: ENTRIES - 1 }), async (at, drawn) => {
        const other = drawn === at ? (at + 1) % ENTRIES : drawn;
        await writeFile(path.join(directory, FILES.entries), linesOf(TAMPERS[name]!(at, other)));
        const { outcome } = await verify(directory);
        expect(outcome).toBe('failed');
      }),
      {
        numRuns: 4,
        examples: [
          [0, 1],
          [ENTRIES - 1, 0],
        ],
      },
    );
  });

  it('by a byte is found, whichever it is', async () => {
    const bytes = Buffer.from(linesOf(leaves.slice(0, SMALL)));
    const small = await newDirectory(leaves.slice(0, SMALL));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = changed[at]! ^ flip;
        await writeFile(path.join(small, FILES.entries), changed);
        expect((await verify(small)).outcome).toBe('failed');
      }),
    );
    await writeFile(path.join(small, FILES.entries), bytes.subarray(0, -1));
    expect((await verify(small)).outcome).toBe('failed');
  });
});

describe('a checkpoint', () => {
  const leaves = sampleLeaves(SMALL);
  const noteOf = (count: number, from = leaves) =>
    signNote(formatCheckpoint({ origin: SAMPLE_ORIGIN, size: count, root: treeOf(from.slice(0, count)).root() }), [
      signer,
    ]);

  async function proofOf(from: number, to: number): Promise<string> {
    const tiles = appendToTiles(0, leaves.map(leafHash), []);
    const tree = new TileTree(async (wanted) => tiles.filter((tile) => wanted.map(tileName).includes(tileName(tile))));
    const proof = (await tree.consistencyProof(from, to)).map((hash) => Buffer.from(hash).toString('base64'));
    return JSON.stringify({ from, to, proof });
  }

  it('of before is shown to be a part, by the proof alone', async () => {
    const directory = await newDirectory(leaves);
    await unlink(path.join(directory, FILES.entries));
    await writeFile(path.join(directory, FILES.previousCheckpoint), noteOf(100));
    expect((await verify(directory)).states.consistency).toBe('not_checked');
    await writeFile(path.join(directory, FILES.consistency), await proofOf(100, SMALL));
    expect((await verify(directory)).states).toMatchObject({ 'previous checkpoint': 'ok', consistency: 'ok' });
    await writeFile(path.join(directory, FILES.consistency), await proofOf(101, SMALL));
    expect((await verify(directory)).states.consistency).toBe('failed');
  });

  it('of another past is found, by the entries or by the proof', async () => {
    const rewritten = leaves.with(7, leaves[7]!.replace('"source":"live"', '"source":"lease"'));
    const directory = await newDirectory(leaves);
    await writeFile(path.join(directory, FILES.previousCheckpoint), noteOf(100, rewritten));
    expect((await verify(directory)).states.consistency).toBe('failed');
    await unlink(path.join(directory, FILES.entries));
    await writeFile(path.join(directory, FILES.consistency), await proofOf(100, SMALL));
    expect((await verify(directory)).states.consistency).toBe('failed');
  });
});

describe('a part of the entries', () => {
  const leaves = sampleLeaves(SMALL);

  async function writePart(start: number, end: number): Promise<string> {
    const directory = await newDirectory(leaves);
    const tiles = appendToTiles(0, leaves.map(leafHash), []);
    const tree = new TileTree(async (wanted) => tiles.filter((tile) => wanted.map(tileName).includes(tileName(tile))));
    const proof = await tree.rangeProof({ start, end: end + 1 }, SMALL);
    const encode = (hashes: readonly Uint8Array[]) => hashes.map((hash) => Buffer.from(hash).toString('base64'));
    const range = { start, end, size: SMALL, left: encode(proof.left), right: encode(proof.right) };
    await writeFile(path.join(directory, FILES.range), JSON.stringify(range));
    await writeFile(path.join(directory, FILES.entries), linesOf(leaves.slice(start, end + 1)));
    return directory;
  }

  it.each([
    [0, 0],
    [0, 255],
    [1, 401],
    [255, 256],
    [300, 402],
  ])('from %i to %i is shown to be in the tree', async (start, end) => {
    const directory = await writePart(start, end);
    expect((await verify(directory)).states).toMatchObject({ entries: 'ok', tree: 'ok' });
    await writeFile(path.join(directory, FILES.entries), linesOf(leaves.slice(start, end)));
    expect((await verify(directory)).outcome).toBe('failed');
  });
});

describe('keys that follow each other', () => {
  const [first, second, third] = [sampleSigner(1), sampleSigner(2), sampleSigner(3)];
  const endorse = (before: typeof first, after: typeof first, signers = [before, after]) =>
    signNote(endorsementText(before, after), signers);
  const keySet = (...endorsements: readonly (string | null)[]) => {
    const { keys, origin } = sampleKeySet([third, second, first]);
    return JSON.stringify({ origin, keys: keys.map((jwk, index) => ({ ...jwk, endorsement: endorsements[index] })) });
  };
  const whole = keySet(endorse(second, third), endorse(first, second), null);

  async function signedByThird(keys: string): Promise<string> {
    const directory = path.join(home, `keys-${made++}`);
    await writeSample({ directory, leaves: sampleLeaves(8), signers: [third] });
    await writeFile(path.join(directory, FILES.keys), keys);
    return directory;
  }

  it('vouch for each other, forwards and backwards', async () => {
    const directory = await signedByThird(whole);
    expect((await verify(directory, formatVerifierKey(first))).outcome).toBe('verified');
    const old = path.join(home, 'old');
    await cp(directory, old, { recursive: true });
    await writeSample({ directory: old, leaves: sampleLeaves(8), signers: [first] });
    await writeFile(path.join(old, FILES.keys), whole);
    expect((await verify(old, formatVerifierKey(third))).outcome).toBe('verified');
  });

  it.each([
    ['nothing links them', keySet(null, endorse(first, second), null)],
    ['one of them did not sign', keySet(endorse(second, third, [third]), endorse(first, second), null)],
    ['the link is between others', keySet(endorse(first, third), endorse(first, second), null)],
  ])('do not where %s', async (_, keys) => {
    const directory = await signedByThird(keys);
    expect((await verify(directory, formatVerifierKey(first))).states.checkpoint).toBe('failed');
  });
});

describe('an entry of another form', () => {
  const [opened, play, ended, closed] = [...sampleEvents(4)] as unknown as readonly Record<string, object>[];
  const entriesOf = async (...events: readonly object[]) =>
    (await verify(await newDirectory(events.map((event) => canonicalJson(event as never))))).states.entries;
  const inData = (event: Record<string, object> | undefined, change: object) => ({
    ...event,
    data: { ...event!.data, ...change },
  });

  it.each<[string, object]>([
    ['kind', { ...play, kind: 'cheered' }],
    ['source', { ...play, source: 'hearsay' }],
    ['mode', { ...play, mode: 'demo' }],
    ['band', { ...play, band: 'old' }],
    ['hours', { ...play, hours: '8-22' }],
    ['instant', { ...play, at: '2026-10-01 00:00' }],
    ['hour', { ...play, at: '2026-10-01T24:00:00.000Z' }],
    ['date', { ...play, date: '2026-02-30' }],
    ['person', { ...play, person: 'Lan' }],
    ['missing player', { ...play, player: undefined }],
    ['missing data', inData(play, { to: undefined })],
    ['interval', inData(play, { to: '2020-01-01T00:00:00.000Z' })],
    ['fraction of a millisecond', inData(play, { leasedMs: 0.5 })],
    ['account', inData(ended, { usedMs: { game: 1, provider: 1, agent: 0 } })],
  ])('is found: %s', async (_, event) => {
    const text = JSON.parse(JSON.stringify({ ...event, seq: 0 })) as object;
    expect(await entriesOf(text)).toBe('failed');
  });

  it('is not one with a field that came later, nor an unreadable one that names nobody', async () => {
    expect(await entriesOf({ ...opened, mood: 'good' })).toBe('ok');
    const { at, date, entry, source } = opened!;
    const unreadable = { at, date, entry, source, seq: 0, kind: 'unreadable', data: { fieldsHash: 'a' } };
    expect(await entriesOf(unreadable)).toBe('ok');
  });

  it.each(['provider', 'mode', 'person', 'game', 'agent', 'station'])(
    'is one whose session had another %s',
    async (name) => {
      const value = name === 'mode' ? 'test' : name === 'person' ? leafHash('x').toString('base64url') : 'other';
      expect(await entriesOf(opened!, play!, { ...ended, [name]: value }, closed!)).toBe('failed');
    },
  );

  it('may lack the station where only the token of the session told it', async () => {
    const seated = [opened, play].map((event) => ({ ...event, agent: 'agt', station: 'st' }));
    expect(await entriesOf(...seated, { ...ended, source: 'fallback' })).toBe('ok');
    expect(await entriesOf(...seated, { ...ended, source: 'fallback', game: 'other' })).toBe('failed');
  });
});

describe('keys.json that does not agree with itself', () => {
  it.each(['verifierKey', 'kid', 'alg', 'x'])('fails where %s is another', async (name) => {
    const directory = await newDirectory(sampleLeaves(8));
    const { keys, origin } = sampleKeySet([signer]);
    const wrong = { ...keys[0]!, [name]: name === 'verifierKey' ? key.replace(/.$/, 'A') : 'AAAA' };
    await writeFile(path.join(directory, FILES.keys), JSON.stringify({ origin, keys: [wrong] }));
    expect((await verify(directory)).states.keys).toBe('failed');
  });
});

describe('minutes', () => {
  const tamper = async (kind: string, change: (event: Record<string, unknown>) => Record<string, unknown>) => {
    let isDone = false;
    const leaves = [...sampleEvents(SMALL)].map((event) => {
      if (isDone || event.kind !== kind) return leafOf(event);
      isDone = true;
      return canonicalJson(change(structuredClone(event) as never));
    });
    return verify(await newDirectory(leaves));
  };

  it.each([
    ['an end that says more than was played', 'ended', 'usedMs', { game: 9e9, provider: 9e9, agent: 0, person: 0 }],
    ['an end that says less', 'ended', 'usedMs', { game: 1, provider: 1, agent: 0, person: 0 }],
    ['play that was stretched', 'play', 'to', '2026-10-01T12:00:00.000Z'],
  ])('tell %s, though the tree is of one piece', async (_, kind, name, value) => {
    const { states } = await tamper(kind, (event) => ({
      ...event,
      data: { ...(event.data as object), [name]: value },
    }));
    expect(states).toMatchObject({ tree: 'ok', minutes: 'failed' });
  });

  it('may be ahead of the entries while another session runs', async () => {
    const [opened, play, ended, closed] = [...sampleEvents(4)] as [never, never, never, never];
    const other = { ...(opened as object), session: 'ses_other' };
    const usedMs = { game: 60_000, provider: 60_000, agent: 0, person: 0 };
    const at = '2026-09-30T17:01:00.000Z';
    const second = { ...other, at, data: { ...(opened as { data: object }).data, usedMs } };
    const whole = [opened, second, play, ended, closed].map((event, seq) =>
      canonicalJson({ ...(event as object), seq }),
    );
    expect((await verify(await newDirectory(whole))).states.minutes).toBe('ok');
    const tooMuch = { ...second, data: { ...second.data, usedMs: { ...usedMs, game: 60_001 } } };
    const ended2 = { ...(ended as object), session: 'ses_other' };
    const wrong = [opened, tooMuch, play, ended, ended2].map((event, seq) =>
      canonicalJson({ ...(event as object), seq }),
    );
    expect((await verify(await newDirectory(wrong))).states.minutes).toBe('failed');
  });

  /** Play of the other device is `play2`; `ended` tells of both. */
  const silence = (change: object) => {
    const [opened, play, ended, closed] = [...sampleEvents(4)] as [never, never, never, never];
    const other = { ...(opened as object), session: 'ses_other' };
    const span = { from: '2026-09-30T17:05:00.000Z', to: '2026-09-30T17:15:00.000Z', leasedMs: 0 };
    const play2 = { ...(play as object), session: 'ses_other', at: span.to, data: span };
    const { data, ...rest } = ended as { data: { usedMs: object } };
    const usedMs = { ...data.usedMs, game: 15 * 60_000, provider: 15 * 60_000 };
    const silent = {
      ...(rest as object),
      data: { ...data, cause: 'silence', limitAt: null, orderedAt: null, usedMs, ...change },
    };
    const ended2 = { ...(ended as object), session: 'ses_other', at: span.to, data: { ...data, usedMs } };
    const whole = [opened, other, play, silent, play2, ended2, closed];
    return whole.map((event, seq) => canonicalJson({ ...(event as object), seq }));
  };

  it('hold however far the partitions are apart', async () => {
    const [opened, play, ended, closed] = [...sampleEvents(4)] as [never, never, never, never];
    const ahead = {
      ...(opened as object),
      entry: 'p999/1',
      session: 'ses_ahead',
      person: leafHash('another').toString('base64url'),
      at: '2026-10-20T03:00:00.000Z',
      date: '2026-10-20',
    };
    const whole = [opened, play, ahead, ended, closed].map((event, seq) =>
      canonicalJson({ ...(event as object), seq }),
    );
    expect((await verify(await newDirectory(whole))).states.minutes).toBe('ok');
  });

  it('of a silence may count what another device played until it was noticed, those of an order may not', async () => {
    expect((await verify(await newDirectory(silence({})))).states.minutes).toBe('ok');
    const ordered = silence({ cause: 'order', orderedAt: '2026-09-30T17:05:00.000Z' });
    expect((await verify(await newDirectory(ordered))).states.minutes).toBe('failed');
  });
});

describe('a signed file', () => {
  const put = async (directory: string, name: string, content: string, by = signer) => {
    const jws = signDetached(Buffer.from(content), { keyId: keyIdOf(by.publicKey), sign: by.sign });
    await writeFile(path.join(directory, name), content);
    await writeFile(path.join(directory, `${name}.jws`), jws);
  };

  it('is checked against the believed keys', async () => {
    const directory = await newDirectory(sampleLeaves(8));
    await put(directory, 'table.csv', 'a,b\r\n1,2\r\n');
    expect((await verify(directory)).states).toMatchObject({
      'table.csv: signature': 'ok',
      'table.csv: figures': 'not_checked',
    });
    await writeFile(path.join(directory, 'table.csv'), 'a,b\r\n1,3\r\n');
    expect((await verify(directory)).states['table.csv: signature']).toBe('failed');
    await put(directory, 'table.csv', 'a,b\r\n1,2\r\n', sampleSigner(7));
    expect((await verify(directory)).outcome).toBe('failed');
    await unlink(path.join(directory, 'table.csv'));
    expect((await verify(directory)).states['table.csv: signature']).toBe('failed');
  });

  it('reads the entries once for all', async () => {
    const directory = await newDirectory(sampleLeaves(8));
    expect(await readFile(path.join(directory, FILES.entries), 'utf8')).toBe(linesOf(sampleLeaves(8)));
  });
});

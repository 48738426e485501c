import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import vectors from '../../../../../vectors/evidence/merkle.json' with { type: 'json' };
import { CompactRange } from './compact-range.ts';
import { EMPTY_ROOT, leafHash, nodeHash } from './merkle.ts';
import { type LeafRange, subtreesOf } from './subtrees.ts';
import { TileTree } from './tile-tree.ts';
import { appendToTiles, openTiles, TILE_WIDTH, type Tile, tileName } from './tiles.ts';
import { verifyConsistency, verifyInclusion } from './verify-proof.ts';

// The definitions of RFC 6962, section 2.1, word for word and as slow as they are.
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0]!;
  const split = splitOf(leaves.length);
  return nodeHash(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

function path(index: number, leaves: readonly Uint8Array[]): readonly Uint8Array[] {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...path(index, left), treeHash(right)] : [...path(index - split, right), treeHash(left)];
}

function proof(from: number, leaves: readonly Uint8Array[], isKnown = true): readonly Uint8Array[] {
  if (from === leaves.length) return isKnown ? [] : [treeHash(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return from <= split
    ? [...proof(from, left, isKnown), treeHash(right)]
    : [...proof(from - split, right, false), treeHash(left)];
}

const splitOf = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

/** A tree in tiles, grown by these numbers of leaves. */
class Tiles {
  readonly leaves: Uint8Array[] = [];
  readonly tree = new TileTree(async (places) => {
    this.reads.push(places.length);
    return places.flatMap((place) => this.tiles.get(tileName(place)) ?? []);
  });
  readonly tiles = new Map<string, Tile>();
  readonly reads: number[] = [];

  grow(count: number): readonly Tile[] {
    const size = this.leaves.length;
    const added = Array.from({ length: count }, (_, index) => leafHash(`leaf ${size + index}`));
    const open = openTiles(size).map((place) => this.tiles.get(tileName(place))!);
    const changed = appendToTiles(size, added, open);
    for (const tile of changed) this.tiles.set(tileName(tile), tile);
    this.leaves.push(...added);
    return changed;
  }
}

const tilesOf = (...counts: readonly number[]): Tiles => {
  const tiles = new Tiles();
  for (const count of counts) tiles.grow(count);
  return tiles;
};

const hex = (hashes: readonly Uint8Array[]): readonly string[] =>
  hashes.map((hash) => Buffer.from(hash).toString('hex'));
const bytes = (texts: readonly string[]): readonly Uint8Array[] => texts.map((text) => Buffer.from(text, 'hex'));

describe('the published vectors of Certificate Transparency', () => {
  const leaves = bytes(vectors.leaves).map(leafHash);
  const tiles = new Map<string, Tile>();
  for (const tile of appendToTiles(0, leaves, [])) tiles.set(tileName(tile), tile);
  const tree = new TileTree(async (places) => places.flatMap((place) => tiles.get(tileName(place)) ?? []));

  it('gives their roots', async () => {
    expect(EMPTY_ROOT.toString('hex')).toBe(vectors.emptyRoot);
    const range = CompactRange.empty();
    for (const [index, root] of vectors.roots.entries()) {
      range.appendLeaf(leaves[index]!);
      expect(hex([range.root(), await tree.root(index + 1)])).toEqual([root, root]);
    }
  });

  it.each(vectors.inclusion)(
    'gives the path of leaf $index in a tree of $size',
    async ({ index, proof: hashes, size }) => {
      expect(hex(await tree.inclusionProof(index, size))).toEqual(hashes);
      const root = Buffer.from(vectors.roots[size - 1]!, 'hex');
      expect(verifyInclusion({ index, size, leaf: leaves[index]!, root }, bytes(hashes))).toBe(true);
    },
  );

  it.each(vectors.consistency)('gives the proof from $from to $to leaves', async ({ from, proof: hashes, to }) => {
    expect(hex(await tree.consistencyProof(from, to))).toEqual(hashes);
    const [fromRoot, toRoot] = bytes([vectors.roots[from - 1]!, vectors.roots[to - 1]!]);
    expect(verifyConsistency({ from, to, fromRoot: fromRoot!, toRoot: toRoot! }, bytes(hashes))).toBe(true);
  });
});

describe('against the definitions', () => {
  const SIZE_MAX = 1_100;
  const { leaves, tree } = tilesOf(SIZE_MAX);
  const sizes = fc.integer({ min: 1, max: SIZE_MAX });
  const pairs = fc.tuple(sizes, sizes).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

  test('roots', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async (size) => {
        expect(hex([await tree.root(size)])).toEqual(hex([treeHash(leaves.slice(0, size))]));
      }),
    );
  });

  test('inclusion, and nothing else is shown by it', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, at, other) => {
        const index = at % size;
        const hashes = await tree.inclusionProof(index, size);
        const claim = { index, size, leaf: leaves[index]!, root: treeHash(leaves.slice(0, size)) };
        expect(hex(hashes)).toEqual(hex(path(index, leaves.slice(0, size))));
        expect(verifyInclusion(claim, hashes)).toBe(true);
        const elsewhere = other % size;
        if (elsewhere !== index) expect(verifyInclusion({ ...claim, index: elsewhere }, hashes)).toBe(false);
        expect(verifyInclusion({ ...claim, leaf: EMPTY_ROOT }, hashes)).toBe(false);
        expect(verifyInclusion({ ...claim, root: EMPTY_ROOT }, hashes)).toBe(false);
        expect(verifyInclusion(claim, [...hashes, EMPTY_ROOT])).toBe(false);
        expect(verifyInclusion({ ...claim, index: size }, hashes)).toBe(false);
        if (hashes.length > 0) expect(verifyInclusion(claim, hashes.slice(1))).toBe(false);
      }),
    );
  });

  test('consistency, and nothing else is shown by it', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([from, to]) => {
        const hashes = await tree.consistencyProof(from, to);
        const [fromRoot, toRoot] = [treeHash(leaves.slice(0, from)), treeHash(leaves.slice(0, to))];
        expect(hex(hashes)).toEqual(hex(proof(from, leaves.slice(0, to))));
        expect(verifyConsistency({ from, to, fromRoot, toRoot }, hashes)).toBe(true);
        expect(verifyConsistency({ from, to, fromRoot: EMPTY_ROOT, toRoot }, hashes)).toBe(false);
        expect(verifyConsistency({ from, to, fromRoot, toRoot: EMPTY_ROOT }, hashes)).toBe(false);
        expect(verifyConsistency({ from, to, fromRoot, toRoot }, [...hashes, toRoot])).toBe(false);
        expect(verifyConsistency({ from: to + 1, to, fromRoot, toRoot }, hashes)).toBe(false);
        if (hashes.length > 0) expect(verifyConsistency({ from, to, fromRoot, toRoot }, hashes.slice(1))).toBe(false);
      }),
    );
  });

  test('every tree begins with the empty one', () => {
    const toRoot = treeHash(leaves);
    expect(verifyConsistency({ from: 0, to: SIZE_MAX, fromRoot: EMPTY_ROOT, toRoot }, [])).toBe(true);
    expect(verifyConsistency({ from: 0, to: SIZE_MAX, fromRoot: toRoot, toRoot }, [])).toBe(false);
  });

  test('a part with what is left and right of it gives the root', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, fc.nat(), async ([end, size], at) => {
        const range: LeafRange = { start: at % end, end };
        const { left, right } = await tree.rangeProof(range, size);
        const part = CompactRange.of(range.start, left);
        for (const leaf of leaves.slice(range.start, range.end)) part.appendLeaf(leaf);
        for (const [index, { level }] of subtreesOf({ start: end, end: size }).entries())
          part.append(level, right[index]!);
        expect(part.size).toBe(size);
        expect(hex([part.root()])).toEqual(hex([treeHash(leaves.slice(0, size))]));
      }),
    );
  });
});

describe('tiles', () => {
  test('hold the same tree however it grew', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 }), (counts) => {
        const whole = tilesOf(counts.reduce((sum, count) => sum + count));
        expect(tilesOf(...counts).tiles).toEqual(whole.tiles);
      }),
      { numRuns: 30 },
    );
  });

  test('few are touched by an append and read for a proof', async () => {
    const tiles = tilesOf(70_000);
    expect(tiles.grow(500).length).toBeLessThanOrEqual(5);
    const size = tiles.leaves.length;
    for (const index of [0, 255, 256, 65_535, 65_536, size - 1]) await tiles.tree.inclusionProof(index, size);
    for (const from of [1, 300, 65_537, size - 1]) await tiles.tree.consistencyProof(from, size);
    expect(Math.max(...tiles.reads)).toBeLessThanOrEqual(6);
  });

  test('that lost hashes are not gone on with', () => {
    const { tiles } = tilesOf(TILE_WIDTH + 3);
    const open = openTiles(TILE_WIDTH + 3).map((place) => tiles.get(tileName(place))!);
    const cut = open.map((tile) => ({ ...tile, hashes: tile.hashes.subarray(32) }));
    expect(() => appendToTiles(TILE_WIDTH + 3, [EMPTY_ROOT], cut)).toThrow(RangeError);
    expect(() => appendToTiles(TILE_WIDTH + 3, [EMPTY_ROOT], [])).toThrow(RangeError);
  });

  test('are told by sizes beyond 32 bits', () => {
    const size = 2 ** 40 + 2 ** 33 + 1;
    expect(subtreesOf({ start: 0, end: size }).map(({ level }) => level)).toEqual([40, 33, 0]);
    expect(subtreesOf({ start: size - 1, end: size })).toEqual([{ level: 0, index: size - 1 }]);
  });
});

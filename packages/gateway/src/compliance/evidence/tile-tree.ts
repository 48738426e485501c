import { EMPTY_ROOT, foldFromRight } from './merkle.ts';
import { consistencyRanges, inclusionRanges, type LeafRange, type Subtree, subtreesOf } from './subtrees.ts';
import { hashOfSubtree, type TileReader, tileName, tileOfSubtree } from './tiles.ts';

/** What is left and right of a range of leaves: with the leaves between, enough to make the root. */
export interface RangeProof {
  /** Of `subtreesOf` the leaves before it. */
  readonly left: readonly Uint8Array[];
  /** Of `subtreesOf` the leaves behind it. */
  readonly right: readonly Uint8Array[];
}

/** Roots and proofs of the tree of any size up to the one it has. Each answer reads its tiles at once. */
export class TileTree {
  readonly #readTiles: TileReader;

  constructor(readTiles: TileReader) {
    this.#readTiles = readTiles;
  }

  async root(size: number): Promise<Uint8Array> {
    const [root] = await this.#hashesOf([{ start: 0, end: size }]);
    return root!;
  }

  async leafHash(index: number): Promise<Uint8Array> {
    const [hash] = await this.#subtreeHashes([{ level: 0, index }]);
    return hash!;
  }

  /** `index` is below `size`. */
  inclusionProof(index: number, size: number): Promise<readonly Uint8Array[]> {
    return this.#hashesOf(inclusionRanges(index, size));
  }

  /** `from` is at most `to`. */
  consistencyProof(from: number, to: number): Promise<readonly Uint8Array[]> {
    return this.#hashesOf(consistencyRanges(from, to));
  }

  async rangeProof({ end, start }: LeafRange, size: number): Promise<RangeProof> {
    const left = subtreesOf({ start: 0, end: start });
    const right = subtreesOf({ start: end, end: size });
    const hashes = await this.#subtreeHashes([...left, ...right]);
    return { left: hashes.slice(0, left.length), right: hashes.slice(left.length) };
  }

  /** Each range is one that `subtrees.ts` made: it begins where its largest part can. */
  async #hashesOf(ranges: readonly LeafRange[]): Promise<readonly Uint8Array[]> {
    const parts = ranges.map(subtreesOf);
    const hashes = [...(await this.#subtreeHashes(parts.flat()))];
    return parts.map(({ length }) => (length === 0 ? EMPTY_ROOT : foldFromRight(hashes.splice(0, length))));
  }

  async #subtreeHashes(subtrees: readonly Subtree[]): Promise<readonly Uint8Array[]> {
    const places = new Map(subtrees.map(tileOfSubtree).map((place) => [tileName(place), place]));
    if (places.size === 0) return [];
    const tiles = new Map((await this.#readTiles([...places.values()])).map((tile) => [tileName(tile), tile]));
    return subtrees.map((subtree) => {
      const name = tileName(tileOfSubtree(subtree));
      const tile = tiles.get(name);
      if (tile === undefined) throw new RangeError(`tile ${name} of the evidence tree is missing`);
      return hashOfSubtree(subtree, tile);
    });
  }
}

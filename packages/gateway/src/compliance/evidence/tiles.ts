// How the tree is kept: in tiles of 256 hashes (c2sp.org/tlog-tiles). Tile `index` of `level` holds the roots of complete
// subtrees of 256^level leaves, from subtree 256 * index on; what is between two levels is made again when it is needed.
// A hash is written once it is final, so a tile only grows, and the tree of any earlier size is read from the same tiles.
import { foldRow, HASH_BYTES } from './merkle.ts';
import type { Subtree } from './subtrees.ts';

export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

export interface TilePlace {
  readonly level: number;
  readonly index: number;
}

export interface Tile extends TilePlace {
  /** 1-256 hashes, one after the other. */
  readonly hashes: Uint8Array;
}

/** Tiles by place; those that are not there are left out. */
export type TileReader = (places: readonly TilePlace[]) => Promise<readonly Tile[]>;

export const tileName = ({ index, level }: TilePlace): string => `${level}/${index}`;

export function tileOfSubtree(subtree: Subtree): TilePlace {
  const level = Math.floor(subtree.level / TILE_HEIGHT);
  return { level, index: Math.floor(firstHash(subtree) / TILE_WIDTH) };
}

/** Throws a RangeError where the tile does not hold it. */
export function hashOfSubtree(subtree: Subtree, { hashes }: Tile): Uint8Array {
  const offset = firstHash(subtree) % TILE_WIDTH;
  const width = widthInTile(subtree);
  if ((offset + width) * HASH_BYTES > hashes.length) throw new RangeError('the tile is not filled that far');
  return foldRow(Array.from({ length: width }, (_, index) => hashAt(hashes, offset + index)));
}

/** The tiles that appending to a tree of `size` leaves goes on with. */
export function openTiles(size: number): readonly TilePlace[] {
  const places: TilePlace[] = [];
  for (let level = 0, count = size; count > 0; level += 1) {
    const index = Math.floor(count / TILE_WIDTH);
    if (count % TILE_WIDTH !== 0) places.push({ level, index });
    count = index;
  }
  return places;
}

/**
 * Every tile that changes when the leaves with these hashes are appended to a tree of `size` leaves; `open` are its
 * `openTiles`. Throws a RangeError where they are not filled as a tree of that size has them.
 */
export function appendToTiles(size: number, leaves: readonly Uint8Array[], open: readonly Tile[]): readonly Tile[] {
  const changed: Tile[] = [];
  const known = new Map(open.map((tile) => [tileName(tile), tile]));
  let row = leaves;
  let count = size;
  for (let level = 0; row.length > 0; level += 1) {
    const roots: Uint8Array[] = [];
    let rest = row;
    let index = Math.floor(count / TILE_WIDTH);
    for (let filled = count % TILE_WIDTH; rest.length > 0; filled = 0, index += 1) {
      const before = known.get(tileName({ level, index }))?.hashes ?? new Uint8Array();
      if (before.length !== filled * HASH_BYTES) {
        throw new RangeError(`tile ${level}/${index} has ${before.length / HASH_BYTES} hashes instead of ${filled}`);
      }
      const taken = rest.slice(0, TILE_WIDTH - filled);
      rest = rest.slice(taken.length);
      const hashes = new Uint8Array(Buffer.concat([before, ...taken]));
      changed.push({ level, index, hashes });
      if (filled + taken.length === TILE_WIDTH) roots.push(foldRow(rowOf(hashes)));
    }
    row = roots;
    count = Math.floor(count / TILE_WIDTH);
  }
  return changed;
}

/** Number, in its row of tiles, of the first hash that the subtree is made of. */
const firstHash = (subtree: Subtree): number => subtree.index * widthInTile(subtree);

const widthInTile = ({ level }: Subtree): number => 2 ** (level % TILE_HEIGHT);

const hashAt = (hashes: Uint8Array, index: number): Uint8Array =>
  hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);

const rowOf = (hashes: Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: hashes.length / HASH_BYTES }, (_, index) => hashAt(hashes, index));

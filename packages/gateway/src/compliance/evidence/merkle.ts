// Hashes of the evidence tree as RFC 6962, section 2.1 has them: SHA-256, leaves and inner nodes told apart by their first byte.
import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** Root of the tree without leaves: the hash of nothing. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

/** SHA-256(0x00 || leaf); text as UTF-8. */
export function leafHash(leaf: string | Uint8Array): Buffer {
  const length = typeof leaf === 'string' ? Buffer.byteLength(leaf) : leaf.length;
  const input = Buffer.allocUnsafe(1 + length);
  input[0] = LEAF_PREFIX;
  if (typeof leaf === 'string') input.write(leaf, 1, 'utf8');
  else input.set(leaf, 1);
  return hash('sha256', input, 'buffer');
}

const pair = Buffer.alloc(1 + 2 * HASH_BYTES, NODE_PREFIX);

/** SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return hash('sha256', pair, 'buffer');
}

/** The tree over parts that lie side by side, each a complete subtree, larger ones first. At least one. */
export function foldFromRight(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The root above a row of hashes of one level; their number is a power of two. */
export function foldRow(row: readonly Uint8Array[]): Uint8Array {
  let level = row;
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, index) => nodeHash(level[2 * index]!, level[2 * index + 1]!));
  }
  return level[0]!;
}

/** Of two hashes; nobody gains from the time it takes, all of them are public. */
export const isSameHash = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

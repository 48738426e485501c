// What stands in for an entry whose time to be kept is over: its number and the hash of its leaf, which the tree still holds.
import { canonicalJson } from '@playgate/policy';
import { HASH_BYTES } from './merkle.ts';

/** Longer is no such line: the hash has 44 characters, a number 16. */
export const GONE_LINE_LENGTH_MAX = 120;

export interface GoneEntry {
  readonly seq: number;
  readonly leafHash: Uint8Array;
}

/** `{"gone":true,"leafHash":"<base64>","seq":17}`: a line of an export that is no leaf itself. */
export const goneLine = ({ leafHash, seq }: GoneEntry): string =>
  canonicalJson({ gone: true, leafHash: Buffer.from(leafHash).toString('base64'), seq });

/** Null: a line of another kind. */
export function readGoneLine(text: string): GoneEntry | null {
  if (!text.startsWith('{"gone":true,')) return null;
  const { leafHash, seq } = JSON.parse(text) as { readonly leafHash?: unknown; readonly seq?: unknown };
  if (typeof leafHash !== 'string' || typeof seq !== 'number') return null;
  const hash = Buffer.from(leafHash, 'base64');
  const entry = { seq, leafHash: hash };
  return hash.length === HASH_BYTES && goneLine(entry) === text ? entry : null;
}

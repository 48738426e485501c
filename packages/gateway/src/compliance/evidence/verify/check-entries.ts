// Reads every entry once: is it well-formed, is it the next, and do all of them together give the signed root. Memory does not
// grow with their number, but for what the recounts keep.
import { isUtf8 } from 'node:buffer';
import * as z from 'zod';
import type { ComplianceEvent } from '../../compliance-event.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { CompactRange } from '../compact-range.ts';
import { GONE_LINE_LENGTH_MAX, readGoneLine } from '../gone-entry.ts';
import { isSameHash, leafHash } from '../merkle.ts';
import { subtreesOf } from '../subtrees.ts';
import { type Check, failed, messageOf, notChecked, ok } from './check.ts';
import { wrongFieldOfEntry } from './entry-shape.ts';
import { readLines } from './evidence-files.ts';
import { isCanonical } from './is-canonical.ts';
import { SessionIdentities } from './session-identities.ts';

const rangeFile = z.object({
  start: z.int().min(0),
  end: z.int().min(0),
  size: z.int().min(1),
  left: z.array(z.string()).max(60),
  right: z.array(z.string()).max(60),
});
/** Which entries there are when not all, and what stands in for the others. */
export type RangeFile = z.output<typeof rangeFile>;

/** Throws an Error. */
export const parseRange = (text: string): RangeFile => rangeFile.parse(JSON.parse(text));

export interface EntriesResult {
  readonly checks: readonly Check[];
  readonly count: number;
  /** Root of the first `previousSize` entries; null: not all of them are here. */
  readonly rootAtPrevious: Uint8Array | null;
}

export interface EntriesOptions {
  /** Path of `entries.jsonl`. */
  readonly file: string;
  readonly checkpoint: Checkpoint | null;
  readonly range: RangeFile | null;
  /** Of an earlier checkpoint; null: there is none. */
  readonly previousSize: number | null;
  /** Hears of each entry, in order. */
  readonly onEntry: (event: ComplianceEvent) => void;
  /** Hears of each entry of which only the hash is left. */
  readonly onGone: () => void;
  readonly onProgress: (count: number) => void;
}

const ENTRIES = 'entries';
const TREE = 'tree';

export async function checkEntries(options: EntriesOptions): Promise<EntriesResult> {
  const { checkpoint, file, onEntry, onGone, onProgress, previousSize, range } = options;
  const first = range?.start ?? 0;
  let tree: CompactRange;
  let count = 0;
  let gone = 0;
  let rootAtPrevious: Uint8Array | null = null;
  const sessions = new SessionIdentities();
  try {
    tree = CompactRange.of(first, (range?.left ?? []).map(decodeHash));
    for await (const lines of readLines(file)) {
      for (const line of lines) {
        const entry = line.length > GONE_LINE_LENGTH_MAX ? null : readGoneLine(line.toString());
        if (entry === null) {
          onEntry(readEntry(line, first + count, sessions));
          tree.appendLeaf(leafHash(line));
        } else {
          if (entry.seq !== first + count) throw new Error(`its seq is ${entry.seq}`);
          tree.append(0, entry.leafHash);
          gone += 1;
          onGone();
        }
        count += 1;
        if (tree.size === previousSize && first === 0) rootAtPrevious = tree.root();
      }
      onProgress(count);
    }
    if (previousSize === 0) rootAtPrevious = CompactRange.empty().root();
  } catch (error) {
    const where = `entry ${first + count} (line ${count + 1}): ${messageOf(error)}`;
    return {
      checks: [failed(ENTRIES, where), notChecked(TREE, 'the entries cannot be read')],
      count,
      rootAtPrevious: null,
    };
  }
  const deleted = gone === 0 ? '' : `; of ${gone} only the hash is left, their time to be kept is over`;
  const wellFormed = ok(ENTRIES, `${count} well-formed, seq ${first} to ${first + count - 1} without a gap${deleted}`);
  return { checks: [wellFormed, checkTree(tree, checkpoint, range)], count, rootAtPrevious };
}

/** Throws an Error that says what is wrong with the line. */
function readEntry(line: Buffer, seq: number, sessions: SessionIdentities): ComplianceEvent {
  const text = line.toString();
  const event = JSON.parse(text) as ComplianceEvent;
  if (!isCanonical(text, event) || !isUtf8(line)) throw new Error('it is not canonical JSON');
  const wrong = wrongFieldOfEntry(event);
  if (wrong !== null) throw new Error(`it is no event: its ${wrong} is missing or wrong`);
  if (event.seq !== seq)
    throw new Error(`its seq is ${event.seq}${seq === 0 ? ': a part of the log takes its range.json' : ''}`);
  const changed = sessions.wrongFieldOf(event);
  if (changed !== null) throw new Error(`its ${changed} is not that of its session`);
  return event;
}

function checkTree(tree: CompactRange, checkpoint: Checkpoint | null, range: RangeFile | null): Check {
  if (checkpoint === null) return notChecked(TREE, 'there is no good checkpoint to hold the entries to');
  try {
    if (range !== null) {
      if (range.size !== checkpoint.size) return failed(TREE, 'range.json is of a tree of another size');
      if (tree.size !== range.end + 1) return failed(TREE, `entries to seq ${range.end} are expected`);
      const right = subtreesOf({ start: tree.size, end: checkpoint.size });
      if (right.length !== range.right.length) return failed(TREE, 'range.json has another number of hashes');
      for (const [index, { level }] of right.entries()) tree.append(level, decodeHash(range.right[index]!));
    }
    if (tree.size !== checkpoint.size) {
      return failed(TREE, `there are ${tree.size} entries, and ${checkpoint.size} were signed`);
    }
    if (!isSameHash(tree.root(), checkpoint.root)) {
      return failed(TREE, 'the entries do not give the signed root: some were changed, dropped, added or moved');
    }
    return ok(TREE, 'the entries give the signed root');
  } catch (error) {
    return failed(TREE, messageOf(error));
  }
}

function decodeHash(text: string): Buffer {
  const hash = Buffer.from(text, 'base64');
  if (hash.length !== 32) throw new Error('a hash has 32 bytes');
  return hash;
}

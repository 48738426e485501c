// What of the evidence is kept, as the service sees it.
import type { Instant } from '@playgate/policy';
import type { World } from '../../directory/world.ts';
import type { TileReader } from './tiles.ts';

/** A checkpoint that was signed. */
export interface KeptCheckpoint {
  readonly size: number;
  readonly root: Uint8Array;
  /** As it was given out. */
  readonly note: string;
  readonly signedAt: Instant;
}

/** The tree as it stands while nothing is appended. */
export interface HeldTree {
  readonly size: number;
  readonly readTiles: TileReader;
  /** The last that was signed; null: none was. */
  readonly latest: KeptCheckpoint | null;
}

export interface EntryRange {
  /** First seq. */
  readonly start: number;
  /** The seq behind the last. */
  readonly end: number;
  /** Only those of one world; null: all. */
  readonly world: World | null;
}

export interface EvidenceLog {
  size(): Promise<number>;
  readonly readTiles: TileReader;
  /** The last that was signed, of any size. */
  latestCheckpoint(): Promise<KeptCheckpoint | null>;
  /** Keeps what `make` gives, unless that is null. Nobody else signs, and the tree stands still, until it is kept. */
  keepCheckpoint(make: (tree: HeldTree) => Promise<KeptCheckpoint | null>): Promise<KeptCheckpoint | null>;
  /** Leaves in order of seq, exactly as they were kept, some at a time. */
  readEntries(range: EntryRange): AsyncIterable<readonly string[]>;
}

import type { Kysely, Selectable } from 'kysely';
import type { EntryRange, EvidenceLog, HeldTree, KeptCheckpoint } from '../../compliance/evidence/evidence-log.ts';
import { goneLine } from '../../compliance/evidence/gone-entry.ts';
import { hashOfSubtree, type TileReader, tileName, tileOfSubtree } from '../../compliance/evidence/tiles.ts';
import type { Schema } from './schema.ts';
import { tileReader } from './sql-evidence-tiles.ts';

/** Leaves read at once: some 700 KB. */
const LEAVES_PER_READ_MAX = 1_000;

export class SqlEvidenceLog implements EvidenceLog {
  readonly readTiles: TileReader;
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
    this.readTiles = tileReader(db);
  }

  async size(): Promise<number> {
    return (await this.#db.selectFrom('evidence_tree').select('size').executeTakeFirstOrThrow()).size;
  }

  latestCheckpoint(): Promise<KeptCheckpoint | null> {
    return readLatest(this.#db);
  }

  keepCheckpoint(make: (tree: HeldTree) => Promise<KeptCheckpoint | null>): Promise<KeptCheckpoint | null> {
    return this.#db.transaction().execute(async (db) => {
      const { size } = await db.selectFrom('evidence_tree').select('size').forUpdate().executeTakeFirstOrThrow();
      const kept = await make({ size, readTiles: tileReader(db), latest: await readLatest(db) });
      if (kept !== null) await db.insertInto('evidence_checkpoints').values(rowOf(kept)).execute();
      return kept;
    });
  }

  async *readEntries({ end, start, world }: EntryRange): AsyncIterable<readonly string[]> {
    for (let from = start; from < end; from += LEAVES_PER_READ_MAX) {
      const leaves = this.#db
        .selectFrom('events')
        .select(['seq', 'leaf'])
        .where('seq', '>=', from)
        .where('seq', '<', Math.min(from + LEAVES_PER_READ_MAX, end))
        .orderBy('seq');
      const rows = await (world === null
        ? leaves
        : leaves.where('provider_id', '=', world.providerId).where('mode', '=', world.mode)
      ).execute();
      yield world === null
        ? await this.#withGone(rows, from, Math.min(from + LEAVES_PER_READ_MAX, end))
        : leavesOf(rows);
    }
  }

  /** A line for every number: of entries that retention has deleted, the hash that the tree has of them. */
  async #withGone(
    rows: readonly { readonly seq: number; readonly leaf: string }[],
    from: number,
    end: number,
  ): Promise<readonly string[]> {
    if (rows.length === end - from) return leavesOf(rows);
    const leaves = new Map(rows.map(({ leaf, seq }) => [seq, leaf]));
    const gone = Array.from({ length: end - from }, (_, index) => ({ level: 0, index: from + index }));
    const places = new Map(gone.map(tileOfSubtree).map((place) => [tileName(place), place]));
    const tiles = new Map((await this.readTiles([...places.values()])).map((tile) => [tileName(tile), tile]));
    return gone.map((leaf) => {
      const tile = tiles.get(tileName(tileOfSubtree(leaf)));
      if (tile === undefined) throw new RangeError(`the evidence tree has no leaf ${leaf.index}`);
      return leaves.get(leaf.index) ?? goneLine({ seq: leaf.index, leafHash: hashOfSubtree(leaf, tile) });
    });
  }
}

const leavesOf = (rows: readonly { readonly leaf: string }[]): readonly string[] => rows.map(({ leaf }) => leaf);

async function readLatest(db: Kysely<Schema>): Promise<KeptCheckpoint | null> {
  const row = await db
    .selectFrom('evidence_checkpoints')
    .selectAll()
    .orderBy('checkpoint_no', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : checkpointOf(row);
}

const checkpointOf = (row: Selectable<Schema['evidence_checkpoints']>): KeptCheckpoint => ({
  size: row.size,
  root: Buffer.from(row.root, 'base64'),
  note: row.note,
  signedAt: row.signed_at,
});

const rowOf = ({ note, root, signedAt, size }: KeptCheckpoint) => ({
  size,
  root: Buffer.from(root).toString('base64'),
  note,
  signed_at: signedAt,
});

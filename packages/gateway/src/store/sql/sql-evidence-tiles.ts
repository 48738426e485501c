import type { Kysely } from 'kysely';
import type { LoggedEvent } from '../../compliance/compliance-event.ts';
import { leafHash } from '../../compliance/evidence/merkle.ts';
import {
  appendToTiles,
  openTiles,
  type Tile,
  type TilePlace,
  type TileReader,
} from '../../compliance/evidence/tiles.ts';
import type { Schema } from './schema.ts';
import type { SqlFollower } from './sql-follower.ts';

/** Reads tiles in one query, within a transaction or outside. */
export function tileReader(db: Kysely<Schema>): TileReader {
  return async (places) => {
    if (places.length === 0) return [];
    const rows = await db
      .selectFrom('evidence_tiles')
      .selectAll()
      .where((row) => row.or(places.map(({ index, level }) => row.and({ level, tile_index: index }))))
      .execute();
    return rows.map(({ hashes, level, tile_index: index }) => ({ level, index, hashes }));
  };
}

/**
 * Grows the evidence tree with the log, in the transaction that moves its cursor. Throws where the next leaf is not the one
 * that follows: the tree is never made again, for it would not be the one that was signed.
 */
export class SqlEvidenceTree implements SqlFollower {
  readonly name = 'evidence';

  async apply(events: readonly LoggedEvent[], db: Parameters<SqlFollower['apply']>[1]): Promise<void> {
    const [first] = events;
    if (first === undefined) return;
    const { size } = await db.selectFrom('evidence_tree').select('size').forUpdate().executeTakeFirstOrThrow();
    const isNext = events.every(({ seq }, index) => seq === size + index);
    if (!isNext) throw new Error(`the evidence tree has ${size} leaves and cannot go on with event ${first.seq}`);
    const open = await tileReader(db)(openTiles(size));
    const changed = appendToTiles(
      size,
      events.map(({ leaf }) => leafHash(leaf)),
      open,
    );
    await keepTiles(changed, db);
    await db
      .updateTable('evidence_tree')
      .set({ size: size + events.length })
      .execute();
  }
}

async function keepTiles(tiles: readonly Tile[], db: Kysely<Schema>): Promise<void> {
  const row = ({ hashes, index, level }: Tile & TilePlace) => ({ level, tile_index: index, hashes });
  await db
    .insertInto('evidence_tiles')
    .values(tiles.map(row))
    .onConflict((conflict) =>
      conflict.columns(['level', 'tile_index']).doUpdateSet((tile) => ({ hashes: tile.ref('excluded.hashes') })),
    )
    .execute();
}

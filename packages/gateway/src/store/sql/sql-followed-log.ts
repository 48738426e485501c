import { type Kysely, sql, type Transaction } from 'kysely';
import { type LoggedEvent, readLeaf } from '../../compliance/compliance-event.ts';
import type { FollowedLog, FollowerPlace } from '../../compliance/follower-runner.ts';
import type { Schema } from './schema.ts';
import type { SqlFollower } from './sql-follower.ts';

export class SqlFollowedLog implements FollowedLog<Transaction<Schema>> {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async readPlaces(names: readonly string[]): Promise<ReadonlyMap<string, FollowerPlace>> {
    const { rows } = await sql<{ name: string; next_seq: number; head_seq: number }>`
      select wanted.name, coalesce(follower_cursors.next_seq, 0) as next_seq, log_head.next_seq as head_seq
      from jsonb_array_elements_text(${JSON.stringify(names)}::text::jsonb) as wanted (name)
      cross join log_head
      left join follower_cursors on follower_cursors.name = wanted.name`.execute(this.#db);
    return new Map(rows.map(({ head_seq, name, next_seq }) => [name, { nextSeq: next_seq, headSeq: head_seq }]));
  }

  async advance(follower: SqlFollower, countMax: number): Promise<FollowerPlace | null> {
    return this.#db.transaction().execute(async (db) => {
      const place = (await takePlace(db, follower.name)) ?? (await makePlace(db, follower.name));
      if (place === null) return null;
      const events = await readEvents(db, place, countMax);
      // Without events there are only numbers left whose months were dropped.
      const nextSeq = events.at(-1)?.seq === undefined ? place.headSeq : events.at(-1)!.seq + 1;
      if (events.length > 0) await follower.apply(events, db);
      await db.updateTable('follower_cursors').set({ next_seq: nextSeq }).where('name', '=', follower.name).execute();
      return { nextSeq, headSeq: place.headSeq };
    });
  }

  async restart(follower: SqlFollower): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      if (follower.reset === undefined) throw new Error(`${follower.name} cannot be made again`);
      await db
        .insertInto('follower_cursors')
        .values({ name: follower.name, next_seq: 0 })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ next_seq: 0 }))
        .execute();
      await follower.reset(db);
    });
  }
}

/** Null: held by another gateway, or not there yet. */
async function takePlace(db: Transaction<Schema>, name: string): Promise<FollowerPlace | null> {
  const { rows } = await sql<{ next_seq: number; head_seq: number }>`
    with place as (select next_seq from follower_cursors where name = ${name} for update skip locked)
    select place.next_seq, log_head.next_seq as head_seq from place cross join log_head`.execute(db);
  const [row] = rows;
  return row === undefined ? null : { nextSeq: row.next_seq, headSeq: row.head_seq };
}

async function makePlace(db: Transaction<Schema>, name: string): Promise<FollowerPlace | null> {
  const { rows } = await sql`select 1 from follower_cursors where name = ${name}`.execute(db);
  if (rows.length > 0) return null;
  await sql`insert into follower_cursors (name, next_seq) values (${name}, 0) on conflict do nothing`.execute(db);
  return takePlace(db, name);
}

async function readEvents(
  db: Transaction<Schema>,
  { headSeq, nextSeq }: FollowerPlace,
  countMax: number,
): Promise<readonly LoggedEvent[]> {
  const rows = await db
    .selectFrom('events')
    .select(['seq', 'leaf', 'person_id', 'player_id'])
    .where('seq', '>=', nextSeq)
    .where('seq', '<', headSeq)
    .orderBy('seq')
    .limit(countMax)
    .execute();
  return rows.map(({ leaf, person_id, player_id, seq }) => ({
    seq,
    leaf,
    event: readLeaf(leaf),
    personId: person_id,
    playerId: player_id,
  }));
}

import { type Kysely, sql } from 'kysely';
import type { EventLog } from '../../compliance/event-log.ts';
import type { Schema } from './schema.ts';

const ENTRIES_PER_MOVE = 1_000;

/** Moves what was kept before the compliance ledger into it, oldest first, and drops its table. Can be broken off anywhere. */
export async function adoptOldEvents(db: Kysely<Schema>, log: Pick<EventLog, 'append'>): Promise<number> {
  if (!(await hasOldEvents(db))) return 0;
  let moved = 0;
  for (;;) {
    const rows = await db
      .selectFrom('events_before_ledger')
      .select(['partition', 'entry_id', 'fields'])
      .orderBy('partition')
      .orderBy('entry_id')
      .limit(ENTRIES_PER_MOVE)
      .execute();
    const partition = rows[0]?.partition;
    if (partition === undefined) break;
    const some = rows.filter((row) => row.partition === partition);
    await log.append(
      partition,
      some.map(({ entry_id, fields }) => ({ entryId: entry_id, fields })),
    );
    await db
      .deleteFrom('events_before_ledger')
      .where('partition', '=', partition)
      .where(
        'entry_id',
        'in',
        some.map(({ entry_id }) => entry_id),
      )
      .execute();
    moved += some.length;
  }
  await sql`drop table if exists events_before_ledger`.execute(db);
  return moved;
}

async function hasOldEvents(db: Kysely<Schema>): Promise<boolean> {
  const { rows } = await sql<{ found: string | null }>`
    select to_regclass('events_before_ledger')::text as found`.execute(db);
  return rows[0]?.found !== null;
}

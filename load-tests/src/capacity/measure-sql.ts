// What an event takes of PostgreSQL: a month of play through the real pump and its followers, and then the size of every table that
// grew, indexes included, by the number of events.
import { sql } from 'kysely';
import { openDatabase } from '../../../packages/gateway/src/store/sql/open-database.ts';
import { makeCast } from '../month/cast.ts';
import { MonthDelivery } from '../month/delivery.ts';
import { appendGatewayEntries, enrol, openMonth } from '../month/open-month.ts';

const SEED = 147;
const PARTITIONS = 64;

export interface SqlBytes {
  readonly sqlBytesPerEvent: number;
  readonly events: number;
  /** Bytes for each event, by table, those of a month together; what takes less than one is left out. */
  readonly tables: Readonly<Record<string, number>>;
}

/** `databaseUrl`: of an empty PostgreSQL. */
export async function measureSql(databaseUrl: string, eventsWanted: number): Promise<SqlBytes> {
  await using database = await openDatabase({ databaseUrl });
  const { db } = database;
  const sizes = async () => {
    // `regular` and nothing else: a partitioned table has no bytes of its own.
    const { rows } = await sql<{ name: string; bytes: string }>`
      select regexp_replace(relname, '_[0-9]+$', '') as name, sum(pg_total_relation_size(oid)) as bytes
      from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace group by 1`.execute(db);
    return new Map(rows.map(({ bytes, name }) => [name, Number(bytes)]));
  };
  const cast = makeCast({ events: eventsWanted, partitions: PARTITIONS, seed: SEED });
  await enrol(database, cast);
  const before = await sizes();
  const delivery = new MonthDelivery(cast, null);
  const month = await openMonth(database, delivery);
  await appendGatewayEntries(month, cast);
  while ((await delivery.readBacklog()).length > 0) await month.pump.drain();
  await month.followers.run();
  await sql`vacuum`.execute(db);
  const after = await sizes();
  const { rows } = await sql<{ count: string }>`select count(*) as count from events`.execute(db);
  const events = Number(rows[0]!.count);
  const grown = [...after].map(([name, bytes]) => [name, (bytes - (before.get(name) ?? 0)) / events] as const);
  return {
    sqlBytesPerEvent: Math.round(grown.reduce((sum, [, bytes]) => sum + bytes, 0)),
    events,
    tables: Object.fromEntries(
      grown
        .filter(([, bytes]) => bytes >= 1)
        .sort(([, left], [, right]) => right - left)
        .map(([name, bytes]) => [name, Math.round(bytes)]),
    ),
  };
}

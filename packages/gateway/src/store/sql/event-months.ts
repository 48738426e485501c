// The tables of `events` by month, made when the first entry of a month comes.
import { type Kysely, sql } from 'kysely';
import { MONTHLESS } from '../../compliance/entry-time.ts';
import { lockKeyOf } from './lock-key.ts';
import type { Schema } from './schema.ts';

const LOCK = lockKeyOf('event months');

export class EventMonths {
  readonly #db: Kysely<Schema>;
  readonly #known = new Set<number>([MONTHLESS]);

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  findMissing(months: Iterable<number>): readonly number[] {
    return [...new Set(months)].filter((month) => !this.#known.has(month));
  }

  /** The table is made apart and then attached, which keeps nobody from reading or appending meanwhile. */
  async add(months: readonly number[]): Promise<void> {
    for (const month of months) {
      await this.#db.transaction().execute(async (db) => {
        await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(db);
        const { rows } = await sql<{ found: string | null }>`
          select to_regclass(${tableOf(month)})::text as found`.execute(db);
        if (rows[0]?.found !== null) return;
        const table = sql.table(tableOf(month));
        await sql`create table ${table} (like events including defaults including indexes)`.execute(db);
        await sql`alter table events attach partition ${table} for values in (${sql.lit(month)})`.execute(db);
      });
      this.#known.add(month);
    }
  }
}

/** Retention drops it by this name. */
export const tableOf = (month: number): string => `events_${month}`;

import type { CalendarDate } from '@playgate/policy';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Closing, DayClosings, ReportBook } from '../../compliance/reports/close-days.ts';
import type { Schema } from './schema.ts';
import { PROJECTOR } from './sql-projector.ts';

/** Of all live worlds. */
const NO_PROVIDER = '';

export class SqlDayClosings implements DayClosings {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async isClosed(book: ReportBook, date: CalendarDate): Promise<boolean> {
    return (await closedAt(this.#db, book, date)) !== null;
  }

  /** The projector's cursor is held meanwhile: what it takes in later finds the day closed. */
  async close(book: ReportBook, date: CalendarDate): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await sql`
        insert into follower_cursors (name, next_seq) values (${PROJECTOR}, 0) on conflict do nothing`.execute(db);
      const { next_seq } = await db
        .selectFrom('follower_cursors')
        .select('next_seq')
        .where('name', '=', PROJECTOR)
        .forUpdate()
        .executeTakeFirstOrThrow();
      if ((await closedAt(db, book, date)) !== null) return;
      const { mode, providerId, zone } = book;
      const row = { mode, provider_id: providerId ?? NO_PROVIDER, zone, date, next_seq };
      await db
        .insertInto('day_closings')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
  }
}

export interface ClosedDays {
  readonly book: ReportBook;
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  readonly providerIds: readonly string[] | null;
}

/** Null: the last day is not closed. */
export async function readClosing(
  db: Kysely<Schema>,
  { book, from, providerIds, to }: ClosedDays,
): Promise<Closing | null> {
  const entries = await closedAt(db, book, to);
  if (entries === null) return null;
  const late = await db
    .selectFrom('late_entries')
    .select(({ fn }) => [fn.count<number>('seq').distinct().as('count'), fn.max('seq').as('last_seq')])
    .where('mode', '=', book.mode)
    .where('date', '>=', from)
    .where('date', '<=', to)
    .where('seq', '>=', entries)
    .$if(providerIds !== null, (query) =>
      query.where(
        sql<boolean>`provider_id in (select jsonb_array_elements_text(${JSON.stringify(providerIds)}::text::jsonb))`,
      ),
    )
    .executeTakeFirstOrThrow();
  const count = Number(late.count);
  return { revision: 1 + count, entries: count === 0 ? entries : Number(late.last_seq) + 1 };
}

/** So many entries the record held when the day closed, itself or with a later one. */
async function closedAt(
  db: Kysely<Schema> | Transaction<Schema>,
  { mode, providerId, zone }: ReportBook,
  date: CalendarDate,
): Promise<number | null> {
  const row = await db
    .selectFrom('day_closings')
    .select(({ fn }) => fn.min('next_seq').as('next_seq'))
    .where('mode', '=', mode)
    .where('provider_id', '=', providerId ?? NO_PROVIDER)
    .where('zone', '=', zone)
    .where('date', '>=', date)
    .executeTakeFirstOrThrow();
  return row.next_seq === null ? null : Number(row.next_seq);
}

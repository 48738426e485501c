import { type Kysely, sql } from 'kysely';

/** Reports of a province read what was played at its agents, which is little of all; and ends count by the day they came. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, day] of [
    ['session_records', 'opened_date'],
    ['session_records', 'ended_date'],
    ['denials', 'date'],
    ['day_summaries', 'date'],
  ] as const) {
    const name = sql.ref(`${table}_by_province_${day}`);
    await sql`
      create index ${name} on ${sql.table(table)} (province, ${sql.ref(day)}) where province is not null`.execute(db);
  }
  await sql`create index session_records_by_end on session_records (ended_date, provider_id)`.execute(db);
  await sql`create index events_corrected on events (at) where kind = 'corrected'`.execute(db);
  await sql`create index access_log_by_time on access_log (at, call_no)`.execute(db);
}

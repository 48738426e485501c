import { type Kysely, sql } from 'kysely';

/** What regulators read, and why: one row per call, kept before it is answered. `at` is real time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table access_log (
      call_no bigint generated always as identity primary key,
      regulator_id text not null references regulators,
      key_id text not null,
      person_issuer text,
      person_subject text,
      operation_id text not null,
      purpose text not null,
      subject_id text,
      query text not null,
      request_id text not null,
      at bigint not null
    )`.execute(db);
  await sql`create index access_log_by_regulator on access_log (regulator_id, at)`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/**
 * By what a person is recognised beside a national id: what a guardian's provider calls the child, and the subject of an
 * identity source. Both are only in `mark_hash`, and what they are names within (the guardian, the issuer) in `scope_hash`
 * (HMAC-SHA-256 with the pepper); a null scope: another mark says nothing against this one.
 * `merge_no` keeps merges in order where several are asked for at one instant of a sandbox clock.
 * `provisional_from_at` (time of the world): when the account was first let in while a verification waited.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table person_marks (
      provider_id text not null references providers,
      mode text not null check (mode in ('test', 'live')),
      kind text not null check (kind in ('subject', 'guardian_child')),
      mark_hash text not null,
      scope_hash text,
      person_id text not null references persons,
      created_at bigint not null,
      primary key (provider_id, mode, kind, mark_hash)
    )`.execute(db);
  await sql`create index person_marks_by_person on person_marks (person_id)`.execute(db);
  await sql`alter table person_merges add column merge_no bigint generated always as identity`.execute(db);
  await sql`alter table players add column provisional_from_at bigint`.execute(db);
}

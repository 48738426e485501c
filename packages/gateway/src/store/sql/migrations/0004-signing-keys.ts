import { type Kysely, sql } from 'kysely';

/** Key pairs of the tokens that others verify; the private part is encrypted. The newest signs, all verify. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table signing_keys (
      key_id text primary key,
      purpose text not null,
      algorithm text not null,
      public_jwk jsonb not null,
      private_jwk bytea not null,
      created_at bigint not null
    )`.execute(db);
}

// Players whose age band or guardian may have changed. Marked in the transaction of the change, so that no crash loses one;
// whether there is something to tell is found out later, against what was told last.
import { type InsertQueryBuilder, type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** Every account of a person whose world has an endpoint for it; where nobody wants to know, nothing is written. */
export async function markStatusOf(db: Kysely<Schema>, personId: string): Promise<void> {
  await marksOfPerson(personId).execute(db);
}

/** The same, and the row that says why, in one statement. The accounts of the person are those of before it. */
export async function markStatusWith<Table extends keyof Schema>(
  db: Kysely<Schema>,
  personId: string,
  why: InsertQueryBuilder<Schema, Table, unknown>,
): Promise<void> {
  await sql`with why as (${why}) ${marksOfPerson(personId)}`.execute(db);
}

const marksOfPerson = (personId: string) => sql`
  insert into status_marks (player_id)
  select player_id from players
  where person_id = ${personId} and erased_at is null and exists (
    select 1 from webhook_endpoints as endpoint
    where endpoint.provider_id = players.provider_id and endpoint.mode = players.mode
      and endpoint.event_types ? 'statusChanged')
  on conflict (player_id) do update set mark_no = nextval('status_mark_no')`;

export interface SeenBand {
  readonly player_id: string;
  readonly band: string;
}

/** A birthday changes a band without anybody's doing: it shows once a start is recorded with another one than was told. */
export async function markOtherBands(db: Kysely<Schema>, seen: readonly SeenBand[]): Promise<void> {
  if (seen.length === 0) return;
  await sql`
    insert into status_marks (player_id)
    select distinct told.player_id
    from jsonb_to_recordset(${JSON.stringify(seen)}::text::jsonb) as seen (player_id text, band text)
    join told_status as told on told.player_id = seen.player_id and told.age_band is distinct from seen.band
    on conflict (player_id) do nothing`.execute(db);
}

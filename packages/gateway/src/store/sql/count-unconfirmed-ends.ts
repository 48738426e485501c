import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Ends of live worlds, ordered from `from` to before `to`, that no client has confirmed. */
export async function countUnconfirmedEnds(db: Kysely<Schema>, from: Instant, to: Instant): Promise<number> {
  const { count } = await db
    .selectFrom('session_records')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('acknowledged_at', 'is', null)
    .where('mode', '=', 'live')
    .where('ordered_at', '>=', from)
    .where('ordered_at', '<', to)
    .executeTakeFirstOrThrow();
  return Number(count);
}

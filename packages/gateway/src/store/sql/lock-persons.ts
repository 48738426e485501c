// Who may join persons of a world. A join touches every account of two persons, so it excludes all that record a claim; those
// do not hinder each other. Taken before any row is, so that none waits for another in a circle.
import { type Kysely, sql } from 'kysely';
import type { World } from '../../directory/world.ts';
import type { Schema } from './schema.ts';

/** `exclusive`: persons may be joined. */
export type PersonsLock = 'shared' | 'exclusive';

/** A claim turned out to join persons and has to be recorded again, with the exclusive lock. */
export class JoinNeeded extends Error {
  override readonly name = 'JoinNeeded';
}

/** Held until the transaction ends. */
export async function lockPersonsOf(db: Kysely<Schema>, world: World, lock: PersonsLock): Promise<void> {
  const key = sql`hashtextextended(${`${world.providerId}/${world.mode}`}, 0)`;
  const take = lock === 'exclusive' ? sql`pg_advisory_xact_lock(${key})` : sql`pg_advisory_xact_lock_shared(${key})`;
  await sql`select ${take}`.execute(db);
}

import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { Mode } from '../../directory/world.ts';
import { MERGES_PER_RUN_MAX, type PendingMerge, type PendingMerges } from '../../verification/person-merger.ts';
import type { Schema } from './schema.ts';

export class SqlPendingMerges implements PendingMerges {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async list(): Promise<readonly PendingMerge[]> {
    const rows = await this.#db
      .selectFrom('person_merges')
      .innerJoin('persons', 'persons.person_id', 'person_merges.person_id')
      .selectAll('person_merges')
      .select('human_id')
      .where('finished_at', 'is', null)
      .orderBy('merge_no')
      .limit(MERGES_PER_RUN_MAX)
      .execute();
    return rows.map((row) => ({
      mergeId: row.merge_id,
      world: { providerId: row.provider_id, mode: row.mode as Mode },
      playerId: row.player_id,
      personId: row.person_id,
      previousPersonId: row.previous_person_id,
      humanId: row.human_id,
    }));
  }

  async finish(mergeId: string, now: Instant): Promise<void> {
    await this.#db.updateTable('person_merges').set({ finished_at: now }).where('merge_id', '=', mergeId).execute();
  }
}

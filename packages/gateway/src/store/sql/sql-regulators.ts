import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { RegulatorScope, Regulators } from '../../directory/directory.ts';
import { newId } from '../../directory/new-id.ts';
import { insertApiKey } from './api-key-rows.ts';
import type { Schema } from './schema.ts';

export class SqlRegulators implements Regulators {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async create(name: string, scope: RegulatorScope, now: Instant) {
    const regulatorId = newId('regulator');
    return this.#db.transaction().execute(async (db) => {
      await db
        .insertInto('regulators')
        .values({ regulator_id: regulatorId, name, scope: JSON.stringify(scope), created_at: now })
        .execute();
      const issued = await insertApiKey(db, { kind: 'regulator', regulatorId }, now);
      return { regulatorId, ...issued };
    });
  }

  async findScope(regulatorId: string): Promise<RegulatorScope | null> {
    const row = await this.#db
      .selectFrom('regulators')
      .select('scope')
      .where('regulator_id', '=', regulatorId)
      .executeTakeFirst();
    return row === undefined ? null : (row.scope as RegulatorScope);
  }
}

import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { Provider, Providers } from '../../directory/directory.ts';
import { newId } from '../../directory/new-id.ts';
import type { Schema } from './schema.ts';

export class SqlProviders implements Providers {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async create(name: string, now: Instant): Promise<Provider> {
    const providerId = newId('provider');
    await this.#db.insertInto('providers').values({ provider_id: providerId, name, created_at: now }).execute();
    return { providerId, name };
  }

  async find(providerId: string): Promise<Provider | null> {
    const row = await this.#db
      .selectFrom('providers')
      .select(['provider_id', 'name'])
      .where('provider_id', '=', providerId)
      .executeTakeFirst();
    return row === undefined ? null : { providerId: row.provider_id, name: row.name };
  }
}

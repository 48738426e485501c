import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { SandboxClocks } from '../../directory/directory.ts';
import type { Schema } from './schema.ts';

/** Written through to the database, answered from memory. Another gateway's change is seen after `reload`. */
export class SqlSandboxClocks implements SandboxClocks {
  readonly #db: Kysely<Schema>;
  #frozenAt: ReadonlyMap<string, Instant> = new Map();

  private constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  static async load(db: Kysely<Schema>): Promise<SqlSandboxClocks> {
    const clocks = new SqlSandboxClocks(db);
    await clocks.reload();
    return clocks;
  }

  async reload(): Promise<void> {
    const rows = await this.#db.selectFrom('sandbox_clocks').selectAll().execute();
    this.#frozenAt = new Map(rows.map((row) => [row.provider_id, row.frozen_at]));
  }

  frozenAt(providerId: string): Instant | null {
    return this.#frozenAt.get(providerId) ?? null;
  }

  async freeze(providerId: string, now: Instant): Promise<void> {
    await this.#db
      .insertInto('sandbox_clocks')
      .values({ provider_id: providerId, frozen_at: now })
      .onConflict((conflict) => conflict.column('provider_id').doUpdateSet({ frozen_at: now }))
      .execute();
    this.#frozenAt = new Map(this.#frozenAt).set(providerId, now);
  }

  async release(providerId: string): Promise<void> {
    await this.#db.deleteFrom('sandbox_clocks').where('provider_id', '=', providerId).execute();
    const left = new Map(this.#frozenAt);
    left.delete(providerId);
    this.#frozenAt = left;
  }
}

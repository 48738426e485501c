import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS } from './migrations/index.ts';
import type { Schema } from './schema.ts';

/**
 * Brings the schema to the newest number. Runs in one transaction under a lock of the database, so gateways that
 * start together wait for the first. Throws, with nothing changed, when a migration fails or the database is newer.
 */
export async function migrateToLatest(db: Kysely<Schema>): Promise<void> {
  if (await isUpToDate(db)) return;
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName;
  throw new Error(`database migration failed${failed === undefined ? '' : ` at ${failed}`}`, { cause: error });
}

export interface MigrationState {
  readonly name: string;
  readonly isApplied: boolean;
}

/** In order; changes nothing. */
export async function listMigrations(db: Kysely<Schema>): Promise<readonly MigrationState[]> {
  const exists = await sql<{ found: string | null }>`select to_regclass('kysely_migration')::text as found`.execute(db);
  const { rows } =
    exists.rows[0]?.found === null
      ? { rows: [] }
      : await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const applied = new Set(rows.map(({ name }) => name));
  return Object.keys(MIGRATIONS)
    .sort()
    .map((name) => ({ name, isApplied: applied.has(name) }));
}

/** One look at the migrator's own table: its full examination of the catalogue would double the start of a gateway. */
async function isUpToDate(db: Kysely<Schema>): Promise<boolean> {
  const exists = await sql<{ found: string | null }>`select to_regclass('kysely_migration')::text as found`.execute(db);
  if (exists.rows[0]?.found === null) return false;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  const names = Object.keys(MIGRATIONS).sort();
  return rows.length === names.length && rows.every(({ name }, index) => name === names[index]);
}

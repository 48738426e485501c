import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import { writeDatabaseTemplate } from '../../src/store/sql/database-template.ts';
import { type Database, openDatabase } from '../../src/store/sql/open-database.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

const MIGRATIONS_URL = new URL('../../src/store/sql/migrations/', import.meta.url);
const PGLITE_URL = new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url);
const CACHE_URL = new URL('../../node_modules/.cache/playgate/', import.meta.url);

/** An embedded database in memory, migrated and empty. Quick: it starts from a dump kept between runs. */
export async function openTestDatabase(): Promise<Database> {
  return openDatabase({ inMemory: true, templatePath: await templatePath() });
}

/** Path of a dump of an empty database, made when the migrations or PGlite have changed. */
export async function templatePath(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(PGLITE_URL));
  for (const name of (await readdir(MIGRATIONS_URL)).sort()) hash.update(await readFile(new URL(name, MIGRATIONS_URL)));
  const path = new URL(`database-${hash.digest('hex').slice(0, 16)}.tar.gz`, CACHE_URL).pathname;
  if (!existsSync(path)) {
    await mkdir(CACHE_URL, { recursive: true });
    await writeDatabaseTemplate(path);
  }
  return path;
}

/** Runs the same tests on the embedded database and on real PostgreSQL. Tests share one database and bring worlds of their own. */
export function describeOnDatabases(name: string, define: (database: () => Database) => void): void {
  describe(`${name} (embedded)`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await openTestDatabase();
    });
    afterAll(() => database.close());
    define(() => database);
  });

  describe(`${name} (PostgreSQL)`, () => {
    let server: PostgresServer;
    let database: Database;
    beforeAll(async () => {
      server = await startPostgres();
      database = await openDatabase({ databaseUrl: await server.createDatabase() });
    });
    afterAll(async () => {
      await database.close();
      await server.stop();
    });
    define(() => database);
  });
}

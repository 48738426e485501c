import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../src/store/sql/migrations/index.ts';
import { openDatabase } from '../src/store/sql/open-database.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';

describe('migrations on PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('run once when gateways start together, and not again', async () => {
    const databaseUrl = await server.createDatabase();
    const databases = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ databaseUrl })));
    databases.push(await openDatabase({ databaseUrl }));
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
      databases[0]!.db,
    );
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(MIGRATIONS));
    for (const database of databases) await database.close();
  });

  it('refuse a database that is newer than the program', async () => {
    const databaseUrl = await server.createDatabase();
    await using database = await openDatabase({ databaseUrl });
    await sql`insert into kysely_migration (name, timestamp) values ('9999-future', '')`.execute(database.db);
    await expect(openDatabase({ databaseUrl })).rejects.toThrow('database migration failed');
  });

  it('say in time that no database answers', async () => {
    await expect(openDatabase({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none' })).rejects.toThrow(/ECONNREFUSED/);
  });
});

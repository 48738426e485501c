import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { openMemoryDatabase } from './embedded-database.ts';
import { migrateToLatest } from './migrate.ts';

/** Writes a dump of a migrated, empty embedded database to `path`, whole or not at all. Takes seconds; made by the build. */
export async function writeDatabaseTemplate(path: string): Promise<void> {
  const { db, client, close } = await openMemoryDatabase(undefined);
  try {
    await migrateToLatest(db);
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, await client.dump());
    await rename(draft, path);
  } finally {
    await close();
  }
}

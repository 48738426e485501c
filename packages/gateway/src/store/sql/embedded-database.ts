// The embedded database of a single gateway: PGlite on a locked directory, or in memory for tests.
// What was acknowledged survives the death of the process, but not surely a loss of power: PGlite does not reach fsync.
// Where that matters, DATABASE_URL names a real server.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, PGliteDialect } from 'kysely';
import { lockDataDirectory } from './data-directory-lock.ts';
import type { DatabaseWatch } from './database-watch.ts';
import { PgliteClient } from './pglite-client.ts';
import type { Schema } from './schema.ts';

/** Beside the bundle, made by the build; without it a first start initialises a database, which takes seconds. */
const BUNDLED_TEMPLATE_URL = new URL('./pglite-template.tar.gz', import.meta.url);
/** Inside the database's directory, so that it goes where a backup goes. Written once the first start is through. */
const COMPLETE_MARK = 'playgate-complete';

export interface EmbeddedDatabase {
  readonly db: Kysely<Schema>;
  readonly client: PgliteClient;
  close(): Promise<void>;
}

export async function openMemoryDatabase(
  templatePath: string | undefined,
  watch?: DatabaseWatch,
): Promise<EmbeddedDatabase> {
  const client = new PgliteClient({ directory: null, template: await readTemplate(templatePath) });
  await client.waitReady;
  const db = bindKysely(client, watch);
  return { db, client, close: () => client.close() };
}

/** Throws DataDirectoryLockedError while another process has `dataDir`. */
export async function openDirectoryDatabase(
  dataDir: string,
  templatePath: string | undefined,
  watch?: DatabaseWatch,
): Promise<EmbeddedDatabase> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  let client: PgliteClient | null = null;
  const lock = await lockDataDirectory(join(dataDir, 'postgres.lock'), () => void client?.abandon());
  try {
    const directory = join(dataDir, 'postgres');
    const mark = join(directory, COMPLETE_MARK);
    const fresh = !existsSync(mark);
    if (fresh) await setAsideUnfinished(directory);
    client = new PgliteClient({ directory, template: fresh ? await readTemplate(templatePath) : null });
    await client.waitReady;
    if (fresh) await writeFile(mark, '');
    return bindDirectory(client, lock.release, watch);
  } catch (error) {
    await client?.abandon();
    await lock.release();
    throw error;
  }
}

function bindDirectory(
  client: PgliteClient,
  release: () => Promise<void>,
  watch: DatabaseWatch | undefined,
): EmbeddedDatabase {
  return {
    db: bindKysely(client, watch),
    client,
    close: async () => {
      await client.close();
      await release();
    },
  };
}

function bindKysely(client: PgliteClient, watch: DatabaseWatch | undefined): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new PGliteDialect({ pglite: client }), ...(watch && { log: watch.log }) });
}

/** A first start that was cut off leaves half a database; nothing in it was ever acknowledged. Kept, out of caution. */
async function setAsideUnfinished(directory: string): Promise<void> {
  if (existsSync(directory)) await rename(directory, `${directory}.unfinished-${Date.now()}`);
}

async function readTemplate(templatePath: string | undefined): Promise<Uint8Array | null> {
  if (templatePath !== undefined) return readFile(templatePath);
  return existsSync(BUNDLED_TEMPLATE_URL) ? readFile(BUNDLED_TEMPLATE_URL) : null;
}

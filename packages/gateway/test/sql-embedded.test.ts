import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirectoryLockedError } from '../src/store/sql/data-directory-lock.ts';
import { openDatabase } from '../src/store/sql/open-database.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { openTestDatabase, templatePath } from './support/databases.ts';

const HOLDER = new URL('./support/hold-database.ts', import.meta.url).pathname;

describe('embedded database', () => {
  let dataDir: string;
  let template: string;
  const open = () => openDatabase({ dataDir, templatePath: template });
  const lockPath = () => join(dataDir, 'postgres.lock');

  beforeEach(async () => {
    template = await templatePath();
    dataDir = await mkdtemp(join(tmpdir(), 'playgate-embedded-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('keeps what was written and leaves no lock behind', async () => {
    const first = await open();
    const provider = await new SqlProviders(first.db).create('kept', 0);
    await first.close();
    await first.close();
    await expect(new SqlProviders(first.db).find('x')).rejects.toThrow();
    expect(await readdir(lockPath())).toEqual([]);
    await using second = await open();
    expect(await new SqlProviders(second.db).find(provider.providerId)).toEqual(provider);
  });

  it('refuses a second opener in the same process and in another', async () => {
    await using _first = await open();
    await expect(open()).rejects.toThrow(DataDirectoryLockedError);
    const child = hold(dataDir, template);
    const [code] = await once(child, 'exit');
    expect(code).not.toBe(0);
    expect(await child.errors()).toContain(`held by process ${process.pid}`);
  });

  it('is taken over from a process that was killed, with every acknowledged row', async () => {
    const child = hold(dataDir, template);
    const providerId = await child.firstLine();
    await expect(open()).rejects.toThrow(`held by process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await readdir(lockPath())).not.toEqual([]);
    await using database = await open();
    expect(await new SqlProviders(database.db).find(providerId)).toMatchObject({ name: 'held' });
  });

  it('starts anew after a first start that was cut off, and keeps the remains', async () => {
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '1');
    await using database = await open();
    await database.ping();
    const remains = (await readdir(dataDir)).find((name) => name.startsWith('postgres.unfinished-'));
    expect(await readFile(join(dataDir, remains!, 'PG_VERSION'), 'utf8')).toBe('1');
  });

  it('rolls a failed transaction back', async () => {
    await using database = await openTestDatabase();
    const { db } = database;
    const failing = db.transaction().execute(async (transaction) => {
      await new SqlProviders(transaction).create('gone', 0);
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    const broken = db.transaction().execute(async (transaction) => {
      await new SqlProviders(transaction).create('gone', 0);
      await transaction.insertInto('sandbox_clocks').values({ provider_id: 'nobody', frozen_at: 0 }).execute();
    });
    await expect(broken).rejects.toMatchObject({ code: '23503' });
    expect(await db.selectFrom('providers').selectAll().execute()).toEqual([]);
  });
});

interface Holder extends ChildProcess {
  firstLine(): Promise<string>;
  errors(): Promise<string>;
}

function hold(dataDir: string, template: string): Holder {
  const child = spawn(process.execPath, ['--conditions=@playgate/source', HOLDER, dataDir, template]);
  const errors = collect(child.stderr);
  return Object.assign(child, {
    firstLine: async () => String((await once(child.stdout, 'data'))[0]).trim(),
    errors: () => errors,
  });
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

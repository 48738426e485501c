import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirectoryLockedError, LOCK_FOREIGN_STALE_MS } from '../src/store/sql/data-directory-lock.ts';
import { openDatabase } from '../src/store/sql/open-database.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { templatePath } from './support/databases.ts';

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

  async function writeLock(holder: { pid: number; host: string; startTicks: string | null }): Promise<void> {
    await writeFile(lockPath(), JSON.stringify({ id: 'other', ...holder }));
  }

  it('keeps what was written and leaves no lock behind', async () => {
    const first = await open();
    const provider = await new SqlProviders(first.db).create('kept', 0);
    expect((await stat(lockPath())).mode & 0o777).toBe(0o600);
    await first.close();
    expect(await readdir(dataDir)).toEqual(['postgres']);
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
    expect(existsSync(lockPath())).toBe(true);
    await using database = await open();
    expect(await new SqlProviders(database.db).find(providerId)).toMatchObject({ name: 'held' });
  });

  it('is taken over when the holder’s process number now belongs to another process', async () => {
    await writeLock({ pid: process.pid, host: hostname(), startTicks: '1' });
    await using database = await open();
    await database.ping();
  });

  it('judges a holder on another host by its silence', async () => {
    await writeLock({ pid: 1, host: 'another-host', startTicks: null });
    await expect(open()).rejects.toThrow('another-host');
    const silentSince = new Date(Date.now() - LOCK_FOREIGN_STALE_MS - 1_000);
    await utimes(lockPath(), silentSince, silentSince);
    await using database = await open();
    await database.ping();
  });

  it('lets one of several contenders for a dead holder’s lock in', async () => {
    await (await open()).close();
    await writeLock({ pid: process.pid, host: hostname(), startTicks: '1' });
    const results = await Promise.allSettled(Array.from({ length: 5 }, open));
    const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(opened).toHaveLength(1);
    for (const database of opened) await database.close();
  });

  it('starts anew after a first start that was cut off, and keeps the remains', async () => {
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '1');
    await using database = await open();
    await database.ping();
    const remains = (await readdir(dataDir)).find((name) => name.startsWith('postgres.unfinished-'));
    expect(await readFile(join(dataDir, remains!, 'PG_VERSION'), 'utf8')).toBe('1');
  });

  it('fails queries after it was closed instead of letting them wait', async () => {
    const database = await open();
    await database.close();
    await database.close();
    await expect(new SqlProviders(database.db).find('x')).rejects.toThrow();
  });

  it('rolls a failed transaction back', async () => {
    await using database = await open();
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

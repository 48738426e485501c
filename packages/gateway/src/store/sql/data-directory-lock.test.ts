import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  DataDirectoryLockedError,
  LOCK_FOREIGN_STALE_MS,
  LOCK_TOUCH_MS,
  lockDataDirectory,
} from './data-directory-lock.ts';

describe('lockDataDirectory', () => {
  let directory: string;
  const path = () => join(directory, 'lock');
  const lock = () => lockDataDirectory(path(), () => undefined);
  /** As another process would have left it. */
  const writeLock = async (holder: { pid: number; host: string; startTicks: string | null }, held = true) => {
    await mkdir(path(), { recursive: true });
    const file = join(path(), 'other');
    await writeFile(file, JSON.stringify(holder));
    if (held) await writeFile(`${file}.held`, '');
    return file;
  };
  const listLock = () => readdir(path());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'playgate-lock-'));
  });
  afterEach(async () => {
    vi.useRealTimers();
    await rm(directory, { recursive: true, force: true });
  });

  it('names its holder, lets no second in, and leaves nothing behind', async () => {
    const first = await lock();
    const [name] = (await listLock()).sort();
    const file = join(path(), name!);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(lock()).rejects.toThrow(DataDirectoryLockedError);
    await expect(lock()).rejects.toThrow(`held by process ${process.pid} on ${hostname()}`);
    await first.release();
    expect(await listLock()).toEqual([]);
    await (await lock()).release();
  });

  it('is taken over at once from a process that is gone', async () => {
    const gone = { pid: 2 ** 30, host: hostname(), startTicks: null };
    for (const held of [true, false]) {
      await writeLock(gone, held);
      await (await lock()).release();
      expect(await listLock()).toEqual([]);
    }
  });

  it('is taken over when the holder’s number now belongs to another process', async () => {
    await writeLock({ pid: process.pid, host: hostname(), startTicks: '1' });
    await (await lock()).release();
  });

  it('judges a holder on another host by its silence', async () => {
    const file = await writeLock({ pid: 1, host: 'another-host', startTicks: null });
    await expect(lock()).rejects.toThrow('another-host');
    const silentSince = new Date(Date.now() - LOCK_FOREIGN_STALE_MS - 1_000);
    await utimes(file, silentSince, silentSince);
    await (await lock()).release();
  });

  it('lets one of many contenders for a dead holder’s lock in', async () => {
    for (let round = 0; round < 50; round++) {
      await writeLock({ pid: process.pid, host: hostname(), startTicks: '1' });
      const results = await Promise.allSettled(Array.from({ length: 8 }, lock));
      const taken = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(taken).toHaveLength(1);
      await taken[0]!.release();
    }
    expect(await listLock()).toEqual([]);
  });

  it('tells its holder when it was lost, and does not remove another’s', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    let tellLost = () => {};
    const lost = new Promise<void>((resolve) => {
      tellLost = resolve;
    });
    const first = await lockDataDirectory(path(), () => tellLost());
    await rm(path(), { recursive: true });
    await writeLock({ pid: 1, host: 'another-host', startTicks: null });
    await vi.advanceTimersByTimeAsync(LOCK_TOUCH_MS);
    await lost;
    await first.release();
    expect(await listLock()).toEqual(['other', 'other.held']);
  });
});

// Keeps a second process off an embedded database: two on one directory silently lose data.
//
// The lock is a file that names its holder and is touched while the holder lives. It comes into being by link(2),
// whole or not at all. A holder on this host is judged by its process (so a restart after a kill need not wait);
// one on another host, which a shared volume allows, by the age of the file.
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';

export const LOCK_TOUCH_MS = 2_000;
/** A foreign holder that was silent this long is taken for dead; five touches. */
export const LOCK_FOREIGN_STALE_MS = 10_000;
/** Contenders for a dead holder's lock: each round removes one, so a few rounds always end it. */
const ATTEMPTS_MAX = 5;

interface LockHolder {
  /** Tells two locks of one process apart. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** Start of the process in clock ticks since boot, where the system tells; it unmasks a reused pid. */
  readonly startTicks: string | null;
}

export interface DataDirectoryLock {
  release(): Promise<void>;
}

export class DataDirectoryLockedError extends Error {
  override readonly name = 'DataDirectoryLockedError';
  readonly path: string;

  constructor(path: string, holder: LockHolder) {
    super(
      `the data directory is in use: ${path} is held by process ${holder.pid} on ${holder.host}. ` +
        'Stop that process, or give this one its own data directory.',
    );
    this.path = path;
  }
}

/** Takes the lock file at `path` or throws DataDirectoryLockedError. `onLost`: someone took it over; stop writing at once. */
export async function lockDataDirectory(path: string, onLost: () => void): Promise<DataDirectoryLock> {
  const holder: LockHolder = {
    id: randomUUID(),
    pid: process.pid,
    host: hostname(),
    startTicks: await readStartTicks(process.pid),
  };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (await createLockFile(path, holder)) return holdLock(path, holder, onLost);
    const current = await readHolder(path);
    if (current === null) continue;
    if (await isAlive(path, current)) throw new DataDirectoryLockedError(path, current);
    await removeDeadLock(path, current);
  }
  throw new Error(`could not lock ${path}: other processes keep taking it`);
}

function holdLock(path: string, holder: LockHolder, onLost: () => void): DataDirectoryLock {
  const touch = async () => {
    const current = await readHolder(path);
    if (current?.id !== holder.id) {
      clearInterval(timer);
      onLost();
      return;
    }
    const now = new Date();
    await utimes(path, now, now);
  };
  // A touch that fails (disk full, for a moment) is made up by the next; five in a row make the lock stale.
  const timer = setInterval(() => void touch().catch(() => undefined), LOCK_TOUCH_MS).unref();
  return {
    release: async () => {
      clearInterval(timer);
      if ((await readHolder(path))?.id === holder.id) await unlink(path);
    },
  };
}

async function createLockFile(path: string, holder: LockHolder): Promise<boolean> {
  const draft = `${path}.${holder.id}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

/** Moves the file away first and looks again: a contender may have replaced the dead lock by its own meanwhile. */
async function removeDeadLock(path: string, dead: LockHolder): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved?.id !== dead.id) await link(aside, path).catch(() => undefined);
  await unlink(aside);
}

async function isAlive(path: string, holder: LockHolder): Promise<boolean> {
  if (holder.host !== hostname()) {
    const age = await stat(path).then(
      (file) => Date.now() - file.mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    return age < LOCK_FOREIGN_STALE_MS;
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if (hasCode(error, 'ESRCH')) return false;
  }
  const startTicks = await readStartTicks(holder.pid);
  return startTicks === null || holder.startTicks === null || startTicks === holder.startTicks;
}

async function readHolder(path: string): Promise<LockHolder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockHolder;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Field 22 of proc_pid_stat(5); null where there is no /proc. The command name before it may hold spaces. */
async function readStartTicks(pid: number): Promise<string | null> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

// Keeps a second process off an embedded database: two on one directory silently lose data.
//
// The lock is a directory in which every contender first writes a file of its own (`<id>`) and then looks for others.
// Of two that come together at least one sees the other, so at most one finds itself alone; it adds `<id>.held`.
// File names are never used twice, so removing the files of a dead process cannot hit another's.
// A holder on this host is judged by its process (so a restart after a kill need not wait); one on another host,
// which a shared volume allows, by the age of its file.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const LOCK_TOUCH_MS = 2_000;
/** A foreign holder that was silent this long is taken for dead; five touches. */
export const LOCK_FOREIGN_STALE_MS = 10_000;
/** Contenders settle within milliseconds; after this long one of them hangs. */
const LOOKS_MAX = 200;
const LOOK_AGAIN_MS = 10;

interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Start of the process in clock ticks since boot, where the system tells; it unmasks a reused pid. */
  readonly startTicks: string | null;
}

/** One live contender other than oneself. */
interface Rival {
  readonly id: string;
  readonly holds: boolean;
  readonly holder: LockHolder;
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

/** Takes the lock at `path` or throws DataDirectoryLockedError. `onLost`: someone took it over; stop writing at once. */
export async function lockDataDirectory(path: string, onLost: () => void): Promise<DataDirectoryLock> {
  const id = randomUUID();
  const file = join(path, id);
  await mkdir(path, { recursive: true, mode: 0o700 });
  await writeHolder(file);
  try {
    for (let look = 0; look < LOOKS_MAX; look++) {
      const rivals = await findRivals(path, id);
      if (rivals.length === 0) {
        await writeFile(heldMark(file), '');
        return keepLock(file, onLost);
      }
      // The smallest id waits for the others to give up, or for one that was alone a moment ago to hold.
      const stronger = rivals.find((rival) => rival.holds || rival.id < id);
      if (stronger !== undefined) throw new DataDirectoryLockedError(path, stronger.holder);
      await sleep(LOOK_AGAIN_MS);
    }
    throw new Error(`could not lock ${path}: another contender neither takes the lock nor gives it up`);
  } catch (error) {
    await removeContender(file);
    throw error;
  }
}

function keepLock(file: string, onLost: () => void): DataDirectoryLock {
  const touch = async () => {
    try {
      const now = new Date();
      await utimes(file, now, now);
    } catch (error) {
      // Other failures (a full disk, for a moment) are made up by the next touch.
      if (!hasCode(error, 'ENOENT')) return;
      clearInterval(timer);
      onLost();
    }
  };
  const timer = setInterval(() => void touch(), LOCK_TOUCH_MS).unref();
  return {
    release: async () => {
      clearInterval(timer);
      await removeContender(file);
    },
  };
}

/** Live contenders; files of dead ones are removed on the way. */
async function findRivals(path: string, ownId: string): Promise<readonly Rival[]> {
  const rivals: Rival[] = [];
  const names = await readdir(path);
  for (const id of names) {
    if (id === ownId || id.includes('.')) continue;
    const file = join(path, id);
    const holder = await readHolder(file);
    if (holder === null) continue;
    if (await isAlive(file, holder)) rivals.push({ id, holds: names.includes(heldMark(id)), holder });
    else await removeContender(file);
  }
  return rivals;
}

function heldMark(name: string): string {
  return `${name}.held`;
}

async function removeContender(file: string): Promise<void> {
  await rm(heldMark(file), { force: true });
  await rm(file, { force: true });
}

/** In place of a start time: the process has ended. */
const ENDED = 'ended';

async function isAlive(file: string, holder: LockHolder): Promise<boolean> {
  if (holder.host !== hostname()) {
    const ageMs = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    return ageMs < LOCK_FOREIGN_STALE_MS;
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

/** Whole or not at all: nobody reads half a holder. */
async function writeHolder(file: string): Promise<void> {
  const draft = `${file}.draft`;
  const holder: LockHolder = {
    pid: process.pid,
    host: hostname(),
    startTicks: await readStartTicks(process.pid),
  };
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  await rename(draft, file);
}

async function readHolder(file: string): Promise<LockHolder | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockHolder;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/**
 * Fields 3 and 22 of proc_pid_stat(5); null where there is no /proc. The command name before them may hold spaces. A process
 * that was killed but not yet waited for by its parent has ended: it holds nothing.
 */
async function readStartTicks(pid: number): Promise<string | null> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? ENDED : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

// What the memory store keeps, on disk: written whole or not at all, so that a kill costs the changes since the last
// write and never the file.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { MemorySessionStore, MemorySnapshot } from './memory-session-store.ts';

/** Grows when the layout changes; a file of another version is not read. */
const VERSION = 2;

export class SnapshotFile {
  private readonly file: string;
  private readonly store: MemorySessionStore;
  /** `store.changes` at the last write. */
  private written: number;
  private writing: Promise<void> = Promise.resolve();

  private constructor(file: string, store: MemorySessionStore) {
    this.file = file;
    this.store = store;
    this.written = store.changes;
  }

  /** Fills the store from the file, if there is one. Throws an Error that names a file it cannot use. */
  static async restore(file: string, store: MemorySessionStore): Promise<SnapshotFile> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text !== null) store.restore(parseSnapshot(text, file));
    return new SnapshotFile(file, store);
  }

  /** Writes what is new since the last write; one write at a time. */
  save(): Promise<void> {
    this.writing = this.writing.catch(() => undefined).then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const { changes } = this.store;
    if (changes === this.written) return;
    const text = JSON.stringify({ version: VERSION, ...this.store.snapshot() });
    await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
    const draft = `${this.file}.${randomUUID()}`;
    try {
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, this.file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    this.written = changes;
  }
}

function parseSnapshot(text: string, file: string): MemorySnapshot {
  const advice = 'Move the file away to start with empty books of the day.';
  let value: MemorySnapshot & { readonly version?: unknown };
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not a snapshot of the memory store: not JSON. ${advice}`, { cause });
  }
  if (value.version !== VERSION) {
    throw new Error(`${file} is a snapshot of version ${String(value.version)}, not ${VERSION}. ${advice}`);
  }
  return value;
}

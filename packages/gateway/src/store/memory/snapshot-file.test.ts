import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { beat, DAY_STARTS_AT, HOUR_MS, newPerson, openRequest } from '../../../test/support/ledger-fixtures.ts';
import { MemorySessionStore } from './memory-session-store.ts';
import { SnapshotFile } from './snapshot-file.ts';

const STARTED_AT = DAY_STARTS_AT + 10 * HOUR_MS;
const clock = { now: () => STARTED_AT };
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'playgate-snapshot-'));
  file = path.join(folder, 'deeper', 'ledger.json');
});
afterEach(() => rm(folder, { recursive: true }));

it('brings back sessions, days and entries', async () => {
  const store = new MemorySessionStore(clock);
  const snapshot = await SnapshotFile.restore(file, store);
  const person = newPerson();
  const request = openRequest(store, person);
  await store.open(request);
  const { sessionId } = request.identity;
  await store.recordBeats([beat(sessionId, 1, STARTED_AT + 30_000)]);
  await snapshot.save();

  const again = new MemorySessionStore(clock);
  await SnapshotFile.restore(file, again);
  expect(again.snapshot()).toEqual(store.snapshot());
  const next = [beat(sessionId, 2, STARTED_AT + 60_000)];
  expect(await again.recordBeats(next)).toEqual(await store.recordBeats(next));
});

it('takes a session of before there were paces for one of the plain pace', async () => {
  const store = new MemorySessionStore(clock);
  const snapshot = await SnapshotFile.restore(file, store);
  const request = openRequest(store, newPerson());
  await store.open(request);
  await snapshot.save();
  const text = await readFile(file, 'utf8');
  const old = text.replace(/"(pace|leaseEndsAt)":\d+,/g, '');
  expect(old.length).toBeLessThan(text.length);
  await writeFile(file, old);
  const again = new MemorySessionStore(clock);
  await SnapshotFile.restore(file, again);
  expect(again.snapshot()).toEqual(store.snapshot());
});

it('writes only what is new, and leaves no drafts', async () => {
  const store = new MemorySessionStore(clock);
  const snapshot = await SnapshotFile.restore(file, store);
  await snapshot.save();
  await expect(readdir(path.dirname(file))).rejects.toThrow('ENOENT');
  await store.open(openRequest(store, newPerson()));
  await Promise.all([snapshot.save(), snapshot.save(), snapshot.save()]);
  expect(await readdir(path.dirname(file))).toEqual(['ledger.json']);
});

it('refuses a file it cannot use, by name', async () => {
  const bad = path.join(folder, 'ledger.json');
  for (const text of ['{', '{"version":1}', '{"version":3}']) {
    await writeFile(bad, text);
    await expect(SnapshotFile.restore(bad, new MemorySessionStore(clock))).rejects.toThrow(bad);
  }
});

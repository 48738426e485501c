// `playgate reconcile` on the stores of a gateway that was stopped.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandError } from '../src/cli/open-stores.ts';
import { reconcileCommand } from '../src/cli/reconcile-commands.ts';
import { systemClock } from '../src/clock.ts';
import { readConfig } from '../src/config.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { openDatabase } from '../src/store/sql/open-database.ts';
import { templatePath } from './support/databases.ts';
import { entryOf, openTestRecord } from './support/event-log.ts';

const TEN = Date.UTC(2026, 9, 14, 3);
const DATE = '2026-10-14';
let dataDir: string;
const lines: string[] = [];

const ports = () => ({
  readConfig: () => readConfig({ PLAYGATE_DATA_DIR: dataDir, PLAYGATE_STORE: 'memory' }),
  now: () => Date.UTC(2026, 10, 1),
  print: (line: string) => void lines.push(line),
  note: (line: string) => void lines.push(line),
});
const options = { date: DATE, rebuild: false, json: false };
const openFile = async () => openDatabase({ dataDir, templatePath: await templatePath() });

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'playgate-reconcile-'));
  await using database = await openFile();
  const { followers, log } = openTestRecord(database, new MemorySessionStore(systemClock));
  const played = { date: DATE, from: String(TEN), to: String(TEN + 60_000), leased: '0', session: 'ses_a' };
  await log.append('p001', [entryOf('play', played)]);
  await followers.run();
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

test('says that all is well, and what it could no longer compare', async () => {
  expect(await reconcileCommand(ports(), options)).toBe(0);
  expect(lines.at(-1)).toBe('2026-10-14: 1 person, 1 game account, 1 minute, 0 differences; live books not compared');
  expect(lines.join('\n')).toContain('no longer hold the day of 1 person:');
});

test('shows how far it is, over the events that it makes anew and over the persons', async () => {
  const steps: string[] = [];
  const startProgress = (what: string, total: number) => {
    steps.push(`${what} of ${total}`);
    return {
      update: (done: number, all?: number) => void steps.push(`${done}/${all}`),
      stop: () => void steps.push('stop'),
    };
  };
  await reconcileCommand({ ...ports(), startProgress }, { ...options, rebuild: true });
  expect(steps).toEqual(['events of 1', '1/1', 'stop', 'persons of 1', '1/1', 'stop']);
});

test('names a difference, ends with 1, and a rebuild mends the summary', async () => {
  {
    await using database = await openFile();
    await database.db.updateTable('day_summaries').set({ intervals: '[[1,2]]', play_ms: 1 }).execute();
  }
  expect(await reconcileCommand(ports(), { ...options, json: true })).toBe(1);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({
    differences: [{ game: 'gam_a', live: null, log: { ms: 60_000 }, summary: { ms: 1 } }],
  });
  expect(await reconcileCommand(ports(), { ...options, rebuild: true })).toBe(0);
});

test('says what to do while a gateway holds the database', async () => {
  await using _held = await openFile();
  await expect(reconcileCommand(ports(), options)).rejects.toThrow(CommandError);
});

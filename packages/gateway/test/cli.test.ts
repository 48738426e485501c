// The commands as an operator calls them, on an embedded database of their own.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProgram } from '../src/cli/program.ts';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/store/sql/open-database.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { SIGNING_OVERLAP_MS } from '../src/tokens/signing-key.ts';
import { templatePath } from './support/databases.ts';

const NOW = Date.UTC(2026, 9, 14, 3);
const DAY_MS = 86_400_000;

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'playgate-cli-'));
  await (await openDatabase({ dataDir, templatePath: await templatePath() })).close();
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function run(command: string, now = NOW) {
  const printed: string[] = [];
  const noted: string[] = [];
  let served = 0;
  const program = createProgram({
    serve: async () => {
      served++;
    },
    readConfig: () => readConfig({ PLAYGATE_DATA_DIR: dataDir }),
    now: () => now,
    print: (line) => printed.push(line),
    note: (line) => noted.push(line),
  });
  await program.parseAsync(['node', 'playgate', ...command.split(' ').filter(Boolean)]);
  return { printed, noted, served };
}

const secretsFile = async () => JSON.parse(await readFile(path.join(dataDir, 'secrets.json'), 'utf8'));

it('serves when no command is given', async () => {
  expect((await run('')).served).toBe(1);
  expect((await run('serve')).served).toBe(1);
});

it('says that the gateway must be stopped while it has the embedded database', async () => {
  await using _held = await openDatabase({ dataDir });
  for (const command of ['keys rotate-signing', 'secrets reseal', 'players export ply_1']) {
    await expect(run(command)).rejects.toThrow('Stop the gateway');
  }
});

it('rotates the signing key', async () => {
  expect((await run('keys rotate-signing')).printed[0]).toMatch(/signs from 2026-10-14T03:00:00/);
  expect((await run('keys rotate-signing', NOW + 1)).printed[0]).toContain(
    `signs from ${new Date(NOW + 1 + SIGNING_OVERLAP_MS).toISOString()}`,
  );
  await expect(run('keys rotate-signing', NOW + 2)).rejects.toThrow('A rotation is under way');
});

it('adds a master key, reseals, and drops the old key once no token of it is good any more', async () => {
  const [old] = (await secretsFile()).masterKeys;
  expect((await run('secrets rotate')).printed[0]).toContain('in use from 2026-10-14T03:10:00.000Z');
  await expect(run('secrets rotate')).rejects.toThrow('not in use yet');
  const later = NOW + DAY_MS;
  const [{ id }] = (await secretsFile()).masterKeys;
  const resealed = await run('secrets reseal', later);
  expect(resealed.printed).toEqual([`2 sealed anew under master key ${id}`]);
  expect(resealed.noted).toEqual(['signing_keys.private_jwk 2/2']);
  await expect(run('secrets reseal --drop-old', later)).rejects.toThrow('are good until');
  const dropped = await run('secrets reseal --drop-old', later + 31 * DAY_MS);
  expect(dropped.printed).toEqual([`0 sealed anew under master key ${id}`, `dropped master key ${old.id}`]);
  expect((await secretsFile()).masterKeys.map((key: { id: string }) => key.id)).toEqual([id]);
});

it('refuses to export whom it does not know, and a world that is none', async () => {
  const database = await openDatabase({ dataDir });
  await new SqlProviders(database.db).create('Studio', NOW);
  await database.close();
  await expect(run('players export ply_unknown')).rejects.toThrow('There is no such player');
  await expect(run('players export ply_1 --world somewhere')).rejects.toThrow('--world');
});

// The commands as an operator calls them, on an embedded database of their own.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Command, CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countOf } from '../src/cli/count-of.ts';
import { commandsOf, examplesOf } from '../src/cli/examples.ts';
import { createProgram, exitCodeOf } from '../src/cli/program.ts';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/store/sql/open-database.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { SqlSignInSessions } from '../src/store/sql/sql-sign-in-sessions.ts';
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
  for (const command of [
    'keys rotate-signing',
    'keys withdraw-signing x',
    'sign-ins list',
    'secrets reseal',
    'players export ply_1',
  ]) {
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

it('lists who is signed in, and ends it', async () => {
  await using database = await openDatabase({ dataDir });
  const sessions = new SqlSignInSessions(database.db);
  const issuer = 'https://id.example';
  for (const [index, subject] of ['anna', 'anna', 'binh'].entries()) {
    const grant = { role: 'operator' } as const;
    await sessions.add({ sessionId: `s${index}`, state: `t${index}`, issuer, subject, grant }, NOW);
  }
  await database.close();
  const { printed } = await run('sign-ins list');
  const columns = printed.map((line) => line.split('\t'));
  expect(columns.map(([, , role, usedAt, subject, by]) => [role, usedAt, subject, by]).sort()).toEqual([
    ['operator', '2026-10-14T03:00:00.000Z', 'anna', issuer],
    ['operator', '2026-10-14T03:00:00.000Z', 'anna', issuer],
    ['operator', '2026-10-14T03:00:00.000Z', 'binh', issuer],
  ]);
  const [signInId, mark] = columns.find(([, , , , subject]) => subject === 'binh')!;
  expect((await run(`sign-ins mark ${issuer} binh`)).printed).toEqual([mark]);
  expect((await run(`sign-ins mark ${issuer} anna`)).printed).not.toEqual([mark]);
  expect((await run(`sign-ins end ${signInId}`)).printed).toEqual(['1 ended, refused by every gateway from now on']);
  for (const none of ['', ` ${signInId} --all`, ' --subject anna --all']) {
    await expect(run(`sign-ins end${none}`)).rejects.toThrow('Name one sign-in');
  }
  expect((await run('sign-ins end --subject anna')).printed[0]).toMatch(/^2 ended/);
  await expect(run('sign-ins end --subject anna')).rejects.toThrow('Nobody like that');
});

it('refuses to export whom it does not know, and a world that is none', async () => {
  const database = await openDatabase({ dataDir });
  await new SqlProviders(database.db).create('Studio', NOW);
  await database.close();
  await expect(run('players export ply_unknown')).rejects.toThrow('There is no such player');
  await expect(run('players export ply_1 --world somewhere')).rejects.toThrow('--world');
});

it('withdraws a signing key, and never leaves the gateway without one', async () => {
  const [, kid] = /^signing key (\S+) signs/.exec((await run('keys rotate-signing', NOW + DAY_MS)).printed[0]!)!;
  const withdrawn = await run(`keys withdraw-signing ${kid}`, NOW + 2 * DAY_MS);
  expect(withdrawn.printed[0]).toMatch(new RegExp(`^signing key ${kid} is withdrawn; \\S+ signs$`));
  expect(withdrawn.noted[0]).toContain('within 5 s');
  for (const id of [kid, '-starts-with-a-dash']) {
    await expect(run(`keys withdraw-signing ${id}`)).rejects.toThrow('There is no such signing key');
  }
});

describe('the command line itself', () => {
  const silent = () => {};
  const program = () =>
    createProgram({
      serve: async () => {},
      readConfig: () => readConfig({}),
      now: () => NOW,
      print: silent,
      note: silent,
    });

  it('describes every command and shows it in use', () => {
    for (const [path, command] of commandsOf(program())) {
      expect(command.description(), path).not.toBe('');
      const examples = examplesOf(path) ?? [];
      expect(examples.length, path).toBeGreaterThan(0);
      // `agents stations list` is what `agents stations` does.
      const called = path.replace(/ list$/, '');
      expect(examples.join('\n'), path).toMatch(new RegExp(`playgate ${called}|playgate$`, 'm'));
    }
  });

  const helpOf = (command: Command): string => {
    const pieces: string[] = [];
    command.configureOutput({ writeOut: (piece) => void pieces.push(piece) }).outputHelp();
    return pieces.join('');
  };

  it('shows examples once in each help', () => {
    for (const [path, command] of commandsOf(program())) {
      const [heading, ...others] = helpOf(command).match(/^Examples?:/gm) ?? [];
      expect([heading, others], path).toEqual(['Examples:', []]);
    }
  });

  it('marks in each help what is needed, and nothing else', () => {
    const marked: string[] = [];
    for (const [path, command] of commandsOf(program())) {
      // A description may go over several lines.
      const lines = helpOf(command)
        .replaceAll(/\n {8,}(?=\S)/g, ' ')
        .split('\n');
      for (const option of command.options) {
        const line = lines.find((each) => each.trimStart().startsWith(`${option.flags} `));
        expect(line?.includes('(needed'), `${path} ${option.flags}: ${line}`).toBe(option.mandatory);
        if (option.mandatory) marked.push(`${path} ${option.long}`);
      }
    }
    expect(marked).toEqual(
      expect.arrayContaining(['agents create --name', 'report daily --key', 'station open --station-token']),
    );
  });

  it('counts one seat and several', () => {
    expect([0, 1, 2].map((count) => countOf(count, 'seat'))).toEqual(['0 seats', '1 seat', '2 seats']);
    expect([1, 2].map((count) => countOf(count, 'entry', 'entries'))).toEqual(['1 entry', '2 entries']);
  });

  it.each([
    ['retention', 'aply'],
    ['nothing'],
    ['keys', 'rotate-signing', '--loud'],
    ['regulators', 'create'],
    ['report', 'periodic', '--key', 'k', '--form', 'vn-half-year', '--period', 'soon'],
    ['report', 'daily', '--key', 'k', '--from', '2026-02-30', '--to', '2026-03-01'],
  ])('does not understand %j %j', async (...args: string[]) => {
    const quiet = program();
    for (const [, command] of commandsOf(quiet)) command.configureOutput({ writeErr: silent });
    for (const command of [quiet, ...quiet.commands]) command.configureOutput({ writeErr: silent, writeOut: silent });
    const error = await quiet.parseAsync(['node', 'playgate', ...args]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CommanderError);
    expect(exitCodeOf(error as CommanderError)).toBe(2);
  });

  it('tells a gateway that is away from one that refuses', async () => {
    const away = run('regulators create --name x --key x --url http://127.0.0.1:1');
    await expect(away).rejects.toMatchObject({ exitCode: 3 });
  });

  it('says where the schema of the database is', async () => {
    const { printed } = await run('migrate status --json');
    expect(JSON.parse(printed[0]!).every(({ isApplied }: { isApplied: boolean }) => isApplied)).toBe(true);
    expect((await run('migrate apply')).printed[0]).toMatch(/^the database is at 00\d\d-/);
  });
});

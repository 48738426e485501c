// The commands of the README under "A form that can be checked", as they stand there, against a gateway at its first start.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { dayOf, previousDate } from '@playgate/policy';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MAIN = path.join(import.meta.dirname, '../src/main.ts');
const README = path.join(import.meta.dirname, '../../../README.md');
const PREFIX = 'node scripts/bootstrap.mjs playgate ';

let home: string;
let gateway: ChildProcess;
let url: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'playgate-readme-'));
  gateway = spawn(process.execPath, ['--conditions=@playgate/source', MAIN], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, PORT: '0', PLAYGATE_STORE: 'memory', PLAYGATE_LOG_LEVEL: 'error' },
  });
  for await (const line of createInterface({ input: gateway.stdout! })) if (line.includes('is ready at')) break;
  const demo = await readDemo();
  url = demo.baseUrl;
});

afterAll(async () => {
  if (gateway.exitCode === null) await stopGateway();
  await rm(home, { recursive: true });
});

async function stopGateway(): Promise<void> {
  const exited = once(gateway, 'exit');
  gateway.kill('SIGTERM');
  await exited;
}

async function readDemo() {
  const text = await readFile(path.join(home, '.playgate/demo.json'), 'utf8');
  return JSON.parse(text) as { readonly baseUrl: string; readonly regulatorKey: string };
}

/** The half-year that yesterday lies in: the first of a year starts in December before it. */
function periodOfYesterday(): string {
  const date = previousDate(dayOf('Asia/Ho_Chi_Minh', Date.now()).date);
  const [year, month] = date.split('-').map(Number) as [number, number];
  return month >= 6 && month <= 11 ? `${year}-H2` : `${month === 12 ? year + 1 : year}-H1`;
}

async function readCommands(): Promise<readonly string[]> {
  const text = await readFile(README, 'utf8');
  const section = text.slice(text.indexOf('## A form that can be checked'));
  const block = section.split('```')[1]!.trim();
  return block.split('\n').map((line) => {
    expect(line.startsWith(PREFIX), line).toBe(true);
    return line.slice(PREFIX.length);
  });
}

/** One line of a shell: words, texts in double quotes, and where the output goes. */
async function run(line: string): Promise<{ readonly code: number; readonly stdout: string }> {
  const [command, target] = line.split(' > ', 2) as [string, string | undefined];
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  const run = promisify(execFile)(process.execPath, ['--conditions=@playgate/source', MAIN, ...words], {
    cwd: home,
    env: { PATH: process.env.PATH, PLAYGATE_URL: url },
  });
  const result = await run.then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({ ...error, stdout: error.stdout + error.stderr }),
  );
  if (target !== undefined) await writeFile(path.join(home, target), result.stdout);
  return result;
}

test('three commands make the form of a province, sign it and verify it offline', async () => {
  const { regulatorKey } = await readDemo();
  const commands = await readCommands();
  expect(commands).toHaveLength(3);
  const [keepKey, makeForm, verify] = commands.map((command) =>
    command.replace('rk_...', regulatorKey).replace('2026-H2', periodOfYesterday()),
  ) as [string, string, string];
  expect((await run(keepKey)).code).toBe(0);
  const made = await run(makeForm);
  expect(made.code, made.stdout).toBe(0);
  const form = JSON.parse(
    await readFile(path.join(home, `half-year/vn-half-year-${periodOfYesterday()}.json`), 'utf8'),
  );
  const rows = form.rows.map(({ cells }: { cells: object }) => cells);
  expect(rows).toContainEqual(
    expect.objectContaining({ province: 'Hà Nội', game: 'dua-thuyen-rong', players: 2, minors: 2, limit_reached: 1 }),
  );
  expect(rows).toContainEqual(expect.objectContaining({ game: 'san-sao-trung-thu', denied_guardian: 1, sessions: 0 }));
  await stopGateway();
  const verified = await run(verify);
  expect(verified.code, verified.stdout).toBe(0);
  expect(verified.stdout).toMatch(/^ok +vn-half-year-\S+: figures: \d+ figures follow from the entries$/m);
  expect(verified.stdout).toMatch(/^ok +minutes/m);
});

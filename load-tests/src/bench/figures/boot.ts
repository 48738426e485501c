// S10: from the start of a process to its first answer, on an empty data directory and on one that is there already. Nothing is
// set but port and directory, so a gateway starts with its embedded stores.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../servers.ts';
import type { Bench } from '../bench.ts';
import { type Finding, findingOf } from '../finding.ts';
import { GATEWAY_PROGRAM, NODE_FLAGS } from '../gateway.ts';
import { end, Program, ROOT, until } from '../processes.ts';
import { median } from '../statistics.ts';

const answersAt = (port: number) => async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;

async function bootOnce(dataDirectory: string): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  await using program = new Program(process.execPath, [...NODE_FLAGS, GATEWAY_PROGRAM], {
    PORT: String(port),
    PLAYGATE_DATA_DIR: dataDirectory,
  });
  await until('the gateway', answersAt(port), program);
  return (performance.now() - startedAt) / 1000;
}

/** `npm start` as a visitor types it; its processes are a group of their own, so that all of them end. */
async function npmStartOnce(dataDirectory: string): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), PLAYGATE_DATA_DIR: dataDirectory },
    stdio: 'ignore',
    detached: true,
  });
  try {
    await until('npm start', answersAt(port));
    return (performance.now() - startedAt) / 1000;
  } finally {
    await end(child, (signal) => process.kill(-child.pid!, signal));
    await until('the end of npm start', async () => !(await answersAt(port)().catch(() => false)));
  }
}

async function repeat(times: number, measure: () => Promise<number>): Promise<readonly number[]> {
  const seconds: number[] = [];
  for (let time = 0; time < times; time++) seconds.push(await measure());
  return seconds;
}

async function inNewDirectory(measure: (directory: string) => Promise<number>): Promise<number> {
  const directory = mkdtempSync(path.join(tmpdir(), 'playgate-boot-'));
  try {
    return await measure(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

export async function measureBoot({ sizes }: Bench): Promise<readonly Finding[]> {
  const first = await repeat(sizes.firstBoots, () => inNewDirectory(bootOnce));
  const home = mkdtempSync(path.join(tmpdir(), 'playgate-boot-'));
  try {
    // Makes the directory.
    await bootOnce(home);
    const boots = await repeat(sizes.boots, () => bootOnce(home));
    // The first installs and builds what is missing.
    await npmStartOnce(home);
    const starts = await repeat(sizes.npmStarts, () => npmStartOnce(home));
    const shared = { figure: 'S10', unit: 's' } as const;
    return [
      findingOf({ ...shared, name: 'npm start to the first answer', target: { atMost: 5 }, samples: starts }),
      findingOf({
        ...shared,
        name: 'boot on a directory that is there',
        target: { atMost: 1.5 },
        samples: boots,
        detail: { firstStartS: median(first) },
      }),
      findingOf({ ...shared, name: 'boot on an empty directory', target: { atMost: 1.5 }, samples: first }),
    ];
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

// The packed SDK in Node, Deno and Bun, against a local gateway. A runtime that is not on the PATH is skipped, and said so.
// Run after the build.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
const SMOKE = 'runtime-smoke.mjs';
const SMOKE_MS_MAX = 60_000;
const RUNTIMES = [
  { name: 'node', command: process.execPath, args: [] },
  {
    name: 'deno',
    command: 'deno',
    args: ['run', '--allow-net', '--allow-env', '--no-lock', '--node-modules-dir=manual'],
  },
  { name: 'bun', command: 'bun', args: ['run'] },
] as const;

/** As a registry would give it, installed in a folder of its own. */
function install(folder: string): void {
  const tarball = path.join(folder, 'sdk.tgz');
  execFileSync('pnpm', ['pack', '--out', tarball], { cwd: PACKAGE, stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  mkdirSync(path.join(folder, 'node_modules/@playgate'), { recursive: true });
  renameSync(path.join(folder, 'package'), path.join(folder, 'node_modules/@playgate/sdk'));
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: { '@playgate/sdk': '*' } }),
  );
  cpSync(path.join(PACKAGE, 'scripts', SMOKE), path.join(folder, SMOKE));
}

const { startLocalGateway } = await import(new URL('../dist/testing.js', import.meta.url).href);
const folder = mkdtempSync(path.join(tmpdir(), 'playgate-runtimes-'));
install(folder);
const gateway = await startLocalGateway({ startAt: new Date().toISOString() });
const { publishableKey, secretKey, url: gatewayUrl } = gateway;
const env = { ...process.env, PLAYGATE_SMOKE: JSON.stringify({ gatewayUrl, publishableKey, secretKey }) };
for (const { args, command, name } of RUNTIMES) {
  if (spawnSync(command, ['--version'], { stdio: 'ignore' }).error !== undefined) {
    console.log(`skipped: no ${name}`);
    continue;
  }
  try {
    await promisify(execFile)(command, [...args, SMOKE], { cwd: folder, env, timeout: SMOKE_MS_MAX });
    console.log(`${name}: ok`);
  } catch (error) {
    console.error(`${name}: ${String(error)}`);
    process.exitCode = 1;
  }
}
await gateway.stop();
rmSync(folder, { recursive: true, force: true });

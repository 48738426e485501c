// k6 of the machine, or one that was built into the cache of this checkout; else it is built there, where Go is.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../bench/processes.ts';

/** The pin: version and checksums of k6 and of all it is built from. */
const MODULE = path.join(ROOT, 'load-tests/k6/toolchain');
const PACKAGE = 'go.k6.io/k6/v2';
/** The first whose TypeScript and flags these scripts rely on. */
const MAJOR_MIN = 2;
const BUILD_MS_MAX = 30 * 60_000;

export const HOW_TO_GET_K6 =
  'k6 2 or newer is needed. Put it on the PATH (https://grafana.com/docs/k6/latest/set-up/install-k6/), or install Go 1.25 ' +
  'or newer: then it is built here once.';

function versionPinned(): string {
  const version = new RegExp(`${PACKAGE} (v[\\w.-]+)`).exec(readFileSync(path.join(MODULE, 'go.mod'), 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${MODULE}/go.mod names no version of ${PACKAGE}`);
  return version;
}

const cachedFile = (): string => path.join(ROOT, 'toolchain/.state/k6', versionPinned(), 'k6');

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** As `k6 v2.2.0 (...)` has it; null for what is no k6, or too old. */
export function versionOf(file: string): string | null {
  const { stdout } = spawnSync(file, ['version'], { encoding: 'utf8' });
  const version = /^k6 v(\d+)[\w.-]*/.exec(stdout ?? '');
  return version !== null && Number(version[1]) >= MAJOR_MIN ? version[0].slice('k6 '.length) : null;
}

/** Null: there is none yet. */
export function findK6(): string | null {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'k6'));
  return [...onPath, cachedFile()].find((file) => isRunnable(file) && versionOf(file) !== null) ?? null;
}

/** Null: no Go here, or it could not build it; said on the standard error output. */
export function buildK6(): string | null {
  if (spawnSync('go', ['version']).status !== 0) return null;
  const file = cachedFile();
  const draft = `${file}.${process.pid}`;
  mkdirSync(path.dirname(file), { recursive: true });
  console.error(`playgate: building k6 ${versionPinned()} with Go (once, a few minutes)`);
  const command = ['go', 'build', '-mod=readonly', '-trimpath', '-o', draft, PACKAGE];
  const [program, ...args] = process.platform === 'win32' ? command : ['nice', '-n', '19', ...command];
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
  const done = spawnSync(program!, args, { cwd: MODULE, env, stdio: ['ignore', 2, 2], timeout: BUILD_MS_MAX });
  if (done.status !== 0) return null;
  renameSync(draft, file);
  return file;
}

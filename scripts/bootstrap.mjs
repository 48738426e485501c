#!/usr/bin/env node
// Runs a script of package.json on a bare machine: installs the exact Node and pnpm of toolchain/, then the
// workspace's packages, then runs the script with them first on PATH. It uses only what Node 18 has.
// Both installs are skipped while their stamp (a hash of lockfile and platform) is unchanged.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const TOOLCHAIN = path.join(ROOT, 'toolchain');
const STATE = path.join(TOOLCHAIN, '.state');
const NODE_MAJOR_MIN = 24;
const LOCK_STALE_MS = 10 * 60_000;
const LOCK_POLL_MS = 200;
const PARENT_POLL_MS = 200;

/** npm's own settings must not reach the pnpm and Node that run below. */
function childEnvironment() {
  const env = {};
  for (const [name, value] of Object.entries(process.env)) if (!/^npm_/i.test(name)) env[name] = value;
  const bins = [TOOLCHAIN, ROOT].map((folder) => path.join(folder, 'node_modules', '.bin'));
  env.PATH = [...bins, process.env.PATH].join(path.delimiter);
  return env;
}

function run(command, args, cwd, env) {
  const done = spawnSync(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${done.status ?? done.signal}`);
}

function fingerprint(...files) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

const isStamped = (file, stamp) => existsSync(file) && readFileSync(file, 'utf8') === stamp;

/** One install at a time: a second start waits; a lock whose owner is gone is taken over. */
async function withLock(work) {
  mkdirSync(STATE, { recursive: true });
  const lock = path.join(STATE, 'lock');
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true });
      else await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
    }
  }
  writeFileSync(path.join(lock, 'pid'), String(process.pid));
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isAbandoned(lock) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_STALE_MS) return true;
    const pid = Number(readFileSync(path.join(lock, 'pid'), 'utf8'));
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** A Node of the machine that is new enough is used as it is; toolchain/'s own does not count as one of the machine's. */
function machineHasNode() {
  const isOwn = process.execPath.startsWith(TOOLCHAIN + path.sep);
  return !isOwn && Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN;
}

function installToolchain() {
  const manifest = path.join(TOOLCHAIN, 'package.json');
  const stamp = fingerprint(manifest, path.join(TOOLCHAIN, 'package-lock.json'));
  const stampFile = path.join(STATE, 'toolchain');
  const bin = path.join(TOOLCHAIN, 'node_modules', '.bin');
  const isComplete = existsSync(path.join(bin, 'pnpm')) && (machineHasNode() || existsSync(path.join(bin, 'node')));
  if (isStamped(stampFile, stamp) && isComplete) return;
  const env = { ...process.env };
  for (const name of Object.keys(env)) if (/^npm_/i.test(name)) delete env[name];
  console.error(
    `playgate: installing Node ${JSON.parse(readFileSync(manifest, 'utf8')).dependencies.node} and pnpm into toolchain/ (once)`,
  );
  // Without its install script the package `node` downloads nothing and leaves no usable `node` behind.
  const flags = machineHasNode() ? ['--ignore-scripts'] : [];
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...flags], TOOLCHAIN, env);
  if (machineHasNode()) rmSync(path.join(bin, 'node'), { force: true });
  writeFileSync(stampFile, stamp);
}

function installWorkspace(env) {
  const stamp = fingerprint(path.join(ROOT, 'pnpm-lock.yaml'), path.join(ROOT, 'pnpm-workspace.yaml'));
  const stampFile = path.join(STATE, 'workspace');
  if (isStamped(stampFile, stamp) && existsSync(path.join(ROOT, 'node_modules', '.modules.yaml'))) return;
  console.error('playgate: installing packages (once per change of the lockfile)');
  run('pnpm', ['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error'], ROOT, {
    ...env,
    CI: 'true',
  });
  mkdirSync(STATE, { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** The commands of a script of package.json: plain words joined by `&&`, so that no shell is needed. */
function commandsOf(task, args) {
  const script = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).scripts[task];
  if (script === undefined) throw new Error(`package.json has no script "${task}"`);
  const commands = script.split(' && ').map((command) => command.trim().split(/ +/));
  if (!commands.flat().every((word) => /^[\w@.,:=/-]+$/.test(word))) {
    throw new Error(`the script "${task}" is more than plain commands`);
  }
  commands.at(-1).push(...args);
  return commands;
}

/** npm passes a signal to the shell it started this in; that one dies of it and tells nobody. */
function onParentGone(stop) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, PARENT_POLL_MS);
  timer.unref();
}

/**
 * Runs a task without a package manager or shell in between: those die of a signal and leave the command running.
 * Signals are handed on, and the task's end is this process's, so that a supervisor sees one process.
 */
async function runTask(task, args, env) {
  let child = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child?.kill(signal));
  if (process.env.npm_lifecycle_event) onParentGone(() => child?.kill('SIGTERM'));
  for (const [command, ...words] of commandsOf(task, args)) {
    child = spawn(command, words, { cwd: ROOT, env, stdio: 'inherit', shell: process.platform === 'win32' });
    const [code, signal] = await once(child, 'exit');
    if (code !== 0) process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1));
  }
}

const [task, ...args] = process.argv.slice(2);
if (!task) {
  console.error('usage: node scripts/bootstrap.mjs <script of package.json> [arguments]');
  process.exit(2);
}
try {
  await withLock(() => {
    installToolchain();
    installWorkspace(childEnvironment());
  });
  await runTask(task, args, childEnvironment());
} catch (error) {
  console.error(`playgate: set-up failed: ${error.message}`);
  process.exit(1);
}

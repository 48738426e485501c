#!/usr/bin/env node
// Builds every package, in order of their dependencies, when something that goes into a build has changed.
// What went in is remembered as a hash; `--force` builds in any case.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const STAMP = path.join(ROOT, 'node_modules', '.cache', 'playgate-build');
const SKIPPED = new Set(['node_modules', 'dist', 'test', 'coverage', '.cache']);
const isSource = (name) => !name.endsWith('.test.ts') && !name.startsWith('.');

/** Every package that has a build. */
function findPackages() {
  const folder = path.join(ROOT, 'packages');
  return readdirSync(folder)
    .map((name) => path.join(folder, name))
    .filter((directory) => existsSync(path.join(directory, 'package.json')))
    .filter((directory) => JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')).scripts?.build);
}

function* filesUnder(directory) {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  for (const entry of entries) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) yield* filesUnder(file);
    else if (entry.isFile() && isSource(entry.name)) yield file;
  }
}

function fingerprint(packages) {
  const hash = createHash('sha256').update(process.version);
  const shared = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'tsconfig.base.json'];
  for (const name of shared) hash.update(readFileSync(path.join(ROOT, name)));
  for (const directory of packages) {
    for (const file of filesUnder(directory))
      hash.update(`\0${path.relative(ROOT, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

const packages = findPackages();
const print = fingerprint(packages);
const isBuilt = packages.every((directory) => existsSync(path.join(directory, 'dist')));
if (!process.argv.includes('--force') && isBuilt && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === print) {
  process.exit(0);
}
console.error('playgate: building (once per change of the sources)');
// Two at a time: each bundler takes a processor of its own.
const build = ['-r', '--workspace-concurrency=2', '--if-present', '--reporter=append-only', 'build'];
const done = spawnSync('pnpm', build, { cwd: ROOT, encoding: 'utf8', shell: process.platform === 'win32' });
if (done.error || done.status !== 0) {
  console.error(
    done.stdout ?? '',
    done.stderr ?? '',
    `playgate: the build failed (${done.error?.message ?? done.status})`,
  );
  process.exit(1);
}
mkdirSync(path.dirname(STAMP), { recursive: true });
writeFileSync(STAMP, print);

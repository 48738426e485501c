// Looks at the package as it would be published: packed, read by publint and by are-the-types-wrong in every module
// resolution, free of dependencies, free of side effects, ready for provenance. Run after the build; a line per fault.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { type Manifest, manifestFaults } from './package-manifest.ts';

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
/** An ES module that `require` has to load: Node has done that since 20.19. */
const TOLERATED = ['CJSResolvesToESM'];
/** What a bundler writes for a module of which nothing is used: line ends, at most. */
const UNUSED_BYTES_MAX = 1;
const NODE_ENTRIES = /\/(server|testing|node)\.js$/;

function pack(): { readonly tarball: Uint8Array<ArrayBuffer>; readonly manifest: Manifest } {
  const folder = mkdtempSync(path.join(tmpdir(), 'playgate-pack-'));
  try {
    const file = path.join(folder, 'package.tgz');
    execFileSync('pnpm', ['pack', '--out', file], { cwd: PACKAGE, stdio: ['ignore', 'ignore', 'inherit'] });
    const manifest = execFileSync('tar', ['-xzOf', file, 'package/package.json'], { encoding: 'utf8' });
    return { tarball: new Uint8Array(readFileSync(file)), manifest: JSON.parse(manifest) as Manifest };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function publintFaults(tarball: Uint8Array<ArrayBuffer>, manifest: Manifest): Promise<string[]> {
  const { messages } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, { ...manifest }) ?? message.code}`);
}

async function typeFaults(tarball: Uint8Array): Promise<string[]> {
  const result = await checkPackage(createPackageFromTarballData(tarball));
  if (result.types === false) return ['are-the-types-wrong: there are no types'];
  const problems = result.problems.filter(({ kind }) => !TOLERATED.includes(kind));
  return problems.map((problem) => `are-the-types-wrong: ${JSON.stringify(problem)}`);
}

/** Imports an entry, uses nothing of it, and looks at what a bundler leaves of it. */
async function bundlingFaults(entry: string): Promise<string[]> {
  const { outputFiles } = await build({
    stdin: { contents: `import * as unused from ${JSON.stringify(entry)};`, resolveDir: PACKAGE },
    bundle: true,
    write: false,
    format: 'esm',
    minify: true,
    logLevel: 'silent',
    platform: NODE_ENTRIES.test(entry) ? 'node' : 'browser',
  });
  const left = outputFiles[0]?.text ?? '';
  return left.length > UNUSED_BYTES_MAX ? [`${entry}: unused, it still costs: ${left.slice(0, 200)}`] : [];
}

/** An engine's project may have no types of a browser or of Node. */
function bareHostFaults(): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    lib: ['lib.es2022.d.ts'],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    types: [],
    noEmit: true,
  };
  const program = ts.createProgram([path.join(PACKAGE, 'dist/index.d.ts')], options);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => {
    return `without the types of any host: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

/** The manifest's word for it is checked: loading an entry leaves the globals as they were. */
async function loadingFaults(entry: string): Promise<string[]> {
  const before = new Set(Reflect.ownKeys(globalThis));
  await import(new URL(entry, new URL('../', import.meta.url)).href);
  const added = Reflect.ownKeys(globalThis).filter((name) => !before.has(name));
  return added.map((name) => `${entry} makes a global ${String(name)}`);
}

const { tarball, manifest } = pack();
const entries = Object.values(manifest.exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.default]));
const faults = [
  ...manifestFaults(manifest, JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8'))),
  ...(await publintFaults(tarball, manifest)),
  ...(await typeFaults(tarball)),
  ...bareHostFaults(),
  ...(await Promise.all(entries.map(bundlingFaults))).flat(),
  ...(await Promise.all(entries.map(loadingFaults))).flat(),
];
console.log(`${manifest.name} ${manifest.version}: ${tarball.length} bytes packed, ${entries.length} entries`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;

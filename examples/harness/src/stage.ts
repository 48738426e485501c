// An example as somebody has it who installed the SDK: a copy outside of this repository, with the SDK from its packed
// tarball. What else an example needs is linked from where it is installed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../../..');
const SDK = path.join(ROOT, 'packages/sdk');
const CACHE = path.join(ROOT, 'node_modules/.cache/playgate-sdk-packed');
/** Comes from the workspace, so it is copied as well. */
const HARNESS = 'harness';

export interface Stage extends Disposable {
  /** Of the example. */
  readonly folder: string;
  readonly harness: string;
}

/** @param example name of its folder @throws Error when the SDK is not built */
export function stageExample(example: string): Stage {
  const root = mkdtempSync(path.join(tmpdir(), `playgate-${example}-`));
  writeFileSync(path.join(root, 'package.json'), '{"type":"module","private":true}');
  mkdirSync(path.join(root, 'node_modules/@playgate'), { recursive: true });
  symlinkSync(packedSdk(), path.join(root, 'node_modules/@playgate/sdk'));
  for (const name of new Set([example, HARNESS])) copyExample(name, path.join(root, 'examples', name));
  return {
    folder: path.join(root, 'examples', example),
    harness: path.join(root, 'examples', HARNESS),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

function copyExample(name: string, to: string): void {
  const from = path.join(ROOT, 'examples', name);
  cpSync(from, to, { recursive: true, filter: (file) => !/[\\/](node_modules|test|tsconfig.json)$/.test(file) });
  const installed = path.join(from, 'node_modules');
  for (const dependency of dependenciesIn(installed)) {
    if (dependency.startsWith('@playgate/')) continue;
    const link = path.join(to, 'node_modules', dependency);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(realpathSync(path.join(installed, dependency)), link);
  }
}

function dependenciesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(path.join(folder, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}

/** The unpacked tarball; packed once for each build. */
function packedSdk(): string {
  const packed = path.join(CACHE, fingerprint());
  if (existsSync(packed)) return packed;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(path.join(CACHE, '.packing-'));
  try {
    const file = path.join(work, 'sdk.tgz');
    execFileSync('pnpm', ['pack', '--out', file], { cwd: SDK, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('tar', ['-xzf', file, '-C', work]);
    renameSync(path.join(work, 'package'), packed);
  } catch (error) {
    // Another test was first.
    if (!existsSync(packed)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return packed;
}

function fingerprint(): string {
  const dist = path.join(SDK, 'dist');
  if (!existsSync(dist)) throw new Error('the SDK is not built: npm run build');
  const files = readdirSync(dist).filter((name) => !name.endsWith('.map'));
  const hash = createHash('sha256').update(readFileSync(path.join(SDK, 'package.json')));
  for (const name of files.sort()) hash.update(`\0${name}\0`).update(readFileSync(path.join(dist, name)));
  return hash.digest('hex').slice(0, 16);
}

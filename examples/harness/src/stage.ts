// An example as somebody has it who installed the SDK: a copy outside of this repository, with the SDK from its packed
// tarball. What else an example needs is linked from where it is installed.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packedSdk } from './packed-sdk.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
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

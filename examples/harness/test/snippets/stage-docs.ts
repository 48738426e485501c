// The snippets of one page as modules in a folder of their own, beside the packed SDK and what else they import.
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { packedSdk } from '@playgate/example-harness/packed-sdk';
import ts from 'typescript';
import { moduleOf, snippetsOf } from './extract.ts';

const ROOT = path.join(import.meta.dirname, '../../../..');
const INSTALLED = path.join(ROOT, 'examples/harness/node_modules');
const BESIDE_SDK = ['@playgate/gateway', '@types/express', '@types/node', 'express', 'playgate-accept'];
const COMPILER: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
};

export class StagedDoc implements Disposable {
  readonly count: number;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'playgate-docs-'));
  readonly #modules: readonly { readonly file: string; readonly canRun: boolean }[];
  readonly #given: string | null;

  /** @param page path from the root @param given name of its module in given/ @throws Error when the SDK is not built */
  constructor(page: string, given: string | null) {
    this.#install();
    cpSync(import.meta.dirname, this.#folder, { recursive: true });
    const granted = given === null ? null : path.join(this.#folder, 'given', `${given}.ts`);
    this.#given = granted;
    if (granted !== null) writeFileSync(path.join(this.#folder, 'given.ts'), `export * from './given/${given}.ts';\n`);
    const names = granted === null ? [] : exportsOf(granted);
    const snippets = snippetsOf(path.basename(page), readFileSync(path.join(ROOT, page), 'utf8'));
    this.count = snippets.length;
    this.#modules = snippets.map((snippet) => {
      const file = path.join(this.#folder, `${snippet.at}.ts`);
      writeFileSync(file, moduleOf(snippet, names));
      return { file, canRun: snippet.canRun };
    });
  }

  /** What the compiler says of them, in its own words. */
  typeFaults(): readonly string[] {
    const program = ts.createProgram(this.#allFiles(), COMPILER, ts.createCompilerHost(COMPILER));
    return ts.getPreEmitDiagnostics(program).map(({ file, messageText, start = 0 }) => {
      const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
      const excerpt = file?.text.split('\n')[line - 1]?.trim();
      return `${path.basename(file?.fileName ?? '')} ${excerpt}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  }

  /** Runs them in one process, one after the other; tells what went wrong, nothing when all is well. */
  async run(): Promise<string> {
    const files = this.#modules.filter(({ canRun }) => canRun).map(({ file }) => file);
    const all = this.#given === null ? files : [...files, this.#given];
    const child = spawn(process.execPath, ['run.ts', ...all], {
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const [said, code] = await Promise.all([text(child.stderr), ended]);
    return code === 0 ? '' : `ended with ${code}: ${said}`;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #allFiles(): string[] {
    return [...this.#modules.map(({ file }) => file), ...(this.#given === null ? [] : [this.#given])];
  }

  #install(): void {
    const modules = path.join(this.#folder, 'node_modules');
    mkdirSync(path.join(modules, '@playgate'), { recursive: true });
    mkdirSync(path.join(modules, '@types'));
    writeFileSync(path.join(this.#folder, 'package.json'), '{"type":"module","private":true}');
    // A copy: it has to find the gateway beside itself.
    cpSync(packedSdk(), path.join(modules, '@playgate/sdk'), { recursive: true });
    for (const name of BESIDE_SDK) symlinkSync(realpathSync(path.join(INSTALLED, name)), path.join(modules, name));
  }
}

function exportsOf(file: string): readonly string[] {
  if (!existsSync(file)) throw new Error(`${file} is missing`);
  const program = ts.createProgram([file], COMPILER);
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : program.getTypeChecker().getSymbolAtLocation(source);
  if (module === undefined) return [];
  const names = program
    .getTypeChecker()
    .getExportsOfModule(module)
    .map(({ name }) => name);
  return names.filter((name) => name !== 'check');
}

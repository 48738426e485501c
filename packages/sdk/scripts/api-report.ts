// The public API as text, made of the built declarations and kept in api.txt, so that a change of it shows in a review:
// what each entry exports, every declaration of these, and every type of this package that those lead to.
// `--check`: fails when the file is not what the build gives.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import manifest from '../package.json' with { type: 'json' };

const PACKAGE = new URL('../', import.meta.url);
const REPORT = new URL('api.txt', PACKAGE);
const dist = fileURLToPath(new URL('dist/', PACKAGE));
/** By the manifest: whatever can be imported. */
const ENTRIES = Object.values(manifest.exports).flatMap((entry) =>
  typeof entry === 'string' ? [] : [entry.types.slice('./dist/'.length, -'.d.ts'.length)],
);

const program = ts.createProgram(
  ENTRIES.map((name) => `${dist}${name}.d.ts`),
  { target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], types: [], noEmit: true },
);
const checker = program.getTypeChecker();
const printer = ts.createPrinter({ removeComments: true });

function resolve(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function ownDeclarations(symbol: ts.Symbol): readonly ts.Declaration[] {
  return (symbol.declarations ?? []).filter((node) => node.getSourceFile().fileName.startsWith(dist));
}

function exportsOf(file: ts.SourceFile): readonly ts.Symbol[] {
  const module = checker.getSymbolAtLocation(file);
  return module === undefined ? [] : checker.getExportsOfModule(module);
}

/** Of a variable the whole statement, of anything else itself. */
function statementOf(node: ts.Declaration): ts.Node {
  return ts.isVariableDeclaration(node) ? node.parent.parent : node;
}

function textOf(symbol: ts.Symbol): string {
  const print = (node: ts.Declaration) =>
    printer.printNode(ts.EmitHint.Unspecified, statementOf(node), node.getSourceFile());
  return [...new Set(ownDeclarations(symbol).map(print))].join('\n');
}

/** Types of this package that a declaration names. */
function namedIn(symbol: ts.Symbol): ReadonlySet<ts.Symbol> {
  const found = new Set<ts.Symbol>();
  const visit = (node: ts.Node): void => {
    const named = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
    const target = named === undefined ? undefined : resolve(named);
    if (target !== undefined && isStatement(target)) found.add(target);
    node.forEachChild(visit);
  };
  for (const node of ownDeclarations(symbol)) visit(statementOf(node));
  return found;
}

function isStatement(symbol: ts.Symbol): boolean {
  return ownDeclarations(symbol).some((node) => ts.isSourceFile(statementOf(node).parent));
}

function withAllNamed(symbols: readonly ts.Symbol[]): ReadonlySet<ts.Symbol> {
  const all = new Set<ts.Symbol>();
  const queue = [...symbols];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (all.has(next)) continue;
    all.add(next);
    queue.push(...namedIn(next));
  }
  return all;
}

const byText = (left: string, right: string) => (left < right ? -1 : 1);

function symbolsOf(entry: string): readonly ts.Symbol[] {
  const file = program.getSourceFile(`${dist}${entry}.d.ts`);
  if (file === undefined) throw new Error(`dist/${entry}.d.ts is not built`);
  return exportsOf(file);
}

/** Two entries may have the same declaration twice, as rolled up for each. */
function textsOf(symbols: Iterable<ts.Symbol>): readonly string[] {
  return [...new Set([...symbols].map(textOf))].sort(byText);
}

function makeReport(): string {
  const exported = ENTRIES.map((entry) => ({ entry, symbols: symbolsOf(entry) }));
  const targets = new Set(exported.flatMap(({ symbols }) => symbols.map(resolve)));
  const others = [...withAllNamed([...targets])].filter((symbol) => !targets.has(symbol));
  const names = (symbols: readonly ts.Symbol[]) => symbols.map(({ name }) => name).sort(byText);
  const sections = [
    ...exported.map(({ entry, symbols }) => `${entry}: ${names(symbols).join(', ')}`),
    ...textsOf(targets),
    'Named by these, exported by none:',
    ...textsOf(others),
  ];
  return `${sections.join('\n\n')}\n`;
}

const report = makeReport();
const isCurrent = existsSync(REPORT) && readFileSync(REPORT, 'utf8') === report;
if (!process.argv.includes('--check')) writeFileSync(REPORT, report);
else if (!isCurrent) {
  console.error('packages/sdk/api.txt is not what the build gives: run pnpm --filter @playgate/sdk api');
  process.exitCode = 1;
}

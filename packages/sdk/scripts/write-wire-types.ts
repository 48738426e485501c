// Writes the types of the wire out in full, for the declarations of the build. In the contract they are inferred from schemas,
// and a declaration that names those would have every game install the schema library.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const SOURCE = fileURLToPath(new URL('../../contract/src/wire.ts', import.meta.url));
const CONFIG = fileURLToPath(new URL('../../../tsconfig.base.json', import.meta.url));
const OUT = new URL('../.cache/', import.meta.url);
/** Deeper than any body of the contract; a type that holds itself would never end. */
const DEPTH_MAX = 20;

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(CONFIG, ts.sys.readFile).config,
  ts.sys,
  fileURLToPath(new URL('../', import.meta.url)),
);
const program = ts.createProgram([SOURCE], options);
const checker = program.getTypeChecker();

function write(type: ts.Type, depth = 0): string {
  if (depth > DEPTH_MAX)
    throw new Error(`a type of the wire is deeper than ${DEPTH_MAX}: ${checker.typeToString(type)}`);
  const inner = (part: ts.Type) => write(part, depth + 1);
  if (type.flags & ts.TypeFlags.Boolean) return 'boolean';
  if (type.isUnion()) return type.types.map(inner).join(' | ');
  if (checker.isTupleType(type)) {
    return `readonly [${checker
      .getTypeArguments(type as ts.TypeReference)
      .map(inner)
      .join(', ')}]`;
  }
  if (checker.isArrayType(type)) {
    const [item] = checker.getTypeArguments(type as ts.TypeReference);
    return item === undefined ? 'readonly unknown[]' : `readonly (${inner(item)})[]`;
  }
  const isObject = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
  if (!isObject || type.getCallSignatures().length > 0) return plainText(type);
  return writeObject(type, inner);
}

function writeObject(type: ts.Type, inner: (type: ts.Type) => string): string {
  const indexes = checker.getIndexInfosOfType(type).map((info) => {
    return `readonly [key: ${plainText(info.keyType)}]: ${inner(info.type)};`;
  });
  const properties = checker.getPropertiesOfType(type).map((property) => {
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    return `readonly ${nameOf(property)}${isOptional ? '?' : ''}: ${inner(checker.getTypeOfSymbol(property))};`;
  });
  return `{ ${[...indexes, ...properties].join(' ')} }`;
}

function nameOf({ name }: ts.Symbol): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function plainText(type: ts.Type): string {
  return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
}

function declare(symbol: ts.Symbol): string {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const isValue = (target.flags & ts.SymbolFlags.Value) !== 0;
  if (!isValue) return `export type ${symbol.name} = ${write(checker.getDeclaredTypeOfSymbol(target))};`;
  return `export declare const ${symbol.name}: ${write(checker.getTypeOfSymbol(target))};`;
}

const file = program.getSourceFile(SOURCE);
const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
if (module === undefined) throw new Error('the wire of the contract is not there');
const text = `${checker.getExportsOfModule(module).map(declare).join('\n')}\n`;
if (/\bany\b|\bzod\b|\.\.\. /.test(text)) throw new Error('a type of the wire was not understood');
mkdirSync(OUT, { recursive: true });
writeFileSync(new URL('wire.d.ts', OUT), text);

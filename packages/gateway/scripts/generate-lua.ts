// Writes store/redis/scripts.generated.ts from the .lua files: `-- include: file` lines are replaced by the file.
// `--check` writes nothing and fails when the module is not what the files give.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../src/store/redis/scripts');
const target = path.join(import.meta.dirname, '../src/store/redis/scripts.generated.ts');
/** Included by others, no scripts of their own. */
const SHARED: readonly string[] = ['accrue.lua', 'epoch.lua', 'ledger.lua'];

const withIncludes = (text: string): string =>
  text.replace(/^-- include: (\S+)$/gm, (_, name: string) => readFileSync(path.join(folder, name), 'utf8'));
const withoutComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('--'))
    .join('\n');
const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const scripts = readdirSync(folder)
  .filter((name) => name.endsWith('.lua') && !SHARED.includes(name))
  .sort();
const lines = ['// Generated from scripts/*.lua by scripts/generate-lua.ts; do not edit.'];
for (const name of scripts) {
  const source = withoutComments(withIncludes(readFileSync(path.join(folder, name), 'utf8')));
  lines.push(`export const ${camelCase(path.basename(name, '.lua'))} = ${JSON.stringify(source)};`);
}
const module = `${lines.join('\n')}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== module) {
    console.error('scripts.generated.ts is not what the .lua files give: run pnpm --filter @playgate/gateway generate');
    process.exit(1);
  }
} else {
  writeFileSync(target, module);
}

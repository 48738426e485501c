// Writes docs/permissions.md from the registry; with --check only compares, and exits 1 when the file is out of date.
//   node --conditions=@playgate/source packages/contract/scripts/write-permissions.ts [--check]
import { readFile, writeFile } from 'node:fs/promises';
import { renderPermissionsFile } from '../src/permissions-file.ts';

const file = new URL('../../../docs/permissions.md', import.meta.url);
const wanted = renderPermissionsFile();

if (process.argv.includes('--check')) {
  const found = await readFile(file, 'utf8').catch(() => '');
  if (found !== wanted) {
    console.error('docs/permissions.md is out of date: run pnpm generate.');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, wanted);
}

// Writes openapi.json from the registry; with --check only compares, and exits 1 when the file is out of date.
//   node --conditions=@playgate/source packages/contract/scripts/write-openapi.ts [--check]
import { readFile, writeFile } from 'node:fs/promises';
import { renderOpenApiFile } from '../src/openapi-file.ts';

const file = new URL('../openapi.json', import.meta.url);
const wanted = renderOpenApiFile();

if (process.argv.includes('--check')) {
  const found = await readFile(file, 'utf8').catch(() => '');
  if (found !== wanted) {
    console.error('openapi.json is out of date: run packages/contract/scripts/write-openapi.ts without --check.');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, wanted);
}

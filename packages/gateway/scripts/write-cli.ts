// Writes docs/cli.md from the program; with --check only compares, and exits 1 when the file is out of date.
//   node --conditions=@playgate/source packages/gateway/scripts/write-cli.ts [--check]
import { readFile, writeFile } from 'node:fs/promises';
import { renderCliFile } from '../src/cli/cli-file.ts';
import { createProgram } from '../src/cli/program.ts';

const file = new URL('../../../docs/cli.md', import.meta.url);
const unused = () => {
  throw new Error('nothing is run here');
};
const wanted = renderCliFile(
  createProgram({ serve: unused, readConfig: unused, now: unused, print: unused, note: unused }),
);

if (process.argv.includes('--check')) {
  const found = await readFile(file, 'utf8').catch(() => '');
  if (found !== wanted) {
    console.error('docs/cli.md is out of date: run pnpm generate.');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, wanted);
}

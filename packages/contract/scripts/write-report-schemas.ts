// Writes docs/schemas/*.json from the contract; with --check only compares, and exits 1 when a file is out of date.
//   node --conditions=@playgate/source packages/contract/scripts/write-report-schemas.ts [--check]
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { REPORT_SCHEMA_NAMES, renderReportSchema } from '../src/report-schemas.ts';

const folder = new URL('../../../docs/schemas/', import.meta.url);
const isCheck = process.argv.includes('--check');
if (!isCheck) await mkdir(folder, { recursive: true });

for (const name of REPORT_SCHEMA_NAMES) {
  const file = new URL(name, folder);
  const wanted = renderReportSchema(name);
  if (!isCheck) {
    await writeFile(file, wanted);
    continue;
  }
  const found = await readFile(file, 'utf8').catch(() => '');
  if (found !== wanted) {
    console.error(`docs/schemas/${name} is out of date: run pnpm generate.`);
    process.exitCode = 1;
  }
}

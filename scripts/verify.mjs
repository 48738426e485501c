#!/usr/bin/env node
// Everything that must hold before a change is taken: what `npm test` runs. Stops at the first step that fails.
// The last line tells the tests as `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const MS_PER_S = 1000;
const scratch = mkdtempSync(path.join(tmpdir(), 'playgate-verify-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const REPORT = path.join(scratch, 'tests.json');
const source = ['--conditions=@playgate/source', '--disable-warning=ExperimentalWarning'];

/** Root tools are run from their package, without npx: it would look for a newer npm. */
const bin = (name) => path.join(ROOT, 'node_modules', '.bin', name);

const IMPORTS = ['packages', 'examples', 'load-tests', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'];
const STEPS = [
  ['system packages', process.execPath, 'scripts/ensure-system-packages.mjs'],
  ['lint and format', bin('biome'), 'check', '--error-on-warnings', '.'],
  ['import boundaries', bin('depcruise'), ...IMPORTS],
  ['OpenAPI is current', process.execPath, ...source, 'packages/contract/scripts/write-openapi.ts', '--check'],
  ['permissions are current', process.execPath, ...source, 'packages/contract/scripts/write-permissions.ts', '--check'],
  [
    'schemas of reports are current',
    process.execPath,
    ...source,
    'packages/contract/scripts/write-report-schemas.ts',
    '--check',
  ],
  [
    'docs of the command line are current',
    process.execPath,
    ...source,
    'packages/gateway/scripts/write-cli.ts',
    '--check',
  ],
  ['Lua is current', process.execPath, ...source, 'packages/gateway/scripts/generate-lua.ts', '--check'],
  ['types', 'pnpm', '--silent', 'typecheck'],
  ['build', process.execPath, 'scripts/build.mjs'],
  ['size of the SDK', process.execPath, ...source, 'packages/sdk/scripts/check-size.ts'],
  ['the SDK as a package', process.execPath, ...source, 'packages/sdk/scripts/check-package.ts'],
  ['the SDK in Node, Deno and Bun', process.execPath, 'packages/sdk/scripts/check-runtimes.ts'],
  ['API of the SDK is reported', process.execPath, ...source, 'packages/sdk/scripts/api-report.ts', '--check'],
  ['the SDK in Chromium', bin('vitest'), 'run', '--config', 'packages/sdk/test/vitest.browser.config.ts'],
  ['load tests, where k6 is', process.execPath, ...source, 'load-tests/src/k6/smoke.ts'],
  ['tests', bin('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`],
  ...exampleSteps(),
];

/** The example takes its keys from what the demo's seed writes. */
function exampleSteps() {
  const needed = ['examples/first-day/src', 'packages/gateway/src/demo/seed-demo.ts'];
  if (!needed.every((name) => existsSync(path.join(ROOT, name)))) return [];
  return [['example: the first day', process.execPath, 'scripts/run-example.mjs']];
}

function runStep([title, command, ...args]) {
  console.log(`\n== ${title}`);
  const startedAt = performance.now();
  const done = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CI: process.env.CI ?? 'true' },
    shell: process.platform === 'win32',
  });
  const seconds = ((performance.now() - startedAt) / MS_PER_S).toFixed(1);
  if (done.error) console.error(`playgate: ${command} cannot be run: ${done.error.message}`);
  const isGood = done.status === 0;
  console.log(`-- ${title}: ${isGood ? 'ok' : 'FAILED'} (${seconds} s)`);
  return isGood;
}

/** Counts of the test run; nulls when it did not come to one. */
function readReport() {
  if (!existsSync(REPORT)) return { passed: 0, failed: null };
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(REPORT, 'utf8'));
  // A file that could not be loaded has no tests of its own to count.
  return { passed: numPassedTests, failed: numFailedTests === 0 ? numFailedTestSuites : numFailedTests };
}

const failed = STEPS.find((step) => !runStep(step));
const report = readReport();
const failures = report.failed ?? 0;
if (failed) console.error(`\nplaygate: "${failed[0]}" failed; nothing after it was run.`);
console.log(`\n${report.passed} passed, ${failed && failures === 0 ? 1 : failures} failed`);
process.exit(failed ? 1 : 0);

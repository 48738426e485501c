// That the load tests run: k6 reads every scenario, and one is run for a few seconds. Times are not judged here, the machine may
// be anyone's. Where there is no k6 nothing is built: it says so and ends well.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Report } from '../../k6/report/report.ts';
import { readArguments, SCENARIOS } from './arguments.ts';
import { findK6 } from './find-k6.ts';
import { forgetSettings } from './forget-settings.ts';
import { scriptOf } from './k6-process.ts';
import { runScenario } from './run-scenario.ts';

const SCENARIO = 'steady-heartbeats';
const SHORT = ['--rate', '20', '--duration', '5', '--sessions', '20'];
const INSPECT_MS_MAX = 30_000;

function inspectAll(k6: string): void {
  for (const scenario of SCENARIOS) {
    const { status, stderr } = spawnSync(k6, ['inspect', scriptOf(scenario)], {
      encoding: 'utf8',
      timeout: INSPECT_MS_MAX,
    });
    if (status !== 0) throw new Error(`k6 cannot read ${scenario}: ${stderr}`);
  }
}

/** The rules that were broken, but those about times. */
function brokenRules({ figures }: Report): string[] {
  return figures.flatMap(({ name, thresholds, unit }) => {
    const broken = Object.entries(thresholds).filter(([, isKept]) => !isKept && unit !== 'ms');
    return broken.map(([rule]) => `${name} ${rule}`);
  });
}

async function runShort(k6: string, directory: string): Promise<void> {
  await runScenario(SCENARIO, { k6, wanted: readArguments([SCENARIO, ...SHORT, '--results', directory]) });
  const files = readdirSync(directory);
  const [file, page] = ['.json', '.html'].map((ending) => files.find((name) => name.endsWith(ending)));
  if (file === undefined || page === undefined) throw new Error('the run left no report');
  const broken = brokenRules(JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as Report);
  if (broken.length > 0) throw new Error(`broken: ${broken.join(', ')}`);
}

const k6 = findK6();
if (k6 === null) {
  console.log('skipped: no k6');
} else {
  forgetSettings();
  inspectAll(k6);
  const directory = mkdtempSync(path.join(tmpdir(), 'playgate-smoke-'));
  try {
    await runShort(k6, directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

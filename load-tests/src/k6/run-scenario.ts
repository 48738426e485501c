import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../bench/processes.ts';
import type { RunArguments, Scenario } from './arguments.ts';
import { FaultDesk } from './fault-desk.ts';
import { K6Process, scriptOf } from './k6-process.ts';
import { commitOf, runFacts } from './run-facts.ts';
import { openStage } from './stage.ts';

const RESULTS = path.join(ROOT, 'load-tests/results');

export interface Run {
  /** The program. */
  readonly k6: string;
  readonly wanted: RunArguments;
  readonly stop?: AbortSignal;
}

/** On a stage of its own. Whether every threshold was met; rejects when nothing was measured. */
export async function runScenario(scenario: Scenario, { k6, stop, wanted }: Run): Promise<boolean> {
  const name = `${scenario}-${commitOf()}`;
  const draft = mkdtempSync(path.join(tmpdir(), 'playgate-load-'));
  await using parts = new AsyncDisposableStack();
  parts.defer(() => rmSync(draft, { recursive: true, force: true }));
  const stage = parts.use(await openStage(wanted));
  const isFault = scenario === 'failover' && stage.redis !== null;
  const desk = isFault ? parts.use(await FaultDesk.open(stage.redis)) : null;
  const variables = {
    ...wanted.numbers,
    ...(desk !== null && { FAULT_URL: desk.url }),
    BASE_URL: stage.url,
    ADMIN_TOKEN: stage.adminToken,
    SCENARIO: scenario,
    RUN_FACTS: JSON.stringify(runFacts(k6)),
    RESULT: path.join(draft, name),
  };
  stop?.throwIfAborted();
  const args = ['run', '--quiet', scriptOf(scenario)];
  const run = parts.use(new K6Process(k6, args, { variables, ...(stop !== undefined && { stop }) }));
  const isMet = await run.finish();
  keepReport(draft, wanted.resultsDirectory ?? RESULTS);
  return isMet;
}

/** Only of a run that came to its end. */
function keepReport(draft: string, directory: string): void {
  cpSync(draft, directory, { recursive: true });
}

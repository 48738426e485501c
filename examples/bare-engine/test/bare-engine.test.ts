import { execFileSync } from 'node:child_process';
import { SandboxGateway } from '@playgate/example-harness/sandbox-gateway';
import { stageExample } from '@playgate/example-harness/stage';
import { expect, it } from 'vitest';

it('plays an hour, with a pause, in an engine without fetch, timers and a page', async () => {
  using stage = stageExample('bare-engine');
  await using gateway = await SandboxGateway.start();
  const said = execFileSync(process.execPath, ['src/main.ts', gateway.dataDir], {
    cwd: stage.folder,
    encoding: 'utf8',
  });
  expect(said.trim().split('\n')).toEqual([
    'playing, rating 00+',
    'paused',
    'resumed',
    'warning: 15 min left',
    'warning: 5 min left',
    'warning: 1 min left',
    'save: 30 s left',
    'ended: daily_budget_spent',
  ]);
});

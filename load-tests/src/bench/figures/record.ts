// S8: the event pump and the reports, by the programs that measure each by itself.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Bench } from '../bench.ts';
import { type Finding, findingOf } from '../finding.ts';
import { ROOT } from '../processes.ts';

interface ProgramLine {
  readonly figure: string;
  readonly database: string;
  readonly samples: readonly number[];
  readonly [detail: string]: unknown;
}

async function linesOf(program: string, env: Readonly<Record<string, string>>): Promise<readonly ProgramLine[]> {
  const script = path.join(ROOT, 'load-tests/src', program);
  const child = spawn(process.execPath, ['--conditions=@playgate/source', script], {
    env: { ...process.env, ...env, ONLY_DATABASE: 'postgresql' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  const lines = text.trim().split('\n');
  // They end with 1 when a figure falls short; that is told by the lines.
  if (code > 1 || text === '') throw new Error(`${program} ended with ${code}`);
  return lines.map((line) => JSON.parse(line) as ProgramLine);
}

function lineNamed(lines: readonly ProgramLine[], figure: string): ProgramLine {
  const found = lines.find((line) => line.figure === figure);
  if (found === undefined) throw new Error(`no figure ${figure}`);
  return found;
}

export async function measureRecord({ sizes }: Bench): Promise<readonly Finding[]> {
  const { pumpedEvents, reportRounds, reportScale, rounds } = sizes;
  const pumped = lineNamed(
    await linesOf('pump.ts', { EVENTS: String(pumpedEvents), ROUNDS: String(Math.min(rounds, 3)) }),
    'pump',
  );
  const reported = lineNamed(
    await linesOf('reports.ts', { SCALE: String(reportScale), ROUNDS: String(reportRounds) }),
    'report_province_month',
  );
  return [
    findingOf({
      figure: 'S8',
      name: 'events into SQL, projections included',
      unit: 'events/s',
      target: { atLeast: 5_000 },
      samples: pumped.samples,
      detail: { database: pumped.database, events: pumpedEvents, cpuUsPerEvent: pumped.cpuUsPerEvent },
    }),
    findingOf({
      figure: 'S8',
      name: 'report of a province over the projections of a month of 1 M events',
      unit: 's',
      target: { atMost: 1 },
      samples: reported.samples.map((ms) => ms / 1000),
      detail: { database: reported.database, events: reported.events, rows: reported.rows },
      reduced: reportScale < 1 ? `${reported.events} events` : null,
    }),
  ];
}

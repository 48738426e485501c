// What is kept of a run: the figures as JSON, the same as a page for people, and a table on the screen.
import { numbersOfRun } from '../stage/settings.ts';
import { figuresOf, type SummaryData } from './figures.ts';
import { pageOf } from './page.ts';
import type { Report, RunFacts } from './report.ts';

const OK = 'ok';
const NAME_WIDTH = 52;

function textOf({ figures, isMet, scenario }: Report): string {
  const rows = figures.flatMap(({ name, thresholds, values }) => {
    const told = Object.entries(values).map(([stat, value]) => `${stat}=${value}`);
    const kept = Object.entries(thresholds).map(([rule, isKept]) => `${rule} ${isKept ? OK : 'FALLS SHORT'}`);
    return `  ${name.padEnd(NAME_WIDTH)} ${told.join(' ')}${kept.length > 0 ? `  [${kept.join(', ')}]` : ''}`;
  });
  return `\n${scenario}: ${isMet ? 'every target met' : 'falls short'}\n${rows.join('\n')}\n`;
}

/** Called by k6 at the end. RESULT is the path of the files without its ending; without it there are none. */
export function handleSummary(data: SummaryData): Record<string, string> {
  const figures = figuresOf(data);
  const report: Report = {
    scenario: __ENV.SCENARIO ?? 'load test',
    isMet: figures.every(({ thresholds }) => Object.values(thresholds).every((isKept) => isKept)),
    run: JSON.parse(__ENV.RUN_FACTS ?? '{}') as RunFacts,
    settings: numbersOfRun,
    durationMs: Math.round(data.state.testRunDurationMs),
    figures,
  };
  const shown = { stdout: textOf(report) };
  if (__ENV.RESULT === undefined) return shown;
  return {
    ...shown,
    [`${__ENV.RESULT}.json`]: `${JSON.stringify(report, null, 2)}\n`,
    [`${__ENV.RESULT}.html`]: pageOf(report),
  };
}

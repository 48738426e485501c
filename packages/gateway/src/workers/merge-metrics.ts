/** Of one worker, in Prometheus text format. */
export interface WorkerMetrics {
  readonly worker: number;
  readonly text: string;
}

const FAMILY = /^# (?:HELP|TYPE|UNIT) (\S+)/;
const SAMPLE = /^(?<name>[A-Za-z_:][\w:]*)(?:\{(?<labels>.*)\})?(?<value> \S+(?: \d+)?)$/;

/**
 * One page of all: every sample gets the label `worker`, and each family is told once. Nothing is added up, for a counter of a
 * worker that was started again begins at 0, which only a reader that sees it apart can tell from a fall.
 */
export function mergeMetrics(pages: readonly WorkerMetrics[]): string {
  const families = new Map<string, Family>();
  for (const { text, worker } of pages) {
    let family: Family = { firstOf: worker, head: [], samples: [] };
    for (const line of text.split('\n')) {
      const name = FAMILY.exec(line)?.[1];
      const sample = SAMPLE.exec(line)?.groups;
      if (name !== undefined) {
        family = families.get(name) ?? { firstOf: worker, head: [], samples: [] };
        families.set(name, family);
        if (family.firstOf === worker) family.head.push(line);
      } else if (sample !== undefined) {
        const { labels = '', name: metric, value } = sample;
        family.samples.push(`${metric}{worker="${worker}"${labels === '' ? '' : `,${labels}`}}${value}`);
      }
    }
  }
  const lines = [...families.values()].flatMap(({ head, samples }) => [...head, ...samples]);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

interface Family {
  /** Whose words its head has. */
  readonly firstOf: number;
  readonly head: string[];
  readonly samples: string[];
}

// /metrics of a pool: whichever worker is asked, the page has the figures of all.
import { mergeMetrics, type WorkerMetrics } from './merge-metrics.ts';
import type { PoolMessage } from './worker-messages.ts';

/** A worker that is busy for longer is missing from the page, which readers see as a gap of its series. */
const RENDER_MS_MAX = 1_500;

type Tell = (message: PoolMessage) => void;

interface Gathering {
  readonly awaited: Set<number>;
  readonly pages: WorkerMetrics[];
  readonly finish: () => void;
}

export class MetricsPage {
  readonly #workers: () => readonly { readonly number: number; readonly tell: Tell }[];
  readonly #gatherings = new Map<number, Gathering>();
  #lastAskId = 0;

  /** `workers`: those that run now. */
  constructor(workers: () => readonly { readonly number: number; readonly tell: Tell }[]) {
    this.#workers = workers;
  }

  /** Gathers the figures of all and tells them to the one that asked, under its number. */
  async answer(theirAskId: number, tell: Tell): Promise<void> {
    tell({ kind: 'all_metrics', askId: theirAskId, text: mergeMetrics(await this.#gather()) });
  }

  take(worker: number, askId: number, text: string): void {
    const gathering = this.#gatherings.get(askId);
    if (gathering === undefined || !gathering.awaited.delete(worker)) return;
    gathering.pages.push({ worker, text });
    if (gathering.awaited.size === 0) gathering.finish();
  }

  #gather(): Promise<readonly WorkerMetrics[]> {
    const workers = this.#workers();
    const askId = ++this.#lastAskId;
    const pages: WorkerMetrics[] = [];
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(late);
        this.#gatherings.delete(askId);
        resolve(pages.sort((a, b) => a.worker - b.worker));
      };
      const late = setTimeout(finish, RENDER_MS_MAX);
      this.#gatherings.set(askId, { awaited: new Set(workers.map(({ number }) => number)), pages, finish });
      for (const { tell } of workers) tell({ kind: 'render_metrics', askId });
    });
  }
}

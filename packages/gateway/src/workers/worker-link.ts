// A worker's side of the pool it belongs to.
import cluster from 'node:cluster';
import type { PoolMessage, WorkerMessage } from './worker-messages.ts';

/** A worker that does not answer the pool for so long is left out of the page by it, which then has time to answer too. */
const ALL_METRICS_MS_MAX = 3_000;

type Render = () => Promise<string>;

export class WorkerLink {
  readonly #asked = new Map<number, (text: string) => void>();
  #render: Render = async () => '';
  #lastAskId = 0;

  private constructor() {
    process.on('message', (message: PoolMessage) => this.#hear(message));
  }

  /** Null: this process belongs to no pool. */
  static open(): WorkerLink | null {
    return cluster.isWorker ? new WorkerLink() : null;
  }

  /** `lines`: what an operator is told at the start. */
  tellReady(lines: readonly string[]): void {
    tell({ kind: 'ready', lines });
  }

  /** The page of all workers; `render` makes this one's. */
  shareMetrics(render: Render): Render {
    this.#render = render;
    return () => this.#askForAll();
  }

  #askForAll(): Promise<string> {
    const askId = ++this.#lastAskId;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#asked.delete(askId);
        reject(new Error('the other workers do not answer'));
      }, ALL_METRICS_MS_MAX);
      this.#asked.set(askId, (text) => {
        clearTimeout(late);
        resolve(text);
      });
      tell({ kind: 'metrics_asked', askId });
    });
  }

  #hear(message: PoolMessage): void {
    if (message.kind === 'render_metrics') {
      void this.#render().then((text) => tell({ kind: 'metrics', askId: message.askId, text }));
      return;
    }
    this.#asked.get(message.askId)?.(message.text);
    this.#asked.delete(message.askId);
  }
}

function tell(message: WorkerMessage): void {
  if (process.connected) process.send?.(message);
}

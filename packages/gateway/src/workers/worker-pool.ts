// The process over the workers of one machine. It holds the port and hands connections to them in turn (node:cluster), starts one
// again that died, and ends them together. It serves nothing itself and opens no store, so there is little in it that could fail;
// when it does end, its workers do too.
import cluster, { type Worker } from 'node:cluster';
import { MetricsPage } from './metrics-page.ts';
import type { PoolMessage, WorkerMessage } from './worker-messages.ts';

export const WORKERS_MAX = 64;
const RESTART_DELAY_MS_MIN = 250;
const RESTART_DELAY_MS_MAX = 15_000;
/** One that has run for so long did not die of its start. */
const PROVEN_MS = 60_000;
/** Beyond the time requests may take at the end: for what is written after them. */
const LAST_WRITES_MS_MAX = 15_000;

export interface WorkerPoolOptions {
  readonly count: number;
  /** How long requests under way may take after a signal. */
  readonly shutdownMsMax: number;
  /** All listen: what the first one says of itself. */
  readonly onReady: (lines: readonly string[]) => void;
  readonly onTrouble: (what: string, details: object) => void;
}

interface Place {
  /** From 1; the label of its metrics. */
  readonly number: number;
  worker: Worker | null;
  startedAtMs: number;
  /** Starts in a row that did not last. */
  failures: number;
  restart: NodeJS.Timeout | null;
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #places: readonly Place[];
  readonly #page: MetricsPage;
  readonly #ready = new Set<number>();
  readonly #ended: Promise<number>;
  #end: (code: number) => void = () => {};
  #ending = false;
  #exitCode = 0;
  #isUp = false;
  #lines: readonly string[] = [];

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#places = Array.from({ length: options.count }, (_, index) => {
      return { number: index + 1, worker: null, startedAtMs: 0, failures: 0, restart: null };
    });
    this.#page = new MetricsPage(() =>
      this.#places.flatMap(({ number, worker }) =>
        worker === null || !this.#ready.has(number) ? [] : [{ number, tell: tellOf(worker) }],
      ),
    );
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Resolves with the exit code when all have ended. The first worker brings the stores up to date before others start. */
  run(): Promise<number> {
    cluster.schedulingPolicy = cluster.SCHED_RR;
    this.#start(this.#places[0]!);
    return this.#ended;
  }

  /** Ends all as a signal ends one; those that take too long are killed. */
  stop(): void {
    if (this.#ending) return;
    this.#ending = true;
    for (const { restart, worker } of this.#places) {
      if (restart !== null) clearTimeout(restart);
      worker?.process.kill('SIGTERM');
    }
    setTimeout(() => {
      for (const { worker } of this.#places) worker?.process.kill('SIGKILL');
    }, this.#options.shutdownMsMax + LAST_WRITES_MS_MAX).unref();
    this.#endIfEmpty();
  }

  #start(place: Place): void {
    const worker = cluster.fork();
    place.worker = worker;
    place.restart = null;
    place.startedAtMs = performance.now();
    worker.on('message', (message: WorkerMessage) => this.#hear(place, worker, message));
    worker.on('error', (error) => this.#options.onTrouble('a worker cannot be reached', { err: error }));
    worker.once('exit', (code, signal) => this.#onExit(place, code, signal));
  }

  #hear(place: Place, worker: Worker, message: WorkerMessage): void {
    if (message.kind === 'metrics') this.#page.take(place.number, message.askId, message.text);
    else if (message.kind === 'metrics_asked') void this.#page.answer(message.askId, tellOf(worker));
    else this.#onReady(place, message.lines);
  }

  #onReady({ number }: Place, lines: readonly string[]): void {
    this.#ready.add(number);
    if (this.#lines.length === 0) {
      this.#lines = lines;
      for (const place of this.#places.slice(1)) if (!this.#ending) this.#start(place);
    }
    if (this.#isUp || this.#ready.size < this.#places.length) return;
    this.#isUp = true;
    this.#options.onReady(this.#lines);
  }

  #onExit(place: Place, code: number | null, signal: string | null): void {
    const hasNeverRun = this.#lines.length === 0;
    place.worker = null;
    this.#ready.delete(place.number);
    // What is wrong with the first start is wrong with all, and it has said what.
    if (this.#ending || hasNeverRun) {
      this.#ending = true;
      this.#exitCode = Math.max(this.#exitCode, code ?? 1);
      this.#endIfEmpty();
      return;
    }
    const hasLasted = performance.now() - place.startedAtMs >= PROVEN_MS;
    place.failures = hasLasted ? 0 : place.failures + 1;
    const delayMs = restartDelayMs(place.failures);
    this.#options.onTrouble('a worker ended and is started again', { worker: place.number, code, signal, delayMs });
    place.restart = setTimeout(() => this.#start(place), delayMs);
  }

  #endIfEmpty(): void {
    if (this.#places.every(({ worker }) => worker === null)) this.#end(this.#exitCode);
  }
}

/** 0, then 250 ms doubled with each failure. */
export function restartDelayMs(failures: number): number {
  if (failures === 0) return 0;
  return Math.min(RESTART_DELAY_MS_MIN * 2 ** (failures - 1), RESTART_DELAY_MS_MAX);
}

const tellOf =
  (worker: Worker) =>
  (message: PoolMessage): void => {
    if (worker.isConnected()) worker.send(message, () => undefined);
  };

// How long a process was ready to run and got no processor: on a machine that others use too, that is no slowness of its own.
import { readFileSync } from 'node:fs';

interface Sample {
  readonly at: number;
  readonly waitedMs: number;
}

const SAMPLE_MS = 20;
/** More than the longest that a request is waited for. */
const KEPT_MS = 30_000;
const NS_PER_MS = 1e6;

/** Of the main thread of a process, since it began; 0 where the system does not tell. */
export function waitedMsOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / NS_PER_MS;
  } catch {
    return 0;
  }
}

export class ProcessorWaits implements Disposable {
  readonly #pidOf: () => number | null;
  readonly #timer: NodeJS.Timeout;
  readonly #samples: Sample[] = [];

  /** `pidOf`: the process may be started again; null: there is none. */
  constructor(pidOf: () => number | null) {
    this.#pidOf = pidOf;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
    this.#timer.unref();
  }

  #sample(): void {
    const now = performance.now();
    this.#samples.push({ at: now, waitedMs: this.#read() });
    while (this.#samples.length > 0 && this.#samples[0]!.at < now - KEPT_MS) this.#samples.shift();
  }

  #read(): number {
    const pid = this.#pidOf();
    return pid === null ? 0 : waitedMsOf(pid);
  }

  /** Milliseconds since an instant of performance.now(); 0 when the process is another one than then. */
  since(startedAt: number): number {
    const first = this.#samples.find(({ at }) => at >= startedAt);
    return first === undefined ? 0 : Math.max(0, this.#read() - first.waitedMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

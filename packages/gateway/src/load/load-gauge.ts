// Reads how loaded this gateway is, once a second.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AT_REST, type LoadLevel, type LoadReading, type LoadState, nextLoad } from './load-level.ts';

export const READ_LOAD_EVERY_MS = 1_000;
const NS_PER_MS = 1e6;
/** What the timer of the measurement itself takes; a delay is what goes beyond it. */
const RESOLUTION_MS = 10;
/** Calls of the ledger that are looked at between two readings: the last ones. */
const CALLS_KEPT_MAX = 256;
const SLOW_SHARE = 0.95;

export interface LoadGaugePorts {
  readonly onLevel: (level: LoadLevel, before: LoadLevel, reading: LoadReading) => void;
}

/** What the gateway asks of a gauge; a test brings a load of its own. */
export type LoadSource = Pick<LoadGauge, 'answered' | 'asked' | 'level' | 'read' | 'stop'>;

export class LoadGauge {
  readonly #ports: LoadGaugePorts;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #callsMs = new Float64Array(CALLS_KEPT_MAX);
  #calls = 0;
  #waiting = 0;
  #state: LoadState = AT_REST;

  constructor(ports: LoadGaugePorts) {
    this.#ports = ports;
    this.#delay.enable();
  }

  get level(): LoadLevel {
    return this.#state.level;
  }

  /** So many heartbeats are handed to the ledger, which ends with `answered` for them. */
  asked(heartbeats: number): void {
    this.#waiting += heartbeats;
  }

  answered(heartbeats: number, durationMs: number): void {
    this.#waiting -= heartbeats;
    this.#callsMs[this.#calls++ % CALLS_KEPT_MAX] = durationMs;
  }

  /** To be called every READ_LOAD_EVERY_MS. */
  read(): void {
    const before = this.level;
    const reading = this.#take();
    this.#state = nextLoad(this.#state, reading);
    if (this.level !== before) this.#ports.onLevel(this.level, before, reading);
  }

  stop(): void {
    this.#delay.disable();
  }

  #take(): LoadReading {
    const loopLagMs = this.#delay.count === 0 ? 0 : Math.max(0, this.#delay.mean / NS_PER_MS - RESOLUTION_MS);
    this.#delay.reset();
    const calls = this.#callsMs.slice(0, Math.min(this.#calls, CALLS_KEPT_MAX)).sort();
    this.#calls = 0;
    const ledgerMs = calls.length === 0 ? 0 : calls[Math.ceil(calls.length * SLOW_SHARE) - 1]!;
    return { loopLagMs, ledgerMs, waiting: this.#waiting };
  }
}

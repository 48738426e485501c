// One window of load: an open model of heartbeats, and the counts of everything that was answered meanwhile.
import { Arrivals } from '../bench/load/arrivals.ts';
import { quantile } from '../bench/statistics.ts';
import type { WindowTally } from './messages.ts';

const FAILURE_LENGTH_MAX = 500;
type Count = 'answered' | 'shed' | 'opened' | 'closed' | 'silent' | 'spent' | 'verified' | 'reports';

export class Tally {
  readonly arrivals: Arrivals;
  readonly endsAt: number;
  readonly #counts: Record<Count, number> = {
    answered: 0,
    shed: 0,
    opened: 0,
    closed: 0,
    silent: 0,
    spent: 0,
    verified: 0,
    reports: 0,
  };
  #failed = 0;
  #firstFailure: string | null = null;

  constructor(options: { readonly startsAt: number; readonly perSecond: number; readonly durationMs: number }) {
    this.arrivals = new Arrivals(options);
    this.endsAt = options.startsAt + options.durationMs;
  }

  count(what: Count): void {
    this.#counts[what] += 1;
  }

  /** Beside being counted as answered. */
  fail(what: string): void {
    this.#failed += 1;
    this.#firstFailure ??= what.slice(0, FAILURE_LENGTH_MAX);
  }

  /** Every heartbeat that was due in it has its answer. */
  isOver(now: number): boolean {
    return now >= this.endsAt && this.arrivals.isOver;
  }

  result(live: number): WindowTally {
    const sorted = Float64Array.from(this.arrivals.latenciesMs).sort();
    const late = Float64Array.from(this.arrivals.lateMs).sort();
    return {
      ...this.#counts,
      beats: sorted.length,
      failed: this.#failed,
      firstFailure: this.#firstFailure,
      latencyMs: { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), lateP99: quantile(late, 0.99) },
      live,
    };
  }
}

// Spends the quotas of requests: those of the hot path inside the process, all others where every gateway sees them. Both
// are halved while the place that gateways share is away.
import { COUNTED_IN_PROCESS, outageQuotaOf, type QuotaName, type Quotas } from './quotas.ts';
import type { RateLimiter, Spent } from './rate-limiter.ts';
import { WindowCounter } from './window-counter.ts';

const MS_PER_S = 1000;

export interface RequestLimitsPorts {
  readonly quotas: Quotas;
  readonly shared: RateLimiter;
  /** Monotonic ms. Default: `performance`. */
  readonly stopwatch?: { now(): number };
}

export class RequestLimits {
  readonly quotas: Quotas;
  readonly #shared: RateLimiter;
  readonly #counters: ReadonlyMap<QuotaName, WindowCounter>;

  constructor({ quotas, shared, stopwatch }: RequestLimitsPorts) {
    this.quotas = quotas;
    this.#shared = shared;
    const counters = [...COUNTED_IN_PROCESS].map(
      (name) => [name, new WindowCounter(quotas[name].windowS * MS_PER_S, stopwatch)] as const,
    );
    this.#counters = new Map(counters);
  }

  /** Counts one request. No promise for the quotas of the hot path. */
  spend(name: QuotaName, subject: string): Spent | Promise<Spent> {
    const counter = this.#counters.get(name);
    if (counter === undefined) return this.#shared.spend(name, subject);
    const { count, resetMs } = counter.add(subject);
    const requests = this.#shared.isAway() ? outageQuotaOf(this.quotas[name]) : this.quotas[name].requests;
    return { allowed: count <= requests, requests, remaining: Math.max(0, requests - count), resetMs };
  }

  isSpent(name: QuotaName, subject: string): Promise<boolean> {
    return this.#shared.isSpent(name, subject);
  }
}

// The port of what counts requests against the quotas.
import type { QuotaName } from './quotas.ts';

export interface Spent {
  readonly allowed: boolean;
  /** The quota that held: less than the one that was set while the limiter that all gateways share is away. */
  readonly requests: number;
  /** Of those, what is left in this window. */
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetMs: number;
}

export interface RateLimiter {
  /** Counts one request. `subject` names whom it is counted for and holds nothing personal. Never throws. */
  spend(quota: QuotaName, subject: string): Promise<Spent>;
  /** Whether there is nothing left, without counting. */
  isSpent(quota: QuotaName, subject: string): Promise<boolean>;
  /** True: what other gateways count is not known here at present. */
  isAway(): boolean;
}

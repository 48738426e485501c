// The port of what counts requests against the quotas.
import type { QuotaName } from './quotas.ts';

export interface Spent {
  readonly allowed: boolean;
  /** Of the quota's requests, what is left in this window. */
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetMs: number;
}

export interface RateLimiter {
  /** Counts one request. `subject` names whom it is counted for and holds nothing personal. Never throws. */
  spend(quota: QuotaName, subject: string): Promise<Spent>;
  /** Whether there is nothing left, without counting. */
  isSpent(quota: QuotaName, subject: string): Promise<boolean>;
}

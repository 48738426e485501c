// Quotas that all gateways of a deployment share through Redis, by rate-limiter-flexible. While Redis does not answer each
// process counts for itself, against a part of the quota. Without Redis (the memory store) the one process has all of it.
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, RLWrapperTimeouts } from 'rate-limiter-flexible';
import { QUOTA_NAMES, type Quota, type QuotaName, type Quotas } from '../../limits/quotas.ts';
import type { RateLimiter, Spent } from '../../limits/rate-limiter.ts';
import { limitPrefix } from './keys.ts';

/** Within it a healthy Redis answers many times over; a start that then waits for the ledger still answers within 500 ms. */
export const LIMIT_ANSWER_MS_MAX = 25;
/** Stricter than with Redis: the other gateways count the same callers and nobody adds it up. */
export const OUTAGE_SHARE = 0.5;
const MS_PER_S = 1000;

type Limiter = RateLimiterMemory | RLWrapperTimeouts;

export class SharedRateLimiter implements RateLimiter {
  readonly #quotas: Quotas;
  readonly #limiters: ReadonlyMap<QuotaName, Limiter>;

  constructor(quotas: Quotas, redis: Redis | null) {
    this.#quotas = quotas;
    this.#limiters = new Map(QUOTA_NAMES.map((name) => [name, openLimiter(name, quotas[name], redis)]));
  }

  async spend(name: QuotaName, subject: string): Promise<Spent> {
    try {
      return this.#spentOf(name, await this.#limiters.get(name)!.consume(subject));
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return { ...this.#spentOf(name, refusal), allowed: false };
      throw refusal;
    }
  }

  async isSpent(name: QuotaName, subject: string): Promise<boolean> {
    const result = await this.#limiters.get(name)!.get(subject);
    return result !== null && result.consumedPoints >= this.#quotas[name].requests;
  }

  #spentOf(name: QuotaName, { remainingPoints, msBeforeNext }: RateLimiterRes): Spent {
    // Redis says -1 or -2 of a key that ended between two commands.
    const resetMs = msBeforeNext > 0 ? msBeforeNext : this.#quotas[name].windowS * MS_PER_S;
    return { allowed: true, remaining: remainingPoints, resetMs };
  }
}

function openLimiter(name: QuotaName, { requests, windowS }: Quota, redis: Redis | null): Limiter {
  const shape = { keyPrefix: `${limitPrefix}:${name}`, duration: windowS };
  if (redis === null) return new RateLimiterMemory({ ...shape, points: requests });
  const limiter = new RateLimiterRedis({ ...shape, points: requests, storeClient: redis, rejectIfRedisNotReady: true });
  const insuranceLimiter = new RateLimiterMemory({
    ...shape,
    points: Math.max(1, Math.floor(requests * OUTAGE_SHARE)),
  });
  return new RLWrapperTimeouts({ limiter, timeoutMs: LIMIT_ANSWER_MS_MAX, insuranceLimiter });
}

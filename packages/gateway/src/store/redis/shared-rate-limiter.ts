// Quotas that all gateways of a deployment share through Redis, by rate-limiter-flexible. While Redis does not answer each
// process counts for itself, against a part of the quota. Without Redis (the memory store) the one process has all of it.
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { answeredWithin } from '../../answer-time.ts';
import { KnownSubjects } from '../../limits/known-subjects.ts';
import { outageQuotaOf, QUOTA_NAMES, type Quota, type QuotaName, type Quotas } from '../../limits/quotas.ts';
import type { RateLimiter, Spent } from '../../limits/rate-limiter.ts';
import { limitPrefix } from './keys.ts';
import type { RedisClient } from './redis-client.ts';

/** Within it a healthy Redis answers many times over; a start that then waits for the ledger still answers within 500 ms. */
export const LIMIT_ANSWER_MS_MAX = 25;
const MS_PER_S = 1000;

/** A limiter that was silent once may be well again without anybody asking it. */
const AWAY_AFTER_SILENCE_MS = 10_000;

/** Of one quota: what counts, and what does instead of it. */
interface Limiters {
  readonly first: Counter;
  /** Null: nothing can be away. */
  readonly outage: Counter | null;
}

interface Counter {
  readonly limiter: Pick<RateLimiterMemory, 'consume' | 'get'>;
  /** Requests per window. */
  readonly requests: number;
}

export class SharedRateLimiter implements RateLimiter {
  readonly #quotas: Quotas;
  readonly #redis: RedisClient | null;
  readonly #limiters: ReadonlyMap<QuotaName, Limiters>;
  #silentUntilMs = 0;

  constructor(quotas: Quotas, redis: RedisClient | null) {
    this.#quotas = quotas;
    this.#redis = redis;
    this.#limiters = new Map(QUOTA_NAMES.map((name) => [name, openLimiters(name, quotas[name], redis)]));
  }

  spend(name: QuotaName, subject: string): Promise<Spent> {
    return this.#ask(name, async ({ limiter, requests }) => {
      try {
        return this.#spentOf(name, requests, await limiter.consume(subject), true);
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return this.#spentOf(name, requests, refusal, false);
        throw refusal;
      }
    });
  }

  isSpent(name: QuotaName, subject: string): Promise<boolean> {
    return this.#ask(name, async ({ limiter, requests }) => {
      const counted = await limiter.get(subject);
      return counted !== null && counted.consumedPoints >= requests;
    });
  }

  isAway(): boolean {
    return this.#redis !== null && (this.#redis.status !== 'ready' || performance.now() < this.#silentUntilMs);
  }

  async #ask<Answer>(name: QuotaName, question: (counter: Counter) => Promise<Answer>): Promise<Answer> {
    const { first, outage } = this.#limiters.get(name)!;
    if (outage === null) return question(first);
    try {
      const answer = await answeredWithin(question(first), LIMIT_ANSWER_MS_MAX, 'the limiter does not answer');
      this.#silentUntilMs = 0;
      return answer;
    } catch {
      this.#silentUntilMs = performance.now() + AWAY_AFTER_SILENCE_MS;
      return question(outage);
    }
  }

  #spentOf(name: QuotaName, requests: number, counted: RateLimiterRes, allowed: boolean): Spent {
    const { msBeforeNext, remainingPoints: remaining } = counted;
    // Redis says -1 or -2 of a key that ended between two commands.
    const resetMs = msBeforeNext > 0 ? msBeforeNext : this.#quotas[name].windowS * MS_PER_S;
    return { allowed, requests, remaining, resetMs };
  }
}

function openLimiters(name: QuotaName, quota: Quota, redis: RedisClient | null): Limiters {
  const shape = { keyPrefix: `${limitPrefix}:${name}`, duration: quota.windowS };
  const { requests } = quota;
  const inMemory = (points: number): Counter => {
    const limiter = new RateLimiterMemory({ ...shape, points });
    const subjects = new KnownSubjects(quota.windowS * MS_PER_S);
    const consume = (subject: string | number) => limiter.consume(subjects.nameOf(String(subject)));
    const get = (subject: string | number) => limiter.get(subjects.nameOf(String(subject)));
    return { limiter: { consume, get }, requests: points };
  };
  if (redis === null) return { first: inMemory(requests), outage: null };
  const limiter = new RateLimiterRedis({ ...shape, points: requests, storeClient: redis, rejectIfRedisNotReady: true });
  return { first: { limiter, requests }, outage: inMemory(outageQuotaOf(quota)) };
}

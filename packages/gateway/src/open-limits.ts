// Joins the limits: which counter, which book, under which key, with the numbers that were set.
import type { Instant } from '@playgate/policy';
import { AgeCheckLimits } from './limits/age-check-limits.ts';
import { AnswerLimit } from './limits/answer-limit.ts';
import { type Mark, markWith } from './limits/limit-subjects.ts';
import { type QuotaName, quotasWith } from './limits/quotas.ts';
import { RequestLimits } from './limits/request-limits.ts';
import { MemoryQuestionBook } from './store/memory/memory-question-book.ts';
import type { RedisClient } from './store/redis/redis-client.ts';
import { RedisQuestionBook } from './store/redis/redis-question-book.ts';
import { SharedRateLimiter } from './store/redis/shared-rate-limiter.ts';
import { deriveKey, type Secrets } from './store/sql/secrets.ts';

export interface RateSettings {
  /** Requests per window; those that are missing are as in the table. */
  readonly quotas: Readonly<Partial<Record<QuotaName, number>>>;
  /** Different answers about one identity on a day. */
  readonly answersPerDay: number;
}

export interface LimitParts {
  /** Null: this process is the only one and counts by itself. */
  readonly redis: RedisClient | null;
  readonly secrets: Pick<Secrets, 'pepper'>;
  readonly zoneAt: (now: Instant) => string;
}

export interface Limits {
  readonly requests: RequestLimits;
  readonly ageChecks: AgeCheckLimits;
  readonly mark: Mark;
}

export function openLimits(settings: RateSettings, { redis, secrets, zoneAt }: LimitParts): Limits {
  const quotas = quotasWith(settings.quotas);
  const mark = markWith(deriveKey(secrets.pepper, 'abuse-limit'));
  const requests = new RequestLimits({ quotas, shared: new SharedRateLimiter(quotas, redis) });
  const book = redis === null ? new MemoryQuestionBook() : new RedisQuestionBook(redis);
  const answers = new AnswerLimit({ book, mark, zoneAt, answersMax: settings.answersPerDay });
  return { requests, ageChecks: new AgeCheckLimits({ requests, answers, mark }), mark };
}

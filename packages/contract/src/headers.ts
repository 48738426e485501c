// Header names of the wire, zod-free. Node lower-cases names it receives; these are the spellings sent.
export const HEADERS = {
  authorization: 'Authorization',
  idempotencyKey: 'Idempotency-Key',
  /** `true` on an answer that repeats the outcome of an earlier request with the same key. */
  idempotentReplayed: 'Idempotent-Replayed',
  requestId: 'X-Request-Id',
  /** Seconds, whole and at least 1; on every 429 and 503. */
  retryAfter: 'Retry-After',
} as const;

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';
export const JSON_MEDIA_TYPE = 'application/json';

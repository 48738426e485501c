// Header names of the wire, zod-free. Node lower-cases names it receives; these are the spellings sent.
export const HEADERS = {
  location: 'Location',
  authorization: 'Authorization',
  idempotencyKey: 'Idempotency-Key',
  /** `true` on an answer that repeats the outcome of an earlier request with the same key. */
  idempotentReplayed: 'Idempotent-Replayed',
  requestId: 'X-Request-Id',
  /** With requests that change something and are authenticated by the session cookie: `csrfToken` of GET /v1/me. */
  csrfToken: 'X-CSRF-Token',
  /** What is left of the quota that the request was counted against: `"starts";r=49999;t=10`. */
  rateLimit: 'RateLimit',
  /** That quota: `"starts";q=50000;w=10`, requests and seconds (draft-ietf-httpapi-ratelimit-headers). */
  rateLimitPolicy: 'RateLimit-Policy',
  /** Why a regulator asks; kept in the access log. */
  purpose: 'Playgate-Purpose',
  /** Detached JWS (RFC 7515 appendix F) over the bytes of the body. */
  signature: 'Playgate-Signature',
  /** Of an answer that can be asked for again with If-None-Match. */
  entityTag: 'ETag',
  ifNoneMatch: 'If-None-Match',
  /** Seconds, whole and at least 1; on every 429 and 503. */
  retryAfter: 'Retry-After',
} as const;

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';
export const JSON_MEDIA_TYPE = 'application/json';

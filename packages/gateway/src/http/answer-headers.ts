// Headers of every answer of an operation, whichever way it takes.
import { HEADERS } from '@playgate/contract';

/** An answer in JSON needs no more of what helmet sets on pages. */
export const ANSWER_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/**
 * Operations of pk keys and session tokens run in pages of any origin. Those of people know cookies, but `*` keeps a page of
 * another origin from reading what they are answered, and changes need more than a cookie.
 */
export const BROWSER_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': [
    HEADERS.requestId,
    HEADERS.retryAfter,
    HEADERS.rateLimit,
    HEADERS.rateLimitPolicy,
    HEADERS.idempotentReplayed,
  ].join(', '),
} as const;

export function setHeaders(
  response: { setHeader(name: string, value: string): unknown },
  headers: Readonly<Record<string, string>>,
): void {
  for (const name in headers) response.setHeader(name, headers[name]!);
}

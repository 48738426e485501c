// What keeps a page of somebody else from acting with a person's cookie: a token that only our own pages can read, and the
// browser's own word on where a request comes from.
import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** Of a request, in the spelling of Node. */
export interface OriginHeaders {
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | undefined;
}

/** Bound to one session: that of another person, or of an earlier sign-in, does not fit. */
export function csrfTokenOf(sessionId: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(sessionId).digest('base64url');
}

/** In a time that does not depend on the candidate. */
export function isCsrfToken(candidate: string | undefined, sessionId: string, key: Uint8Array): boolean {
  if (candidate === undefined) return false;
  return timingSafeEqual(hash('sha256', candidate, 'buffer'), hash('sha256', csrfTokenOf(sessionId, key), 'buffer'));
}

/** Every browser of today sends one of the two with what changes something; both must be right where both are sent. */
export function isSameOrigin({ origin, 'sec-fetch-site': site }: OriginHeaders, ownOrigin: string): boolean {
  if (origin === undefined && site === undefined) return false;
  return (origin === undefined || origin === ownOrigin) && (site === undefined || site === 'same-origin');
}

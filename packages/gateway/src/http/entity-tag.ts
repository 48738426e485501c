// Conditional requests (RFC 9110, 13.1.2): who has an answer already is told so instead of being sent it again.
import { HEADERS } from '@playgate/contract';
import type { Request, Response } from 'express';
import type { StoredResponse } from '../directory/idempotency.ts';

const NOT_MODIFIED: StoredResponse = { status: 304, headers: {}, body: '' };

/** `answer`, or 304 where the asker has the answer whose entity tag `response` bears. */
export function unlessKnown(request: Request, response: Response, answer: StoredResponse): StoredResponse {
  const tag = response.getHeader(HEADERS.entityTag);
  const known = request.get(HEADERS.ifNoneMatch);
  if (answer.status !== 200 || typeof tag !== 'string' || known === undefined) return answer;
  return names(known, tag) ? NOT_MODIFIED : answer;
}

/** Weakly compared: a proxy that compressed the answer made the tag a weak one. */
function names(known: string, tag: string): boolean {
  return known.split(',').some((each) => ['*', tag].includes(each.trim().replace(/^W\//, '')));
}

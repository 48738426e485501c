// Why somebody asks: the header that regulators have to send with what they read.
import { HEADERS, purpose as purposeSchema } from '@playgate/contract';
import type { Request } from 'express';
import type { Principal } from '../directory/principal.ts';
import { Fault } from '../fault.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Null: not said, and not needed. Throws an `invalid_request` Fault. */
export function readPurpose(request: Request, principal: Principal | null, isAsked: boolean): string | null {
  const header = request.get(HEADERS.purpose);
  if (header === undefined && !(isAsked && principal?.kind === 'regulator')) return null;
  const result = purposeSchema.safeParse(decode(header ?? ''));
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ message }) => ({ path: HEADERS.purpose, message }));
  throw new Fault('invalid_request', `A regulator says in ${HEADERS.purpose} why it asks.`, fields);
}

/** Headers arrive as bytes, one character each: UTF-8 is what curl sends, percent-encoding is what a browser can. */
function decode(header: string): string {
  try {
    const text = utf8.decode(Buffer.from(header, 'latin1'));
    return /%[0-9a-f]{2}/i.test(text) ? decodeURIComponent(text) : text;
  } catch {
    return header;
  }
}

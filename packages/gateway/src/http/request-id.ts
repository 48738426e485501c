// The id of a request goes into the log, and a client may choose it: what it sends is taken only if it is no text that could
// forge a line and no number or date that could say something of a person.
import { randomUUID } from 'node:crypto';
import { limits } from '@playgate/contract';

const SAFE = new RegExp(`^[A-Za-z0-9._-]{1,${limits.REQUEST_ID_LENGTH_MAX}}$`);
/** UUIDs, trace ids and the like: their digits are random, and letters stand among them. */
const RANDOM = /^(?=.*[a-f])(?:[0-9a-f]{16,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
/** Milliseconds since 1970, in this century until 2033. No phone number has 13 digits and starts with 1. */
const TIMESTAMP = /(?<!\d)1\d{12}(?!\d)/g;
const SEPARATORS = /[._-]/g;
/** A birth date has eight, a phone number or a national id more. */
const TELLING_DIGITS = /\d{8}/;

/** `asked`: the header as it came. Anything unfit gives a new id. */
export function requestIdOf(asked: string | readonly string[] | undefined): string {
  return typeof asked === 'string' && SAFE.test(asked) && saysNothing(asked) ? asked : randomUUID();
}

function saysNothing(id: string): boolean {
  return RANDOM.test(id) || !TELLING_DIGITS.test(id.replace(TIMESTAMP, '').replace(SEPARATORS, ''));
}

// When an entry was made, as its id says: Redis and the gateway write ms and a dash, the memory store microseconds.
import type { Instant } from '@playgate/policy';
import type { Mode } from '../directory/world.ts';

const MS = /^(\d{12,14})-/;
const MICROSECONDS = /^(\d{15,17})$/;
const MICROSECONDS_PER_MS = 1_000;

/** Where the entries of test worlds lie, and those whose id says no time. */
export const MONTHLESS = 0;

/** Real time; null: the id is none of ours. */
export function timeOfEntry(entryId: string): Instant | null {
  const ms = MS.exec(entryId);
  if (ms !== null) return Number(ms[1]);
  return MICROSECONDS.test(entryId) ? Math.floor(Number(entryId) / MICROSECONDS_PER_MS) : null;
}

/** yyyymm, UTC: the same for an entry whenever and by whomever it is kept. */
export function monthOfEntry(entryId: string, mode: Mode | null): number {
  const at = mode === 'test' ? null : timeOfEntry(entryId);
  if (at === null) return MONTHLESS;
  const made = new Date(at);
  return made.getUTCFullYear() * 100 + made.getUTCMonth() + 1;
}

import { createHash } from 'node:crypto';

/** An advisory lock's number, from a text that names it. */
export const lockKeyOf = (name: string): number =>
  createHash('sha256').update(`playgate ${name}`).digest().readInt32BE(0);

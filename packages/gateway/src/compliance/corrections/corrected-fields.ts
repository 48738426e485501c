// A correction as an entry of the log: its reason only as a salted hash, which can be shown to be of a text and from which the
// text cannot be found. The salt stays beside the text and is erased with it.
import { createHash, randomBytes } from 'node:crypto';
import { type EntryFields, worldName } from '../../sessions/stream-entry.ts';
import type { NewCorrection } from './correction.ts';

const SALT_BYTES = 32;

export const newReasonSalt = (): Uint8Array => randomBytes(SALT_BYTES);

/** SHA-256, hex. */
export const hashReason = (reason: string, salt: Uint8Array): string =>
  createHash('sha256').update(salt).update(reason, 'utf8').digest('hex');

export function correctedFields(entry: NewCorrection, correctionId: string, salt: Uint8Array): EntryFields {
  const { author, kind, undoes } = entry;
  return {
    kind: 'corrected',
    session: '',
    world: worldName(entry.world),
    person: entry.personId,
    player: entry.playerId,
    game: entry.gameId ?? '',
    agent: '',
    station: '',
    band: '',
    context: entry.context,
    at: String(entry.now),
    date: entry.date,
    correction: correctionId,
    delta: String(entry.deltaMs),
    ...(kind === 'grant' && { bonus: String(entry.bonusMs) }),
    author: author.id === null ? author.role : `${author.role}:${author.id}`,
    reasonHash: hashReason(entry.reason, salt),
    ...(undoes !== null && { undoes }),
  };
}

// The text of a checkpoint (c2sp.org/tlog-checkpoint): whose tree, how many leaves, which root.
import { HASH_BYTES } from './merkle.ts';
import { NoteError } from './signed-note.ts';

export interface Checkpoint {
  /** The name of the log, and of the keys that sign for it. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export const formatCheckpoint = ({ origin, root, size }: Checkpoint): string =>
  `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;

/** Throws a NoteError. Further lines are allowed and mean nothing. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', sizeText = '', rootText = ''] = text.split('\n');
  const size = Number(sizeText);
  const root = Buffer.from(rootText, 'base64');
  const isWhole =
    origin !== '' &&
    /^(?:0|[1-9]\d*)$/.test(sizeText) &&
    Number.isSafeInteger(size) &&
    root.length === HASH_BYTES &&
    root.toString('base64') === rootText;
  if (!isWhole) throw new NoteError('it is no checkpoint: origin, size and root are expected');
  return { origin, size, root };
}

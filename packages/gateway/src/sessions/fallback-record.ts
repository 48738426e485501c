import type { EntryFields } from './stream-entry.ts';

/** Keeps what was answered while the ledger could not be asked, so that the record has it all the same. */
export interface FallbackRecord {
  /** In the words of the stream. Never waits and never throws, for an answer is on its way. */
  note(fields: EntryFields): void;
}

import type { StreamEntry } from '../sessions/session-store.ts';

/** The durable record of what the live ledger did. */
export interface EventLog {
  /** Keeps entries of one partition, all or none; an entry kept before is kept once. */
  append(partition: string, entries: readonly StreamEntry[]): Promise<void>;
}

import type { CalendarDate } from '@playgate/policy';
import type { DayPlay, StreamEntry } from '../sessions/session-store.ts';

/** The durable record of what happened. */
export interface EventLog {
  /**
   * Keeps entries of one partition in their order, all or none; an entry kept before is kept once. Entries that do not come from
   * the live ledger go to the partition `gateway`, under ids made by `newGatewayEntryId`.
   */
  append(partition: string, entries: readonly StreamEntry[]): Promise<void>;
  /** One person's play of one day, rebuilt from what is kept; a run that still goes on is not there yet. */
  readDay(personId: string, date: CalendarDate): Promise<DayPlay>;
}

/** What was read and kept, by partition; a partition that another worker is at is not among them. */
export type MovedEntries = ReadonlyMap<string, readonly StreamEntry[]>;

/** Where the event pump puts what it finds. */
export interface EventSink {
  /**
   * Reads partitions and keeps what they hold, all or none. No two workers read a partition at once: the reading happens while
   * the partition is held, and it is held until the entries are kept.
   */
  move(
    partitions: readonly string[],
    read: (partition: string) => Promise<readonly StreamEntry[]>,
  ): Promise<MovedEntries>;
}

/** Partition of what the gateway itself has to say. */
export const GATEWAY_PARTITION = 'gateway';

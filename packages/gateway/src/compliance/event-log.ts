import type { CalendarDate } from '@playgate/policy';
import type { DayPlay, StreamEntry } from '../sessions/session-store.ts';

/** The durable record of what the live ledger did. */
export interface EventLog {
  /** Keeps entries of one partition, all or none; an entry kept before is kept once. */
  append(partition: string, entries: readonly StreamEntry[]): Promise<void>;
  /** One person's play of one day, rebuilt from what is kept; a run that still goes on is not there yet. */
  readDay(personId: string, date: CalendarDate): Promise<DayPlay>;
}

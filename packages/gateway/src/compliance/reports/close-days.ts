// When the days of a report are final. Time alone cannot tell: entries may still wait in the ledger or in memory, or the database
// was away. So a day is closed, once and for all, by the first report that is asked for after its grace and finds everything
// in the record that happened until then. What comes for it nevertheless makes a new revision, never other figures of the same.
import type { Mode } from '@playgate/contract';
import type { CalendarDate } from '@playgate/policy';
import type { Record as ComplianceRecord } from '../record.ts';

/** Worlds whose days close together, for they have one clock. */
export interface ReportBook {
  readonly mode: Mode;
  /** Null: all live worlds. */
  readonly providerId: string | null;
  readonly zone: string;
}

export interface Closing {
  /** 1 as the days closed; one more for each entry that came for them later. */
  readonly revision: number;
  /** The figures follow from so many entries of the log, from its first on. */
  readonly entries: number;
}

export interface DayClosings {
  isClosed(book: ReportBook, date: CalendarDate): Promise<boolean>;
  /** Closes the day and all before it, as the record stands. */
  close(book: ReportBook, date: CalendarDate): Promise<void>;
}

export interface CloseDaysPorts {
  readonly record: Pick<ComplianceRecord, 'catchUp'>;
  readonly closings: DayClosings;
  /** Ends sessions that fell silent and keeps entries that wait in memory. Throws where it cannot. */
  readonly settle: () => Promise<void>;
  /** Told why a day could not be closed yet. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Asked for when the grace of the day is over. Where the record is not known to be complete it does nothing. */
export type CloseDay = (book: ReportBook, date: CalendarDate) => Promise<void>;

export function dayCloser({ closings, onTrouble, record, settle }: CloseDaysPorts): CloseDay {
  return async (book, date) => {
    if (await closings.isClosed(book, date)) return;
    try {
      await settle();
    } catch (error) {
      onTrouble('a day of reports stays open', error);
      return;
    }
    if (await record.catchUp()) await closings.close(book, date);
  };
}

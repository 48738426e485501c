/** How long a reader waits for what just happened. */
export const RECORD_CATCH_UP_MS = 800;

/** The record as its readers see it. */
export interface Record {
  /**
   * Brings the log and all that follows it up to what the live ledger holds now, within `RECORD_CATCH_UP_MS`. What cannot be
   * reached in time is left out; it never throws. True: what reports read holds everything that the ledger held.
   */
  catchUp(): Promise<boolean>;
}

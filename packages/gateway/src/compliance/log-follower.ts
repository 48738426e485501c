import type { LoggedEvent } from './compliance-event.ts';

/**
 * Something that is made of the log alone: a projection, or the evidence tree. `Db` is the transaction of the store that keeps
 * the log; followers over SQL are `SqlFollower`s (store/sql/sql-follower.ts).
 */
export interface LogFollower<Db> {
  /** Names its cursor; never changes. */
  readonly name: string;
  /**
   * Takes in the next events: in order of `seq`, without a gap, each once. The cursor moves in the same transaction, so what
   * is written through `db` is kept exactly when the cursor is.
   */
  apply(events: readonly LoggedEvent[], db: Db): Promise<void>;
  /** Forgets everything it made; the next `apply` starts at seq 0. Absent: it is never made again. */
  reset?(db: Db): Promise<void>;
}

// What it takes to keep the record: the log, the pump that fills it, the followers that make something of it.
import type { Transaction } from 'kysely';
import type { EnforcementWatch } from './compliance/enforcement.ts';
import { EventPump } from './compliance/event-pump.ts';
import { FollowerRunner } from './compliance/follower-runner.ts';
import { LiveRecord } from './compliance/live-record.ts';
import type { PolicyBook } from './compliance/read-entry.ts';
import type { SessionStore } from './sessions/session-store.ts';
import type { Database } from './store/sql/open-database.ts';
import type { Schema } from './store/sql/schema.ts';
import { SqlEventLog } from './store/sql/sql-event-log.ts';
import { SqlFollowedLog } from './store/sql/sql-followed-log.ts';
import type { SqlFollower } from './store/sql/sql-follower.ts';
import { PROJECTOR, SqlProjector } from './store/sql/sql-projector.ts';

export interface OpenRecordOptions {
  readonly database: Pick<Database, 'db' | 'kind'>;
  readonly store: SessionStore;
  readonly policies: PolicyBook;
  /** Beside the projector. */
  readonly followers: readonly SqlFollower[];
  /** Default: nobody watches. */
  readonly enforcement?: EnforcementWatch;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export function openRecord({ database, enforcement, followers, onTrouble, policies, store }: OpenRecordOptions) {
  const { db, kind } = database;
  const history = new SqlEventLog({
    db,
    policies,
    isShared: kind === 'postgresql',
    onUnreadable: (count) => onTrouble(`entries were kept that could not be understood: ${count}`, null),
  });
  const pump = new EventPump({ store, sink: history });
  const runner = new FollowerRunner<Transaction<Schema>>({
    log: new SqlFollowedLog(db),
    followers: [new SqlProjector(policies, enforcement), ...followers],
    onTrouble,
  });
  return {
    history,
    pump,
    followers: runner,
    record: new LiveRecord({ pump, followers: runner, projector: PROJECTOR, onTrouble }),
  };
}

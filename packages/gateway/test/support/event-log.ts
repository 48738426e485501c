// The log as a gateway opens it, over a database of a test.
import { EventPump, type EventPumpOptions } from '../../src/compliance/event-pump.ts';
import { FollowerRunner } from '../../src/compliance/follower-runner.ts';
import type { PolicyBook } from '../../src/compliance/read-entry.ts';
import type { StreamEntry } from '../../src/sessions/session-store.ts';
import type { Database } from '../../src/store/sql/open-database.ts';
import { SqlEventLog } from '../../src/store/sql/sql-event-log.ts';
import { SqlFollowedLog } from '../../src/store/sql/sql-followed-log.ts';
import { SqlProjector } from '../../src/store/sql/sql-projector.ts';

export const POLICY_BOOK: PolicyBook = { zoneOf: () => 'Asia/Ho_Chi_Minh', hashOf: () => 'a'.repeat(64) };

const raise = (what: string, error: unknown) => {
  throw new Error(what, { cause: error });
};

export function openTestRecord(
  { db, kind }: Pick<Database, 'db' | 'kind'>,
  store: EventPumpOptions['store'],
  changes: { readonly onUnreadable?: (count: number) => void } = {},
) {
  const log = new SqlEventLog({
    db,
    policies: POLICY_BOOK,
    isShared: kind === 'postgresql',
    onUnreadable: () => {},
    ...changes,
  });
  const projector = new SqlProjector(POLICY_BOOK);
  const followers = new FollowerRunner({ log: new SqlFollowedLog(db), followers: [projector], onTrouble: raise });
  return { log, pump: new EventPump({ store, sink: log }), followers, projector };
}

/** A policy that every context of `playEntry` names. */
export const CONTEXT = 'vn-147-2024@1|16_17|+84|g|12+||';

let numbers = 0;

/** An entry as the scripts write it; `at` in ms gives it its id, unless `fields` or `entryId` say otherwise. */
export function entryOf(kind: string, fields: Readonly<Record<string, string>>, entryId?: string): StreamEntry {
  return {
    entryId: entryId ?? `1792000000000-${++numbers}`,
    fields: {
      kind,
      session: '',
      world: 'live:prv_one',
      person: 'per_one',
      player: 'ply_one',
      game: 'gam_a',
      agent: '',
      station: '',
      band: '16_17',
      context: CONTEXT,
      ...fields,
    },
  };
}

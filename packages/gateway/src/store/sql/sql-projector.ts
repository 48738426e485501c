import type { Transaction } from 'kysely';
import type { LoggedEvent } from '../../compliance/compliance-event.ts';
import type { PolicyBook } from '../../compliance/read-entry.ts';
import { projectDays } from './projections/day-summaries.ts';
import { projectDenials } from './projections/denials.ts';
import { projectSessions } from './projections/session-records.ts';
import type { Schema } from './schema.ts';
import type { SqlFollower } from './sql-follower.ts';

/** Makes the tables that reports, access logs and statements read: sessions, denials, days. All can be made again. */
export class SqlProjector implements SqlFollower {
  readonly name = 'projector';
  readonly #policies: Pick<PolicyBook, 'zoneOf'>;

  constructor(policies: Pick<PolicyBook, 'zoneOf'>) {
    this.#policies = policies;
  }

  async apply(events: readonly LoggedEvent[], db: Transaction<Schema>): Promise<void> {
    await projectSessions(events, db, (policyId) => this.#policies.zoneOf(policyId));
    await projectDenials(events, db);
    await projectDays(events, db);
  }

  async reset(db: Transaction<Schema>): Promise<void> {
    await db.deleteFrom('session_records').execute();
    await db.deleteFrom('denials').execute();
    await db.deleteFrom('day_summaries').execute();
  }
}

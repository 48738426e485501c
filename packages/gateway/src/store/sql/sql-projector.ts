import type { Transaction } from 'kysely';
import type { LoggedEvent } from '../../compliance/compliance-event.ts';
import { type EnforcementWatch, UNWATCHED } from '../../compliance/enforcement.ts';
import type { PolicyBook } from '../../compliance/read-entry.ts';
import { projectDays } from './projections/day-summaries.ts';
import { projectDenials } from './projections/denials.ts';
import { projectLateEntries } from './projections/late-entries.ts';
import { projectSessions } from './projections/session-records.ts';
import type { Schema } from './schema.ts';
import type { SqlFollower } from './sql-follower.ts';

/** Name of its cursor. */
export const PROJECTOR = 'projector';

/** Makes the tables that reports, access logs and statements read: sessions, denials, days. All can be made again. */
export class SqlProjector implements SqlFollower {
  readonly name = PROJECTOR;
  readonly #policies: Pick<PolicyBook, 'zoneOf'>;
  readonly #enforcement: EnforcementWatch;

  constructor(policies: Pick<PolicyBook, 'zoneOf'>, enforcement: EnforcementWatch = UNWATCHED) {
    this.#policies = policies;
    this.#enforcement = enforcement;
  }

  async apply(events: readonly LoggedEvent[], db: Transaction<Schema>): Promise<void> {
    const zoneOf = (policyId: string | null) => this.#policies.zoneOf(policyId);
    await projectSessions(events, db, { zoneOf, enforcement: this.#enforcement });
    await projectDenials(events, db);
    await projectDays(events, db);
    await projectLateEntries(events, db, zoneOf);
  }

  async reset(db: Transaction<Schema>): Promise<void> {
    await db.deleteFrom('session_records').execute();
    await db.deleteFrom('denials').execute();
    await db.deleteFrom('day_summaries').execute();
    await db.deleteFrom('late_entries').execute();
  }
}

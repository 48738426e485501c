// New facts and rules reach running sessions by making their next beat ask for them. Where the ledger is away at that
// moment, the wish is kept here and carried out once it is back. A gateway that stops before then loses the wish, not the
// rule: the session meets it when its plan runs out, at the latest at midnight, and so does every new start.
import type { Instant } from '@playgate/policy';
import { LedgerUnavailableError, type SessionStore } from './session-store.ts';

/** Persons remembered at most; beyond it a change is told to the caller as not carried out. */
export const RENEWALS_PENDING_MAX = 10_000;

export class RetriedRenewals implements Pick<SessionStore, 'renewSessions'> {
  private readonly store: Pick<SessionStore, 'renewSessions'>;
  private readonly pending = new Map<string, Instant>();

  constructor(store: Pick<SessionStore, 'renewSessions'>) {
    this.store = store;
  }

  /** How many sessions were told; 0 also where they will be told later. */
  async renewSessions(personId: string, now: Instant): Promise<number> {
    try {
      return await this.store.renewSessions(personId, now);
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError) || this.pending.size >= RENEWALS_PENDING_MAX) throw error;
      // The first instant counts: what was played until then was played by the old rules.
      if (!this.pending.has(personId)) this.pending.set(personId, now);
      return 0;
    }
  }

  /** Tells those that are left; throws when the ledger is still away. */
  async retry(): Promise<void> {
    for (const [personId, at] of this.pending) {
      await this.store.renewSessions(personId, at);
      this.pending.delete(personId);
    }
  }
}

// A folder of policies that changed, taken in by the gateways that run: each looks at its own, and the first to see a change
// tells the others to look at once. Then the streams of sessions under what changed ask for a heartbeat, which is judged anew.
import type { ChangeBus } from './directory/change-bus.ts';
import type { Policies, PolicySet } from './load-policies.ts';

export interface PolicyReloadPorts {
  readonly policies: Pick<Policies, 'readChanged' | 'replace'>;
  readonly bus: Pick<ChangeBus, 'publish' | 'subscribe'>;
  /** Rejects where these may not be decided by: nothing is replaced then. */
  readonly admit: (next: PolicySet) => Promise<void>;
  /** Called once they hold. */
  readonly onReplaced: () => void;
  readonly renewPolicies: (policyIds: readonly string[]) => void;
}

export class PolicyReload {
  readonly #ports: PolicyReloadPorts;
  /** Read, but not admitted: the database may be away. */
  #waiting: PolicySet | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: PolicyReloadPorts) {
    this.#ports = ports;
    ports.bus.subscribe(async (change) => {
      if (change.kind !== 'policies_changed') return;
      await this.#take().finally(() => ports.renewPolicies(change.policyIds));
    });
  }

  /** Looks once. Rejects where what is new cannot be used: what held holds on. */
  async run(): Promise<void> {
    const policyIds = await this.#take();
    if (policyIds.length === 0) return;
    const isTold = await this.#ports.bus.publish({ kind: 'policies_changed', policyIds });
    if (!isTold) this.#ports.renewPolicies(policyIds);
  }

  /** Never twice at once: the second look finds what the first left. */
  #take(): Promise<readonly string[]> {
    const taken = this.#last.then(async () => {
      const { admit, onReplaced, policies } = this.#ports;
      const next = (await policies.readChanged()) ?? this.#waiting;
      if (next === null) return [];
      this.#waiting = next;
      await admit(next);
      this.#waiting = null;
      const changed = policies.replace(next);
      onReplaced();
      return changed;
    });
    this.#last = taken.catch(() => undefined);
    return taken;
  }
}

// A verification can show that a player is another person than was thought. The day played so far then counts for that
// person too: what was found out is kept as a pending merge in the same transaction, and carried out here, again and
// again until the ledger has it. Each step can be repeated without harm.
import { dayOf, dayOfDate, type Instant, type Policy, previousDate } from '@playgate/policy';
import type { Corrections } from '../compliance/corrections/correction.ts';
import type { World } from '../directory/world.ts';
import type { SessionStore } from '../sessions/session-store.ts';

export interface PendingMerge {
  readonly mergeId: string;
  readonly world: World;
  readonly playerId: string;
  readonly personId: string;
  readonly previousPersonId: string;
  /** Of the person that the player is now. */
  readonly humanId: string | null;
}

export interface PendingMerges {
  /** Oldest first, at most `MERGES_PER_RUN_MAX`. */
  list(): Promise<readonly PendingMerge[]>;
  finish(mergeId: string, now: Instant): Promise<void>;
}

export const MERGES_PER_RUN_MAX = 100;

export interface PersonMergerPorts {
  readonly pending: PendingMerges;
  readonly store: Pick<SessionStore, 'moveOut' | 'readDay' | 'mergeDay' | 'renewSessions'>;
  readonly corrections: Pick<Corrections, 'carryOver'>;
  readonly nowOf: (world: World) => Instant;
  /** Whose zone says what day it is. */
  readonly defaultPolicyAt: (now: Instant) => Policy;
}

export class PersonMerger {
  readonly #ports: PersonMergerPorts;

  constructor(ports: PersonMergerPorts) {
    this.#ports = ports;
  }

  /** Carries out what is pending; returns how many merges. Throws when the ledger is away: what is left stays pending. */
  async run(): Promise<number> {
    const merges = await this.#ports.pending.list();
    for (const merge of merges) {
      const now = this.#ports.nowOf(merge.world);
      await this.#merge(merge, now);
      await this.#ports.pending.finish(merge.mergeId, now);
    }
    return merges.length;
  }

  /** Today, and the day before it: the ledger may be asked for either by a game in a zone further west. */
  async #merge({ humanId, personId, playerId, previousPersonId, world }: PendingMerge, now: Instant): Promise<void> {
    const { store } = this.#ports;
    await store.moveOut(previousPersonId, playerId);
    await this.#ports.corrections.carryOver(previousPersonId, personId);
    const { zone } = this.#ports.defaultPolicyAt(now).document;
    const today = dayOf(zone, now);
    for (const day of [dayOfDate(zone, previousDate(today.date)), today]) {
      const play = await store.readDay(previousPersonId, day.date, day.startsAt);
      if (play.provider.length > 0) {
        await store.mergeDay({ world, personId, previousPersonId, playerId, humanId, day, play });
      }
    }
    // Guardian and rules may have come along with the account.
    await store.renewSessions(personId, now);
  }
}

// Moves the entries of the live ledger into the event log, oldest first, and trims them only once they are kept there.
// A crash between the two moves them again; the log keeps each once by (partition, entry id).
import type { SessionStore } from '../sessions/session-store.ts';
import type { EventLog } from './event-log.ts';

/** Entries moved in one transaction. */
export const ENTRIES_PER_MOVE_MAX = 500;

export interface EventPumpOptions {
  readonly store: Pick<SessionStore, 'partitions' | 'readEntries' | 'trimEntries'>;
  readonly log: Pick<EventLog, 'append'>;
}

export class EventPump {
  private readonly options: EventPumpOptions;
  private running: Promise<number> | null = null;

  constructor(options: EventPumpOptions) {
    this.options = options;
  }

  /** Moves everything there is; returns how many entries. A call during a run joins it. Throws when a store is away: nothing is lost. */
  drain(): Promise<number> {
    this.running ??= this.drainAll().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async drainAll(): Promise<number> {
    let moved = 0;
    for (const partition of this.options.store.partitions) moved += await this.drainPartition(partition);
    return moved;
  }

  private async drainPartition(partition: string): Promise<number> {
    const { log, store } = this.options;
    let moved = 0;
    for (;;) {
      const entries = await store.readEntries(partition, ENTRIES_PER_MOVE_MAX);
      const last = entries.at(-1);
      if (last === undefined) return moved;
      await log.append(partition, entries);
      await store.trimEntries(partition, last.entryId);
      moved += entries.length;
      if (entries.length < ENTRIES_PER_MOVE_MAX) return moved;
    }
  }
}

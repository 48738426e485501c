// Entries of what was answered while the live ledger was away, on their way to the event log: there is no stream to write
// them to. They wait in memory, bounded; a kill loses those that wait.
import type { Clock } from '../clock.ts';
import type { FallbackRecord } from '../sessions/fallback-record.ts';
import type { StreamEntry } from '../sessions/session-store.ts';
import type { EntryFields } from '../sessions/stream-entry.ts';
import { type EventLog, GATEWAY_PARTITION } from './event-log.ts';
import { newGatewayEntryId } from './gateway-entry-id.ts';

/** About 6 MB. Starts of adults for minutes at a busy gateway; with both stores away for longer the oldest are lost. */
export const FALLBACK_ENTRIES_WAITING_MAX = 10_000;
/** Entries kept in one transaction. */
const ENTRIES_PER_FLUSH_MAX = 500;

export interface QueuedFallbackRecordOptions {
  readonly log: Pick<EventLog, 'append'>;
  /** Real time. */
  readonly clock: Clock;
  /** Told how many entries were given up to make room. */
  readonly onDropped: (count: number) => void;
  /** Default FALLBACK_ENTRIES_WAITING_MAX. */
  readonly waitingMax?: number;
}

export class QueuedFallbackRecord implements FallbackRecord {
  readonly #options: QueuedFallbackRecordOptions;
  #waiting: StreamEntry[] = [];

  constructor(options: QueuedFallbackRecordOptions) {
    this.#options = options;
  }

  note(fields: EntryFields): void {
    this.#waiting.push({ entryId: newGatewayEntryId(this.#options.clock.now()), fields });
    this.#makeRoom();
  }

  /** Oldest first. Throws when the log is away: nothing is lost, and an entry that it had kept all the same is kept once. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, ENTRIES_PER_FLUSH_MAX);
      try {
        await this.#options.log.append(GATEWAY_PARTITION, batch);
      } catch (error) {
        this.#waiting.unshift(...batch);
        this.#makeRoom();
        throw error;
      }
    }
  }

  #makeRoom(): void {
    const tooMany = this.#waiting.length - (this.#options.waitingMax ?? FALLBACK_ENTRIES_WAITING_MAX);
    if (tooMany <= 0) return;
    this.#waiting.splice(0, tooMany);
    this.#options.onDropped(tooMany);
  }
}

// Moves the entries of the live ledger into the event log, oldest first, and trims them only once they are kept there.
// A crash between the two moves them again; the log keeps each once by (partition, entry id). Nothing is remembered of how far it
// came: what is in a stream has to be moved, whatever its ids, so a Redis that lost its data costs what it lost and no more.
import type { Instant } from '@playgate/policy';
import type { Backlog, SessionStore } from '../sessions/session-store.ts';
import { timeOfEntry } from './entry-time.ts';
import type { EventSink } from './event-log.ts';

/** Entries moved in one transaction: large enough for speed, small enough to hold an embedded database for an instant only. */
export const ENTRIES_PER_MOVE_MAX = 2_000;
/** Partitions moved in one transaction, so that a quiet gateway needs few. */
export const PARTITIONS_PER_MOVE_MAX = 16;

export interface EventPumpOptions {
  readonly store: Pick<SessionStore, 'readBacklog' | 'readEntries' | 'trimEntries'>;
  readonly sink: EventSink;
}

export interface PumpOutcome {
  readonly moved: number;
  /** Partitions that another gateway was at: what they hold is on its way. */
  readonly shared: readonly string[];
}

/** What waited when the pump last looked. */
export interface PumpLag {
  readonly waiting: number;
  /** Real time of the oldest; null: nothing waits. */
  readonly oldestAt: Instant | null;
}

export class EventPump {
  readonly #options: EventPumpOptions;
  #running: Promise<PumpOutcome> | null = null;
  #next: Promise<PumpOutcome> | null = null;
  #lag: PumpLag = { waiting: 0, oldestAt: null };
  /** Workers go round in different places, so that they seldom meet. */
  #startAt = Math.random();

  constructor(options: EventPumpOptions) {
    this.#options = options;
  }

  get lag(): PumpLag {
    return this.#lag;
  }

  /**
   * Moves everything there was when it was called. A call during a run waits for a run of its own. Throws when a store is away:
   * nothing is lost.
   */
  drain(): Promise<PumpOutcome> {
    if (this.#running === null) return this.#start();
    this.#next ??= this.#running
      .catch(() => null)
      .then(() => {
        this.#next = null;
        return this.#start();
      });
    return this.#next;
  }

  #start(): Promise<PumpOutcome> {
    const running = this.#drainAll().finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }

  async #drainAll(): Promise<PumpOutcome> {
    const backlog = await this.#options.store.readBacklog();
    this.#lag = lagOf(backlog);
    const partitions = this.#inTurn(backlog.map(({ partition }) => partition));
    let moved = 0;
    const shared: string[] = [];
    for (let at = 0; at < partitions.length; at += PARTITIONS_PER_MOVE_MAX) {
      const outcome = await this.#drainGroup(partitions.slice(at, at + PARTITIONS_PER_MOVE_MAX));
      moved += outcome.moved;
      shared.push(...outcome.shared);
    }
    // What came meanwhile is seen by the next look.
    if (shared.length === 0) this.#lag = { waiting: 0, oldestAt: null };
    return { moved, shared };
  }

  /** Partitions that gave as much as they may are asked again, until all are empty or another worker's. */
  async #drainGroup(group: readonly string[]): Promise<PumpOutcome> {
    const { sink, store } = this.#options;
    let [moved, left] = [0, group];
    const shared: string[] = [];
    while (left.length > 0) {
      const countMax = Math.floor(ENTRIES_PER_MOVE_MAX / left.length);
      const entries = await sink.move(left, (partition) => store.readEntries(partition, countMax));
      shared.push(...left.filter((partition) => !entries.has(partition)));
      await Promise.all(
        [...entries].map(([partition, kept]) =>
          store.trimEntries(
            partition,
            kept.map(({ entryId }) => entryId),
          ),
        ),
      );
      for (const kept of entries.values()) moved += kept.length;
      left = left.filter((partition) => (entries.get(partition)?.length ?? 0) >= countMax);
    }
    return { moved, shared };
  }

  #inTurn(partitions: readonly string[]): readonly string[] {
    const start = Math.floor(this.#startAt * partitions.length);
    this.#startAt = (this.#startAt + GOLDEN_SECTION) % 1;
    return [...partitions.slice(start), ...partitions.slice(0, start)];
  }
}

/** Steps of this size spread starts evenly. */
const GOLDEN_SECTION = 0.618;

function lagOf(backlog: readonly Backlog[]): PumpLag {
  let [waiting, oldestAt]: [number, Instant | null] = [0, null];
  for (const stream of backlog) {
    const at = timeOfEntry(stream.oldestEntryId);
    waiting += stream.waiting;
    if (at !== null && (oldestAt === null || at < oldestAt)) oldestAt = at;
  }
  return { waiting, oldestAt };
}

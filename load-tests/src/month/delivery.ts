// The streams of the month as a pump reads them: each partition in its order, the partitions at different speeds and in changing
// order, and some entries again long after they were moved. What was trimmed is remembered in files, for the pump that comes
// after one that was killed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Cast } from './cast.ts';
import type { NewEntry, StreamEntry } from './entries.ts';
import { GATEWAY_PARTITION, householdsIn, makeHousehold, partitionsOf } from './make-household.ts';
import { Random } from './random.ts';

const SHARE_DELIVERED_AGAIN = 0.01;
const AGAIN_AFTER_MAX = 400;
const SHARE_READ_SHORT = 0.2;

/** Everything of a partition in the order it was appended, each with its id. */
export function entriesIn(cast: Cast, partition: string): readonly StreamEntry[] {
  const households =
    partition === GATEWAY_PARTITION
      ? Array.from({ length: cast.persons }, (_, index) => index)
      : householdsIn(cast, partition);
  const entries: NewEntry[] = [];
  for (const index of households) {
    for (const entry of makeHousehold(cast, index).entries) if (entry.partition === partition) entries.push(entry);
  }
  entries.sort((left, right) => left.appendedAt - right.appendedAt);
  const separator = partition === GATEWAY_PARTITION ? '-month-' : '-';
  return entries.map(({ appendedAt, fields }, index) => ({ entryId: `${appendedAt}${separator}${index + 1}`, fields }));
}

export function withDuplicates(entries: readonly StreamEntry[], random: Random): StreamEntry[] {
  const again = new Map<number, StreamEntry[]>();
  for (const [index, entry] of entries.entries()) {
    if (!random.chance(SHARE_DELIVERED_AGAIN)) continue;
    const at = Math.min(entries.length - 1, index + random.int(0, AGAIN_AFTER_MAX));
    again.set(at, [...(again.get(at) ?? []), entry]);
  }
  return entries.flatMap((entry, index) => [entry, ...(again.get(index) ?? [])]);
}

export interface Backlog {
  readonly partition: string;
  readonly waiting: number;
  readonly oldestEntryId: string;
}

/** The part of a session store that a pump uses. */
export class MonthDelivery {
  readonly delivered: number;
  readonly #cast: Cast;
  readonly #directory: string | null;
  readonly #streams = new Map<string, StreamEntry[]>();
  readonly #trimmed = new Map<string, number>();
  readonly #random = new Random(Date.now());

  /** `directory`: where what was trimmed is kept; null: it is forgotten with the process. */
  constructor(cast: Cast, directory: string | null) {
    this.#cast = cast;
    this.#directory = directory;
    if (directory !== null) mkdirSync(directory, { recursive: true });
    let delivered = 0;
    for (const [index, partition] of partitionsOf(cast).entries()) {
      const stream = withDuplicates(entriesIn(cast, partition), new Random(cast.seed + index));
      this.#streams.set(partition, stream);
      this.#trimmed.set(partition, this.#readTrimmed(partition));
      delivered += stream.length;
    }
    this.delivered = delivered;
  }

  async readBacklog(): Promise<readonly Backlog[]> {
    const backlog = partitionsOf(this.#cast).flatMap((partition) => {
      const stream = this.#streams.get(partition)!;
      const trimmed = this.#trimmed.get(partition)!;
      const oldest = stream[trimmed];
      return oldest === undefined
        ? []
        : [{ partition, waiting: stream.length - trimmed, oldestEntryId: oldest.entryId }];
    });
    return backlog.sort(() => this.#random.next() - 0.5);
  }

  /** Less than there is now and then, so that the partitions go on at different speeds. */
  async readEntries(partition: string, countMax: number): Promise<readonly StreamEntry[]> {
    const trimmed = this.#trimmed.get(partition)!;
    const count = this.#random.chance(SHARE_READ_SHORT) ? this.#random.int(1, countMax) : countMax;
    return this.#streams.get(partition)!.slice(trimmed, trimmed + count);
  }

  async trimEntries(partition: string, entryIds: readonly string[]): Promise<void> {
    const trimmed = this.#trimmed.get(partition)! + entryIds.length;
    this.#trimmed.set(partition, trimmed);
    if (this.#directory !== null) writeFileSync(path.join(this.#directory, partition), String(trimmed));
  }

  #readTrimmed(partition: string): number {
    if (this.#directory === null) return 0;
    try {
      return Number(readFileSync(path.join(this.#directory, partition), 'utf8'));
    } catch {
      return 0;
    }
  }
}

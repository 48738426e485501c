import { monthOfEntry } from '../../compliance/entry-time.ts';
import { type PolicyBook, type ReadEntry, readEntry } from '../../compliance/read-entry.ts';
import type { StreamEntry } from '../../sessions/session-store.ts';

export interface PartitionEntries {
  readonly partition: string;
  readonly entries: readonly StreamEntry[];
}

/** An entry on its way into the log, with the place it will have there. */
export interface PlacedEntry {
  readonly month: number;
  readonly partition: string;
  readonly entryId: string;
  readonly read: ReadEntry;
}

/** In their order, each id of a partition once. */
export function placeEntries(batches: readonly PartitionEntries[], policies: PolicyBook): readonly PlacedEntry[] {
  const placed = new Map<string, PlacedEntry>();
  for (const { entries, partition } of batches) {
    for (const entry of entries) {
      const read = readEntry(partition, entry, policies);
      const month = monthOfEntry(entry.entryId, read.world?.mode ?? null);
      const place = { month, partition, entryId: entry.entryId, read };
      if (!placed.has(keyOf(place))) placed.set(keyOf(place), place);
    }
  }
  return [...placed.values()];
}

export const keyOf = ({ entryId, month, partition }: Pick<PlacedEntry, 'entryId' | 'month' | 'partition'>): string =>
  `${month}/${partition}/${entryId}`;

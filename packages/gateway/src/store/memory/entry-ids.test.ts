import { describe, expect, it } from 'vitest';
import { EntryIds } from './entry-ids.ts';

const NOON = Date.UTC(2026, 9, 14, 5);

function idsAt(times: readonly number[], afterMs = 0): string[] {
  let now = 0;
  const ids = new EntryIds({ now: () => now });
  ids.continueAfter(afterMs);
  return times.map((at) => {
    now = at;
    return ids.next();
  });
}

/** As Redis orders them. */
function isAfter(entryId: string, other: string): boolean {
  const [ms = 0, number = 0] = entryId.split('-').map(Number);
  const [otherMs = 0, otherNumber = 0] = other.split('-').map(Number);
  return ms > otherMs || (ms === otherMs && number > otherNumber);
}

describe('ids of entries', () => {
  it('carry the time, and rise within a millisecond and when the clock is set back', () => {
    const ids = idsAt([NOON, NOON, NOON + 1, NOON - 60_000]);
    expect(ids.map((id) => Number(id.split('-')[0]))).toEqual([NOON, NOON, NOON + 1, NOON + 1]);
    for (const [index, id] of ids.entries()) expect(isAfter(id, ids[index - 1] ?? '0-0')).toBe(true);
  });

  it('are others in another process, at the same instant and without what the first one wrote down', () => {
    const lives = Array.from({ length: 100 }, () => idsAt([NOON, NOON, NOON]));
    expect(new Set(lives.flat()).size).toBe(300);
  });

  it('come behind those of the process before', () => {
    const [before] = idsAt([NOON]);
    expect(isAfter(idsAt([NOON - 60_000], NOON)[0]!, before!)).toBe(true);
  });
});

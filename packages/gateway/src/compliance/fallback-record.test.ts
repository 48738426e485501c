import { describe, expect, it } from 'vitest';
import type { StreamEntry } from '../sessions/session-store.ts';
import { QueuedFallbackRecord } from './fallback-record.ts';

/** A log that can be away, and then may have kept what it did not answer for. */
class FlakyLog {
  readonly kept = new Map<string, StreamEntry>();
  state: 'up' | 'away' | 'mute' = 'up';

  async append(partition: string, entries: readonly StreamEntry[]): Promise<void> {
    if (this.state === 'away') throw new Error('away');
    for (const entry of entries) this.kept.set(`${partition}/${entry.entryId}`, entry);
    if (this.state === 'mute') throw new Error('no answer');
  }
}

function make(waitingMax = 2_000) {
  const log = new FlakyLog();
  const dropped: number[] = [];
  const clock = { now: () => 1_763_000_000_000 };
  const record = new QueuedFallbackRecord({ log, clock, waitingMax, onDropped: (count) => dropped.push(count) });
  const sessions = () => [...log.kept.values()].map(({ fields }) => Number(fields.session));
  return { log, dropped, record, sessions };
}

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

describe('what was answered without the ledger', () => {
  it('is kept in order once the log is there, each once', async () => {
    const { log, record, sessions } = make();
    for (const session of upTo(1_200)) record.note({ session: String(session) });
    log.state = 'away';
    await expect(record.flush()).rejects.toThrow('away');
    log.state = 'mute';
    await expect(record.flush()).rejects.toThrow('no answer');
    log.state = 'up';
    await record.flush();
    await record.flush();
    expect(sessions()).toEqual(upTo(1_200));
    for (const id of log.kept.keys()) expect(id).toMatch(/^gateway\/1763000000000-[\w-]+-\d+$/);
  });

  it('makes room by giving up the oldest, and says so', async () => {
    const { dropped, log, record, sessions } = make(3);
    for (const session of upTo(5)) record.note({ session: String(session) });
    expect(dropped).toEqual([1, 1]);
    log.state = 'away';
    await record.flush().catch(() => {});
    log.state = 'up';
    await record.flush();
    expect(sessions()).toEqual([2, 3, 4]);
  });
});

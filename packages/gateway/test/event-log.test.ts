import { expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { EventPump } from '../src/compliance/event-pump.ts';
import type { StreamEntry } from '../src/sessions/session-store.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { SqlEventLog } from '../src/store/sql/sql-event-log.ts';
import { describeOnDatabases } from './support/databases.ts';
import { beat, DAY_STARTS_AT, HOUR_MS, newPerson, openRequest, TODAY } from './support/ledger-fixtures.ts';

const TEN = DAY_STARTS_AT + 10 * HOUR_MS;

/** A store in which one person played two games for a minute each, half a minute of it at once. */
async function playedStore(personId: string): Promise<MemorySessionStore> {
  const store = new MemorySessionStore(systemClock);
  const [a, b] = ['gam_a', 'gam_b'].map((gameId) => openRequest(store, personId, { identity: { gameId } }));
  await store.open(a!);
  await store.open({ ...b!, now: TEN + 30_000 });
  const close = { kind: 'close', close: { reason: 'quit', clientEndedAt: null, verdictSeq: null } } as const;
  await store.recordBeats([beat(a!.identity.sessionId, 1, TEN + 60_000, close)]);
  await store.recordBeats([beat(b!.identity.sessionId, 1, TEN + 90_000, close)]);
  return store;
}

describeOnDatabases('event log', (database) => {
  const countOf = async (personId: string) => {
    const rows = await database()
      .db.selectFrom('events')
      .select('entry_id')
      .where('person_id', '=', personId)
      .execute();
    return rows.length;
  };

  test('what the pump moved is the day of the live ledger, and is gone from the stream', async () => {
    const person = newPerson();
    const store = await playedStore(person);
    const log = new SqlEventLog(database().db);
    expect(await new EventPump({ store, log }).drain()).toBe(8);
    expect(await log.readDay(person, TODAY.date)).toEqual(await store.readDay(person, TODAY.date));
    expect(await store.readEntries('memory', 10)).toEqual([]);
    expect(await log.readDay(person, '2026-10-15')).toEqual({ provider: [], games: new Map(), agents: new Map() });
  });

  test('a pump that died between keeping and trimming keeps each entry once', async () => {
    const person = newPerson();
    const store = await playedStore(person);
    const log = new SqlEventLog(database().db);
    const dying = {
      partitions: store.partitions,
      readEntries: store.readEntries.bind(store),
      trimEntries: () => Promise.reject(new Error('killed')),
    };
    await expect(new EventPump({ store: dying, log }).drain()).rejects.toThrow('killed');
    expect(await countOf(person)).toBe(8);
    expect(await new EventPump({ store, log }).drain()).toBe(8);
    expect(await countOf(person)).toBe(8);
  });

  test('while the log is away nothing is trimmed', async () => {
    const person = newPerson();
    const store = await playedStore(person);
    const away = { append: () => Promise.reject(new Error('away')) };
    await expect(new EventPump({ store, log: away }).drain()).rejects.toThrow('away');
    const kept: readonly StreamEntry[] = await store.readEntries('memory', 10);
    expect(kept.map(({ fields }) => fields.kind)).toEqual([
      'opened',
      'opened',
      'play',
      'ended',
      'closed',
      'play',
      'ended',
      'closed',
    ]);
  });
});

import { canonicalJson } from '@playgate/policy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { type ComplianceEvent, readLeaf } from '../src/compliance/compliance-event.ts';
import { EventPump } from '../src/compliance/event-pump.ts';
import type { SessionStore } from '../src/sessions/session-store.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { describeOnDatabases } from './support/databases.ts';
import { CONTEXT, entryOf, openTestRecord } from './support/event-log.ts';
import { beat, DAY_STARTS_AT, HOUR_MS, newPerson, openRequest, TODAY } from './support/ledger-fixtures.ts';

const TEN = DAY_STARTS_AT + 10 * HOUR_MS;
const KINDS = ['opened', 'opened', 'play', 'ended', 'closed', 'play', 'ended', 'closed'];

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

const emptyStore = () => new MemorySessionStore(systemClock);
const without = (store: SessionStore, changes: Partial<SessionStore>) =>
  new Proxy(store, {
    get: (target, name) => {
      const own = changes[name as keyof SessionStore] ?? target[name as keyof SessionStore];
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });

describeOnDatabases('event log', (database) => {
  const rowsOf = (personId: string) =>
    database().db.selectFrom('events').selectAll().where('person_id', '=', personId).orderBy('seq').execute();
  const eventsOf = async (personId: string): Promise<ComplianceEvent[]> =>
    (await rowsOf(personId)).map(({ leaf }) => readLeaf(leaf));
  const logged = async (log: { append: (p: string, e: never[]) => Promise<void> }, ...entries: unknown[]) =>
    log.append('p007', entries as never[]);

  test('what the pump moved is the day of the live ledger, in order, and is gone from the stream', async () => {
    const person = newPerson();
    const store = await playedStore(person);
    const { log, pump } = openTestRecord(database(), store);
    expect(await pump.drain()).toEqual({ moved: 8, shared: [] });
    expect((await rowsOf(person)).map(({ kind }) => kind)).toEqual(KINDS);
    expect(await log.readDay(person, TODAY.date)).toEqual(await store.readDay(person, TODAY.date));
    expect(await store.readBacklog()).toEqual([]);
    expect(await log.readDay(person, '2026-10-15')).toEqual({ provider: [], games: new Map(), agents: new Map() });
  });

  test('numbers have no gap, the leaf is canonical and names nobody', async () => {
    const person = newPerson();
    const { log } = openTestRecord(database(), emptyStore());
    const station = { agent: 'agt_x', station: 'sta_x', session: 'ses_x' };
    await logged(
      log,
      entryOf('opened', { person, ...station, at: String(TEN), used: '1,2,3,4', limits: '3600000,10800000,-1,-1' }),
      entryOf('play', {
        person,
        ...station,
        date: TODAY.date,
        from: String(TEN),
        to: String(TEN + 1_000),
        leased: '0',
      }),
      entryOf('ended', { person, ...station, at: String(TEN + 1_000), cause: 'closed', limit: '-1' }),
    );
    const rows = await rowsOf(person);
    const head = await database().db.selectFrom('log_head').select('next_seq').executeTakeFirstOrThrow();
    expect(rows.map(({ seq }) => seq)).toEqual([head.next_seq - 3, head.next_seq - 2, head.next_seq - 1]);
    for (const { leaf, seq } of rows) {
      expect(leaf).toBe(canonicalJson(JSON.parse(leaf)));
      expect(leaf).not.toContain(person);
      expect(leaf).not.toContain('ply_one');
      expect(readLeaf(leaf).seq).toBe(seq);
    }
    expect(readLeaf(rows[0]!.leaf)).toEqual({
      seq: rows[0]!.seq,
      entry: expect.stringMatching(/^p007\/1792000000000-\d+$/),
      kind: 'opened',
      at: '2026-10-14T03:00:00.000Z',
      date: '2026-10-14',
      source: 'live',
      mode: 'live',
      provider: 'prv_one',
      person: expect.stringMatching(/^[\w-]{43}$/),
      player: expect.stringMatching(/^[\w-]{43}$/),
      session: 'ses_x',
      game: 'gam_a',
      agent: 'agt_x',
      station: 'sta_x',
      band: '16_17',
      policy: { id: 'vn-147-2024', version: 1, hash: 'a'.repeat(64) },
      data: {
        usedMs: { game: 1, provider: 2, agent: 3, person: 4 },
        limitMs: { game: 3_600_000, provider: 10_800_000, agent: null, person: null },
      },
    });
  });

  test('a pump that died between keeping and trimming keeps each entry once', async () => {
    const person = newPerson();
    const store = await playedStore(person);
    const dying = without(store, { trimEntries: () => Promise.reject(new Error('killed')) });
    await expect(openTestRecord(database(), dying).pump.drain()).rejects.toThrow('killed');
    expect(await rowsOf(person)).toHaveLength(8);
    await openTestRecord(database(), store).pump.drain();
    expect((await rowsOf(person)).map(({ kind }) => kind)).toEqual(KINDS);
    expect(await store.readBacklog()).toEqual([]);
  });

  test('while the log is away nothing is trimmed, and nothing is missing afterwards', async () => {
    const person = newPerson();
    const store = await playedStore(person);
    const { log } = openTestRecord(database(), store);
    let isAway = true;
    const sink = {
      move: (...args: Parameters<typeof log.move>) => (isAway ? Promise.reject(new Error('away')) : log.move(...args)),
    };
    const pump = new EventPump({ store, sink });
    await expect(pump.drain()).rejects.toThrow('away');
    expect(pump.lag.waiting).toBe(8);
    expect(pump.lag.oldestAt).toBeGreaterThan(0);
    expect(await store.readEntries('memory', 10)).toHaveLength(8);
    isAway = false;
    expect((await pump.drain()).moved).toBe(8);
    expect(pump.lag).toEqual({ waiting: 0, oldestAt: null });
    expect((await rowsOf(person)).map(({ kind }) => kind)).toEqual(KINDS);
  });

  test('an id that a store gave again is another entry; the same entry under it is not', async () => {
    const person = newPerson();
    const { log } = openTestRecord(database(), emptyStore());
    const first = entryOf('paused', { person, session: 'ses_1', at: String(TEN) }, '1792000000009-900');
    const second = entryOf('paused', { person, session: 'ses_2', at: String(TEN + 5) }, '1792000000009-900');
    for (const entry of [first, second, first, second]) await logged(log, entry);
    expect((await eventsOf(person)).map((event) => 'session' in event && event.session)).toEqual(['ses_1', 'ses_2']);
  });

  test('that holds for entries that cannot be understood, too', async () => {
    const { log } = openTestRecord(database(), emptyStore());
    const head = async () =>
      (await database().db.selectFrom('log_head').select('next_seq').executeTakeFirstOrThrow()).next_seq;
    const before = await head();
    for (const kind of ['x', 'y', 'x', 'y']) await logged(log, entryOf(kind, {}, '1792000000010-900'));
    expect((await head()) - before).toBe(2);
  });

  test('a lower id than before is moved like any other', async () => {
    const person = newPerson();
    const { log } = openTestRecord(database(), emptyStore());
    await logged(log, entryOf('paused', { person, at: String(TEN) }, '1792000000500-1'));
    await logged(log, entryOf('resumed', { person, at: String(TEN + 5) }, '1792000000400-1'));
    expect((await eventsOf(person)).map(({ kind }) => kind)).toEqual(['paused', 'resumed']);
  });

  test('an entry that cannot be understood is kept as such, and stops nothing', async () => {
    const person = newPerson();
    const told: number[] = [];
    const { log } = openTestRecord(database(), emptyStore(), { onUnreadable: (count) => told.push(count) });
    const good = (session: string) => entryOf('paused', { person, session, at: String(TEN) });
    await logged(
      log,
      good('ses_1'),
      entryOf('invented', { person, text: 'a\u0000b\ud800' }),
      entryOf('play', { person, date: TODAY.date, from: 'x', to: '1' }),
      { entryId: '1792000000077-1', fields: {} },
      good('ses_2'),
    );
    const head = await database().db.selectFrom('log_head').select('next_seq').executeTakeFirstOrThrow();
    const rows = await database()
      .db.selectFrom('events')
      .selectAll()
      .where('seq', '>=', head.next_seq - 5)
      .orderBy('seq')
      .execute();
    expect(rows.map(({ kind }) => kind)).toEqual(['paused', 'unreadable', 'unreadable', 'unreadable', 'paused']);
    expect(readLeaf(rows[1]!.leaf)).toMatchObject({
      provider: 'prv_one',
      data: { fieldsHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const kept = await database()
      .db.selectFrom('unreadable_entries')
      .selectAll()
      .where('seq', '>=', head.next_seq - 5)
      .orderBy('seq')
      .execute();
    expect(kept.map(({ fields, person_id }) => [person_id, JSON.parse(fields).kind])).toEqual([
      [person, 'invented'],
      [person, 'play'],
      [null, undefined],
    ]);
    expect(told).toEqual([3]);
  });

  test('whatever text an entry holds, the log takes it', async () => {
    const { log } = openTestRecord(database(), emptyStore());
    const fields = fc.dictionary(
      fc.constantFrom(
        'kind',
        'world',
        'person',
        'player',
        'at',
        'from',
        'to',
        'date',
        'session',
        'context',
        'used',
        'reason',
      ),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          'play',
          'denied',
          'live:prv_x',
          'per_a',
          'ply_a',
          '-1',
          '1792000000000',
          '99999999999999999',
          CONTEXT,
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fields, { minLength: 1, maxLength: 20 }), async (list) => {
        const head = async () =>
          (await database().db.selectFrom('log_head').select('next_seq').executeTakeFirstOrThrow()).next_seq;
        const before = await head();
        await logged(log, ...list.map((item) => ({ entryId: entryOf('', {}).entryId, fields: item })));
        expect(await head()).toBe(before + list.length);
      }),
      { numRuns: 40, seed: 20261120 },
    );
  });

  test('each month has a table, test worlds have one of their own', async () => {
    const person = newPerson();
    const { log } = openTestRecord(database(), emptyStore());
    const at = (month: number) => `${Date.UTC(2027, month - 1, 15)}-1`;
    await logged(
      log,
      entryOf('paused', { person, at: String(TEN) }, at(3)),
      entryOf('paused', { person, at: String(TEN) }, at(4)),
    );
    await logged(log, entryOf('paused', { person, world: 'test:prv_one', at: String(TEN) }, at(5)));
    expect((await rowsOf(person)).map(({ month }) => month)).toEqual([202703, 202704, 0]);
    // A second gateway, which does not know of them yet.
    await logged(
      openTestRecord(database(), emptyStore()).log,
      entryOf('paused', { person, at: String(TEN) }, `${Date.UTC(2027, 2, 16)}-1`),
    );
    expect((await rowsOf(person)).map(({ month }) => month)).toEqual([202703, 202704, 0, 202703]);
  });

  test('two pumps at once move everything once, in order', async () => {
    const persons = Array.from({ length: 12 }, newPerson);
    const stores = await Promise.all(persons.map(playedStore));
    const streams = new Map(stores.map((store, index) => [`p9${index}`, store]));
    const store = {
      readBacklog: async () =>
        (
          await Promise.all(
            [...streams].map(async ([partition, inner]) =>
              (await inner.readBacklog()).map((backlog) => ({ ...backlog, partition })),
            ),
          )
        ).flat(),
      readEntries: (partition: string, countMax: number) =>
        streams.get(partition)!.readEntries('memory', Math.min(countMax, 3)),
      trimEntries: (partition: string, ids: readonly string[]) => streams.get(partition)!.trimEntries('memory', ids),
    };
    const pumps = Array.from({ length: 3 }, () => openTestRecord(database(), store).pump);
    for (let round = 0; round < 20 && (await store.readBacklog()).length > 0; round++) {
      await Promise.all(pumps.map((pump) => pump.drain()));
    }
    for (const person of persons) expect((await rowsOf(person)).map(({ kind }) => kind)).toEqual(KINDS);
  });
});

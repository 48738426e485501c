// The log, replayed, is the live ledger and is what the summaries say: whatever was played, repeated, merged or pumped twice.
import { dayOfDate } from '@playgate/policy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { readLeaf } from '../src/compliance/compliance-event.ts';
import { RecordFacts } from '../src/compliance/evidence/verify/record-facts.ts';
import { recount } from '../src/compliance/evidence/verify/recount.ts';
import { type Reconciliation, reconcileDay } from '../src/compliance/reconcile.ts';
import { REPORT_GRACE_MS, reportDays } from '../src/compliance/reports/report-days.ts';
import type { StreamEntry } from '../src/sessions/session-store.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import { SqlDayBooks } from '../src/store/sql/sql-day-books.ts';
import { SqlFollowedLog } from '../src/store/sql/sql-followed-log.ts';
import { SqlReportSource } from '../src/store/sql/sql-report-source.ts';
import { describeOnDatabases } from './support/databases.ts';
import { entryOf, openTestRecord } from './support/event-log.ts';
import {
  beat,
  DAY_STARTS_AT,
  HOUR_MS,
  newPerson,
  openRequest,
  planFor,
  TODAY,
  TOMORROW,
} from './support/ledger-fixtures.ts';

const RUNS = 40;
const TEN = DAY_STARTS_AT + 10 * HOUR_MS;
const command = fc.record({
  stepMs: fc.constantFrom(0, 1, 15_000, 30_000, 90_000, 90_001, 200_000, 400_000),
  person: fc.nat(2),
  device: fc.nat(3),
  kind: fc.constantFrom('active', 'active', 'active', 'paused', 'merge'),
  isRepeated: fc.boolean(),
  isPumped: fc.boolean(),
});
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

const planAt = (now: number) =>
  planFor(now < TODAY.endsAt ? TODAY : TOMORROW, {
    limitMs: { game: 900_000, provider: 1_800_000, agent: null, person: null },
  });

class Play {
  readonly store = new MemorySessionStore(systemClock);
  readonly world = { providerId: newPerson().replace('per_', 'prv_'), mode: 'test' } as const;
  readonly #people = [newPerson(), newPerson(), newPerson()];
  readonly #sessions = new Map<string, { sessionId: string; seq: number }>();
  #now = TODAY.endsAt - 600_000;

  async act({ device, isRepeated, kind, person, stepMs }: Command): Promise<void> {
    this.#now += stepMs;
    const key = `${person}/${device}`;
    const session = this.#sessions.get(key);
    if (kind === 'merge') return this.#merge(person, (person + 1) % this.#people.length);
    if (session !== undefined) return this.#record(session.sessionId, isRepeated ? session.seq : ++session.seq, kind);
    const request = openRequest(this.store, this.#people[person]!, {
      plan: planAt(this.#now),
      now: this.#now,
      identity: { world: this.world, gameId: `gam_${device % 2}`, agentId: device === 3 ? 'agt_1' : null },
    });
    const { status } = await this.store.open(request);
    if (status === 'opened') this.#sessions.set(key, { sessionId: request.identity.sessionId, seq: 0 });
  }

  async end(): Promise<void> {
    for (const { seq, sessionId } of this.#sessions.values()) await this.#record(sessionId, seq + 1, 'close');
  }

  async #merge(from: number, to: number): Promise<void> {
    const [previousPersonId, personId] = [this.#people[from]!, this.#people[to]!];
    await this.store.moveOut(previousPersonId, `ply_${previousPersonId}`);
    for (const key of [...this.#sessions.keys()]) if (key.startsWith(`${from}/`)) this.#sessions.delete(key);
    for (const day of [TODAY, TOMORROW]) {
      const play = await this.store.readDay(previousPersonId, day.date);
      const { world } = this;
      const playerId = `ply_${previousPersonId}`;
      await this.store.mergeDay({ world, personId, previousPersonId, playerId, humanId: null, day, play });
    }
  }

  async #record(sessionId: string, seq: number, kind: 'active' | 'paused' | 'close'): Promise<void> {
    const close = kind === 'close' ? { reason: 'quit', clientEndedAt: null, verdictSeq: null } : null;
    const request = beat(sessionId, seq, this.#now, { world: this.world, kind, close });
    const [reply] = await this.store.recordBeats([request]);
    if (reply?.status === 'stale') {
      await this.store.recordBeats([{ ...request, renewal: { plan: planAt(this.#now), context: 'next' } }]);
    }
  }
}

const reconcile = (database: Database, { store, world }: Play, date: string): Promise<Reconciliation> =>
  reconcileDay(
    { store, books: new SqlDayBooks(database.db), nowOf: () => TOMORROW.endsAt + HOUR_MS, realNow: TODAY.startsAt },
    dayOfDate('Asia/Ho_Chi_Minh', date),
    { mode: null, providerId: world.providerId },
  );

describeOnDatabases('projections', (database) => {
  const logged = (log: ReturnType<typeof openTestRecord>['log'], ...entries: StreamEntry[]) =>
    log.append('p001', entries);
  const rowOf = (sessionId: string) =>
    database()
      .db.selectFrom('session_records')
      .selectAll()
      .where('session_id', '=', sessionId)
      .executeTakeFirstOrThrow();

  test('live ledger = replay of the log = summaries, with merges, repeats and a pump that dies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 2, maxLength: 30 }), async (commands) => {
        const play = new Play();
        const { store } = play;
        const { followers, pump } = openTestRecord(database(), store);
        const dying = openTestRecord(database(), {
          readBacklog: () => store.readBacklog(),
          readEntries: (partition, countMax) => store.readEntries(partition, Math.min(countMax, 2)),
          trimEntries: () => Promise.reject(new Error('killed')),
        }).pump;
        for (const item of commands) {
          await play.act(item);
          if (item.isPumped) await dying.drain().catch(() => {});
        }
        await play.end();
        await pump.drain();
        await followers.run();
        for (const { date } of [TODAY, TOMORROW]) {
          const { differences } = await reconcile(database(), play, date);
          expect(differences).toEqual([]);
        }
      }),
      { numRuns: RUNS, seed: 20261121 },
    );
  });

  test('a session that came in pieces is one record', async () => {
    const { followers, log } = openTestRecord(database(), new MemorySessionStore(systemClock));
    const session = 'ses_pieces';
    const of = { session, person: 'per_pieces', agent: 'agt_x', station: 'sta_x' };
    const hours = 'vn-147-2024@1|16_17|+84|g|12+|08:00-10:30|';
    const ended = {
      at: String(TEN + 2_000_000),
      cause: 'game',
      limit: String(TEN + 1_900_000),
      ordered: String(TEN + 2_000_000),
    };
    const closed = {
      at: String(TEN + 2_009_000),
      reason: 'limit',
      clientEnded: String(TEN + 2_004_000),
      verdictSeq: '7',
      overrun: '100000',
    };
    await logged(log, entryOf('opened', { ...of, context: hours, at: String(TEN) }));
    await followers.run();
    await logged(
      log,
      entryOf('gap', { ...of, from: String(TEN + 30_000), to: String(TEN + 200_000) }),
      entryOf('play', {
        ...of,
        context: hours,
        date: TODAY.date,
        from: String(TEN),
        to: String(TEN + 1_900_000),
        leased: '60000',
      }),
      entryOf('warned', { ...of, at: String(TEN + 1_700_000), left: '300000' }),
      entryOf('ended', { ...of, ...ended, overrun: '90000', gaps: '1', used: '1,2,3,4', limits: '1,2,3,-1' }),
    );
    await followers.run();
    await logged(log, entryOf('overrun', { ...of, at: String(TEN + 2_005_000), overrun: '95000' }));
    await followers.run();
    expect(await rowOf(session)).toMatchObject({ overrun_ms: 95_000, overrun_at_close_ms: 95_000 });
    await logged(log, entryOf('closed', { ...of, ...closed }));
    await followers.run();
    expect(await rowOf(session)).toMatchObject({
      opened_at: TEN,
      opened_date: TODAY.date,
      source: 'lease',
      gaps: 1,
      warned_at: TEN + 1_700_000,
      ended_at: TEN + 2_000_000,
      end_cause: 'game',
      limit_at: TEN + 1_900_000,
      ordered_at: TEN + 2_000_000,
      acknowledged_at: TEN + 2_004_000,
      closed_at: TEN + 2_009_000,
      overrun_ms: 100_000,
      overrun_at_close_ms: 100_000,
      outside_hours: true,
    });
    const late = String(TODAY.endsAt + REPORT_GRACE_MS + 1);
    await logged(log, entryOf('overrun', { ...of, at: late, overrun: '900000' }));
    await followers.run();
    expect(await rowOf(session)).toMatchObject({ overrun_ms: 900_000, overrun_at_close_ms: 100_000 });
  });

  test.each([
    ['is believed after the last play that counts', 90_000, 90_000],
    ['is not before it', 10_000, 30_000],
    ['is not after the close', 999_000, 135_000],
  ])('the end that a late close tells %s', async (_, toldMs, endedMs) => {
    const { followers, log } = openTestRecord(database(), new MemorySessionStore(systemClock));
    const session = `ses_late_${toldMs}`;
    const of = { session, person: 'per_late', agent: 'agt_x', station: 'sta_x' };
    const played = { date: TODAY.date, from: String(TEN), to: String(TEN + 30_000), leased: '0' };
    const at = String(TEN + 135_000);
    const ended = { at, cause: 'closed', limit: '-1', ordered: '-1', used: '1,2,3,4', limits: '1,2,3,-1' };
    const closed = {
      at,
      reason: 'ledger_unavailable',
      clientEnded: String(TEN + toldMs),
      verdictSeq: '0',
      overrun: '0',
    };
    await logged(log, entryOf('opened', { ...of, at: String(TEN) }), entryOf('play', { ...of, ...played }));
    await logged(log, entryOf('ended', { ...of, ...ended, overrun: '0', gaps: '1' }));
    await followers.run();
    await logged(log, entryOf('closed', { ...of, ...closed }));
    await followers.run();
    expect(await rowOf(session)).toMatchObject({ ended_at: TEN + endedMs, closed_at: TEN + 135_000 });
  });

  test('play that went to another person counts there; who plays on counts again', async () => {
    const { followers, log } = openTestRecord(database(), new MemorySessionStore(systemClock));
    const [old, now] = [{ person: newPerson() }, { person: newPerson() }];
    const played = (from: number, to: number) => ({ date: TODAY.date, from: String(TEN + from), to: String(TEN + to) });
    const merged = entryOf('merged', { ...now, ...played(0, 60_000), previous: old.person });
    const supersededOf = async ({ person }: { person: string }) => {
      const rows = await database()
        .db.selectFrom('day_summaries')
        .selectAll()
        .where('person_id', '=', person)
        .execute();
      return rows.map(({ play_ms, superseded_by }) => [play_ms, superseded_by !== null]);
    };
    // The partition of the person of before is pumped later.
    await logged(log, merged);
    await followers.run();
    await logged(log, entryOf('play', { ...old, ...played(0, 60_000) }));
    await followers.run();
    expect([await supersededOf(old), await supersededOf(now)]).toEqual([[[60_000, true]], [[60_000, false]]]);
    await logged(log, entryOf('play', { ...old, ...played(120_000, 180_000) }));
    await followers.run();
    expect(await supersededOf(old)).toEqual([[120_000, false]]);
  });

  test('of two persons who played the same minutes, a merge leaves the play once, in summaries, report and recount', async () => {
    const play = new Play();
    const { followers, pump } = openTestRecord(database(), play.store);
    const act = { device: 0, isPumped: false, isRepeated: false, kind: 'active' } as const;
    for (let beats = 0; beats < 4; beats++) {
      await play.act({ ...act, person: 0, stepMs: 30_000 });
      await play.act({ ...act, person: 1, stepMs: 0 });
    }
    for (let times = 0; times < 2; times++) await play.act({ ...act, kind: 'merge', person: 0, stepMs: 0 });
    await play.end();
    await pump.drain();
    await followers.run();
    expect((await reconcile(database(), play, TODAY.date)).differences).toEqual([]);
    const { totals } = await new SqlReportSource(database().db).readCells({
      mode: 'test',
      days: reportDays('Asia/Ho_Chi_Minh', TODAY.date, TODAY.date),
      groupBy: ['game'],
      providerIds: [play.world.providerId],
      provinces: null,
      gameId: null,
      agentId: null,
    });
    expect(totals).toMatchObject({ playMs: 90_000, players: 2, sessions: 2 });
    const leaves = await database()
      .db.selectFrom('events')
      .select('leaf')
      .where('provider_id', '=', play.world.providerId)
      .orderBy('seq')
      .execute();
    const facts = new RecordFacts('test', TODAY.date, TODAY.date);
    for (const { leaf } of leaves) facts.add(readLeaf(leaf));
    const counted = recount(facts, {
      days: [TODAY.date],
      zone: 'Asia/Ho_Chi_Minh',
      graceMs: REPORT_GRACE_MS,
      groupBy: ['game'],
      providerIds: null,
      provinces: null,
      filters: { providerId: null, gameId: null, agentId: null, province: null },
    });
    expect(counted.totals.get('playMs')).toBe(90_000);
  });

  test('every difference is named: a lost event, a lost summary, and play that Redis lost', async () => {
    const play = new Play();
    const { followers, pump } = openTestRecord(database(), play.store);
    const act = { device: 0, isPumped: false, isRepeated: false, kind: 'active', person: 0 } as const;
    for (let beats = 0; beats < 4; beats++) await play.act({ ...act, stepMs: 30_000 });
    await play.end();
    await pump.drain();
    await followers.run();
    const [person] = await play.store.listPersons(TODAY.date);
    const { ref } = await database()
      .db.selectFrom('event_subjects')
      .select('ref')
      .where('subject_id', '=', person!)
      .executeTakeFirstOrThrow();
    expect((await reconcile(database(), play, TODAY.date)).differences).toEqual([]);
    await database()
      .db.updateTable('events')
      .set({ to_at: TODAY.endsAt - 600_000 + 61_000 })
      .where('person_id', '=', person!)
      .where('kind', '=', 'play')
      .execute();
    const { differences } = await reconcile(database(), play, TODAY.date);
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatchObject({ person: ref, game: 'gam_0' });
    expect(differences[0]!.live).toEqual(differences[0]!.summary);
    expect(differences[0]!.log).not.toEqual(differences[0]!.summary);
  });

  test('made again from the log, everything is as it was', async () => {
    const { followers, projector } = openTestRecord(database(), new MemorySessionStore(systemClock));
    await followers.run();
    const read = async () => {
      const { db } = database();
      return [
        await db.selectFrom('session_records').selectAll().orderBy('session_id').execute(),
        await db.selectFrom('denials').selectAll().orderBy('seq').execute(),
        await db
          .selectFrom('day_summaries')
          .selectAll()
          .orderBy('date')
          .orderBy('person_ref')
          .orderBy('game_id')
          .orderBy('agent_id')
          .execute(),
      ];
    };
    const before = await read();
    expect(before[0]!.length).toBeGreaterThan(0);
    await new SqlFollowedLog(database().db).restart(projector);
    expect((await read()).map(({ length }) => length)).toEqual([0, 0, 0]);
    await followers.run();
    expect(await read()).toEqual(before);
  });
});

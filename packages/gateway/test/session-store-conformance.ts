// What every adapter of SessionStore must do; each adapter's test file calls it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionStore } from '../src/sessions/session-store.ts';
import { OPEN_SESSIONS_MAX } from '../src/sessions/session-store.ts';
import {
  beat,
  DAY_STARTS_AT,
  HOUR_MS,
  MINUTE_MS,
  newPerson,
  openRequest,
  planFor,
  TODAY,
  WORLD,
} from './support/ledger-fixtures.ts';

const TEN = DAY_STARTS_AT + 10 * HOUR_MS;

export function describeSessionStore(name: string, make: () => Promise<SessionStore>): void {
  describe(name, () => {
    let store: SessionStore;
    beforeAll(async () => {
      store = await make();
    });
    afterAll(() => store.close());

    const start = async (personId: string, changes: Parameters<typeof openRequest>[2] = {}) => {
      const request = openRequest(store, personId, changes);
      return { request, sessionId: request.identity.sessionId, outcome: await store.open(request) };
    };
    const record = async (...requests: Parameters<typeof store.recordBeats>[0][number][]) =>
      store.recordBeats(requests);
    const totalOf = async (personId: string) => {
      const { provider } = await store.readDay(personId, TODAY.date, TODAY.startsAt);
      return provider.reduce((sum, { startsAt, endsAt }) => sum + (endsAt - startsAt), 0);
    };

    test('opens once, however often the same session is asked for', async () => {
      const person = newPerson();
      const { request, outcome } = await start(person);
      expect(outcome).toEqual({ status: 'opened', used: { game: 0, provider: 0, agent: 0, person: 0 }, conflicts: [] });
      expect(await store.open(request)).toEqual(outcome);
    });

    test('counts parallel devices once and each game for itself', async () => {
      const person = newPerson();
      const a = await start(person);
      await record(beat(a.sessionId, 1, TEN + MINUTE_MS));
      const b = await start(person, { now: TEN + MINUTE_MS, identity: { gameId: 'gam_b' } });
      const replies = await record(
        beat(a.sessionId, 2, TEN + 2 * MINUTE_MS),
        beat(b.sessionId, 1, TEN + 2 * MINUTE_MS),
      );
      expect(replies).toMatchObject([
        { used: { game: 120_000, provider: 120_000 } },
        { used: { game: 60_000, provider: 120_000 } },
      ]);
      const day = await store.readDay(person, TODAY.date, TODAY.startsAt);
      expect([...day.games.keys()].sort()).toEqual(['gam_a', 'gam_b']);
      expect(day.provider).toEqual([{ startsAt: TEN, endsAt: TEN + 2 * MINUTE_MS }]);
    });

    test('a beat sent ten times, and older ones after it, count once', async () => {
      const person = newPerson();
      const { sessionId } = await start(person);
      const beats = Array.from({ length: 10 }, () => beat(sessionId, 5, TEN + 30_000));
      const replies = await record(...beats, beat(sessionId, 3, TEN + 60_000), beat(sessionId, 1, TEN + 90_000));
      expect(replies.map((reply) => reply.status)).toEqual(['recorded', ...Array(11).fill('repeated')]);
      expect(await totalOf(person)).toBe(30_000);
    });

    test('an unknown session and one of another world are not found, and nothing is written', async () => {
      const person = newPerson();
      const { sessionId } = await start(person);
      const other = { providerId: 'prv_two', mode: 'test' } as const;
      const replies = await record(
        beat(sessionId, 1, TEN + 30_000, { world: other }),
        beat(sessionId, 1, TEN + 30_000, { world: { ...WORLD, mode: 'live' } }),
        beat(store.newSessionId(person), 1, TEN + 30_000),
        beat('ses_nope', 1, TEN + 30_000),
      );
      expect(replies.map((reply) => reply.status)).toEqual(Array(4).fill('not_found'));
      expect(await totalOf(person)).toBe(0);
    });

    test('refuses a start with a spent account or too little left, and writes nothing', async () => {
      const person = newPerson();
      const limited = planFor(TODAY, { limitMs: { game: 30_000, provider: null, agent: null, person: null } });
      const first = await start(person, { plan: limited });
      await record(beat(first.sessionId, 1, TEN + 29_500));
      const small = await start(person, { plan: limited, now: TEN + 29_500 });
      expect(small.outcome).toMatchObject({ status: 'too_little_left', used: { game: 29_500 } });
      await record(beat(first.sessionId, 2, TEN + 30_000));
      const spent = await start(person, { plan: limited, now: TEN + 30_000 });
      expect(spent.outcome).toMatchObject({ status: 'spent', used: { game: 30_000 } });
      expect(await record(beat(spent.sessionId, 1, TEN + 31_000))).toEqual([{ status: 'not_found' }]);
    });

    test('forbid names the session in the way; takeover ends it at its last beat', async () => {
      const person = newPerson();
      const first = await start(person);
      await record(beat(first.sessionId, 1, TEN + 30_000));
      const refused = await start(person, { concurrency: 'forbid', now: TEN + 40_000 });
      expect(refused.outcome).toMatchObject({
        status: 'concurrent',
        conflicts: [{ sessionId: first.sessionId, gameId: 'gam_a' }],
      });
      const taken = await start(person, { concurrency: 'takeover', now: TEN + 40_000 });
      expect(taken.outcome.status).toBe('opened');
      const [reply] = await record(beat(first.sessionId, 2, TEN + 60_000));
      expect(reply).toMatchObject({ endCause: 'takeover', endedAt: TEN + 30_000, used: { game: 30_000 } });
    });

    test(`at most ${OPEN_SESSIONS_MAX} sessions of a person stand at once`, async () => {
      const person = newPerson();
      for (let count = 0; count < OPEN_SESSIONS_MAX; count++)
        expect((await start(person)).outcome.status).toBe('opened');
      expect((await start(person)).outcome.status).toBe('concurrent');
    });

    test('silent sessions of a world are ended at their last beat, others are left alone', async () => {
      const person = newPerson();
      const world = { providerId: 'prv_silent', mode: 'test' } as const;
      const silent = await start(person, { identity: { world } });
      const alive = await start(person, { identity: { world } });
      await record(
        beat(silent.sessionId, 1, TEN + 30_000, { world }),
        beat(alive.sessionId, 1, TEN + 6 * MINUTE_MS, { world }),
      );
      const revivableUntil = TEN + 30_000 + 90_000 + 300_000;
      const expireAt = (now: number) =>
        store.expireSilent(({ providerId }) => (providerId === world.providerId ? now : TEN));
      expect(await expireAt(revivableUntil)).toBe(0);
      expect(await expireAt(revivableUntil + 1)).toBe(1);
      expect(await expireAt(revivableUntil + 1)).toBe(0);
      const [lost, live] = await record(
        beat(silent.sessionId, 2, revivableUntil + 1, { world }),
        beat(alive.sessionId, 2, revivableUntil + 1, { world }),
      );
      expect(lost).toMatchObject({ endCause: 'silence', endedAt: TEN + 30_000 });
      expect(live).toMatchObject({ endCause: null });
    });

    test('renewed sessions ask for a plan at their next beat, and a refusal stops them at the change, not before', async () => {
      const person = newPerson();
      const { sessionId } = await start(person);
      await record(beat(sessionId, 1, TEN + 30_000));
      expect(await store.renewSessions(person, TEN + 40_000)).toBe(1);
      const next = beat(sessionId, 2, TEN + 60_000);
      expect(await record(next)).toMatchObject([{ status: 'stale', seq: 1 }]);
      const refusing = planFor(TODAY, { stopsAt: TODAY.startsAt });
      const [reply] = await record({ ...next, renewal: { plan: refusing, context: 'paused' } });
      expect(reply).toMatchObject({
        endCause: 'stop',
        endedAt: TEN + 40_000,
        used: { game: 40_000 },
        context: 'paused',
      });
      expect(await store.renewSessions(person, TEN + 70_000)).toBe(0);
    });

    test('two persons that are one: the day is the union, however often it is merged, and the old session ends', async () => {
      const [old, person] = [newPerson(), newPerson()];
      const before = await start(old, { identity: { playerId: 'ply_moved', agentId: 'agt_1' } });
      const other = await start(old, { identity: { playerId: 'ply_stays' } });
      await record(beat(before.sessionId, 1, TEN + 30_000));
      const own = await start(person, { now: TEN + 20_000, identity: { gameId: 'gam_b' } });
      await record(beat(own.sessionId, 1, TEN + 60_000));
      expect(await store.moveOut(old, 'ply_moved')).toBe(1);
      expect(await store.moveOut(old, 'ply_moved')).toBe(0);
      const play = await store.readDay(old, TODAY.date, TODAY.startsAt);
      const request = {
        world: WORLD,
        personId: person,
        previousPersonId: old,
        humanId: null,
        playerId: 'ply_moved',
        day: TODAY,
        play,
      };
      for (let times = 0; times < 3; times++) await store.mergeDay(request);
      const merged = await store.readDay(person, TODAY.date, TODAY.startsAt);
      expect(merged.provider).toEqual([{ startsAt: TEN, endsAt: TEN + 60_000 }]);
      expect(merged.games.get('gam_a')).toEqual([{ startsAt: TEN, endsAt: TEN + 30_000 }]);
      expect(merged.agents.get('agt_1')).toEqual([{ startsAt: TEN, endsAt: TEN + 30_000 }]);
      const [gone, stays, counted] = await record(
        beat(before.sessionId, 2, TEN + 60_000),
        beat(other.sessionId, 1, TEN + 60_000),
        beat(own.sessionId, 2, TEN + 90_000),
      );
      expect(gone).toMatchObject({ endCause: 'moved', endedAt: TEN + 30_000 });
      expect(stays).toMatchObject({ endCause: null });
      expect(counted).toMatchObject({ used: { provider: 90_000, game: 70_000 } });
      const entries = [];
      for (const partition of store.partitions) {
        const found = await store.readEntries(partition, 100_000);
        entries.push(...found.filter(({ fields }) => fields.kind === 'merged' && fields.person === person));
      }
      expect(entries.map(({ fields }) => [fields.game, fields.agent, fields.previous])).toEqual([
        ['gam_a', '', old],
        ['', 'agt_1', old],
      ]);
    });

    test('play that is not counted leaves no intervals and is never lost to silence', async () => {
      const person = newPerson();
      const { sessionId } = await start(person, {
        plan: planFor(TODAY, { metered: false }),
        identity: { ageBand: 'adult' },
      });
      const [reply] = await record(beat(sessionId, 1, TEN + 3 * HOUR_MS));
      expect(reply).toMatchObject({
        status: 'recorded',
        endedAt: null,
        used: { game: 0, provider: 0, agent: 0, person: 0 },
      });
      expect(await totalOf(person)).toBe(0);
    });

    test('leaves entries in order, gives them again until they are trimmed, then never', async () => {
      const person = newPerson();
      const { sessionId } = await start(person);
      await record(
        beat(sessionId, 1, TEN + 30_000),
        beat(sessionId, null, TEN + 40_000, {
          kind: 'close',
          close: { reason: 'quit', clientEndedAt: null, verdictSeq: null },
        }),
      );
      await store.noteRefusal({
        identity: openRequest(store, person).identity,
        context: 'c',
        reason: 'age_rating',
        at: TEN,
      });
      const kindsOf = async () => {
        const found = [];
        for (const partition of store.partitions) {
          const entries = await store.readEntries(partition, 100_000);
          const own = entries.filter(({ fields }) => fields.person === person);
          found.push(...own.map(({ fields }) => fields.kind));
        }
        return found;
      };
      const kinds = ['opened', 'play', 'ended', 'closed', 'denied'];
      expect(await kindsOf()).toEqual(kinds);
      expect(await kindsOf()).toEqual(kinds);
      for (const partition of store.partitions) {
        const last = (await store.readEntries(partition, 100_000)).at(-1);
        if (last !== undefined) await store.trimEntries(partition, last.entryId);
      }
      expect(await kindsOf()).toEqual([]);
    });

    test('says that it is ready', async () => {
      expect(await store.checkReady(Date.now())).toEqual({ store: 'ok', clock: 'ok' });
    });
  });
}

// What every adapter of SessionStore must do; each adapter's test file calls it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { World } from '../src/directory/world.ts';
import { decodeProof } from '../src/sessions/proof-text.ts';
import type { DayPlay, SessionStore } from '../src/sessions/session-store.ts';
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

let agents = 0;
const newAgent = (): string => `agt_${process.pid}x${++agents}`;

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
    const entriesOf = async (sessionId: string) => {
      const found = [];
      for (const partition of store.partitions) found.push(...(await store.readEntries(partition, 100_000)));
      return found.map(({ fields }) => fields).filter(({ session }) => session === sessionId);
    };
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

    test('minutes that the person had already come over too, and are noted once of each previous person', async () => {
      const [first, second, person] = [newPerson(), newPerson(), newPerson()];
      for (const personId of [first, second, person]) {
        const { sessionId } = await start(personId);
        await record(beat(sessionId, 1, TEN + 30_000));
      }
      const merge = async (previousPersonId: string) => {
        const play = await store.readDay(previousPersonId, TODAY.date, TODAY.startsAt);
        const of = {
          world: WORLD,
          personId: person,
          previousPersonId,
          humanId: null,
          playerId: 'ply_moved',
          day: TODAY,
        };
        await store.mergeDay({ ...of, play });
      };
      const noted = async () => {
        const entries = [];
        for (const partition of store.partitions) entries.push(...(await store.readEntries(partition, 100_000)));
        return entries
          .filter(({ fields }) => fields.kind === 'merged' && fields.person === person)
          .map(({ fields: { from, game, previous, to } }) => [previous, game, Number(from) - TEN, Number(to) - TEN]);
      };
      for (const previous of [first, second, first, second]) await merge(previous);
      expect(await noted()).toEqual([
        [first, '', 0, 30_000],
        [second, '', 0, 30_000],
      ]);
      const later = await start(second, { now: TEN + 60_000 });
      await record(beat(later.sessionId, 1, TEN + 90_000));
      for (let times = 0; times < 2; times++) await merge(second);
      expect((await noted()).slice(2)).toEqual([[second, 'gam_a', 60_000, 90_000]]);
      expect([...(await store.readDay(person, TODAY.date, TODAY.startsAt)).games.keys()]).toEqual(['gam_a']);
    });

    test('play that is not counted leaves no intervals and is never lost to silence', async () => {
      const person = newPerson();
      const { sessionId } = await start(person, {
        plan: planFor(TODAY, { metered: false, attended: false }),
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

    test('an attended session that is not counted is lost to silence like any other', async () => {
      const world = { providerId: `prv_seat_${process.pid}`, mode: 'test' } as const;
      const seat = { world, agentId: newAgent(), stationId: 'sta_1', ageBand: 'adult' } as const;
      const { sessionId } = await start(newPerson(), { plan: planFor(TODAY, { metered: false }), identity: seat });
      const expireAt = (now: number) =>
        store.expireSilent(({ providerId }) => (providerId === world.providerId ? now : TEN));
      expect(await expireAt(TEN + 390_000)).toBe(0);
      expect(await expireAt(TEN + 390_001)).toBe(1);
      const [back] = await record(beat(sessionId, 1, TEN + 390_002, { world }));
      expect(back).toMatchObject({ endCause: 'silence', endedAt: TEN, used: { provider: 0 } });
    });

    test('play that comes to be counted is watched from then on', async () => {
      const world = { providerId: `prv_grown_${process.pid}`, mode: 'test' } as const;
      const person = newPerson();
      const free = planFor(TODAY, { metered: false, attended: false });
      const { sessionId } = await start(person, { plan: free, identity: { world } });
      await store.renewSessions(person, TEN);
      const renewal = { plan: planFor(TODAY), context: 'counted' };
      await record(beat(sessionId, 1, TEN + 1_000, { world, renewal }));
      const lost = await store.expireSilent(({ providerId }) =>
        providerId === world.providerId ? TEN + HOUR_MS : TEN,
      );
      expect(lost).toBe(1);
    });

    test('an agent sees the sessions at its stations while they go on, and no others', async () => {
      const agentId = newAgent();
      const seat = (number: number) => ({ agentId, stationId: `sta_${number}` });
      const first = await start(newPerson(), { identity: { ...seat(1), playerId: 'ply_1', world: WORLD } });
      const live = { providerId: 'prv_two', mode: 'test' } as const;
      const second = await start(newPerson(), {
        now: TEN + 1,
        identity: { ...seat(2), playerId: 'ply_2', world: live },
      });
      await start(newPerson(), { identity: { agentId: newAgent(), stationId: 'sta_3' } });
      await start(newPerson());
      await record(beat(first.sessionId, 1, TEN + 30_000, { kind: 'paused' }));
      const sessions = await store.listAgentSessions(agentId, () => TEN + 30_000);
      const at = { gameId: 'gam_a', ageBand: '16_17', context: 'vn.1|16_17' };
      const used = { game: 30_000, provider: 30_000, agent: 30_000, person: 0 };
      expect(sessions).toEqual([
        {
          ...at,
          ...{ sessionId: first.sessionId, world: WORLD, stationId: 'sta_1', playerId: 'ply_1', state: 'paused' },
          ...{ openedAt: TEN, lastBeatAt: TEN + 30_000, endedAt: null, used },
          ...{ intervalMs: 30_000, leaseEndsAt: TEN + 120_000 },
        },
        {
          ...at,
          ...{ sessionId: second.sessionId, world: live, stationId: 'sta_2', playerId: 'ply_2', state: 'active' },
          ...{
            openedAt: TEN + 1,
            lastBeatAt: TEN + 1,
            intervalMs: 30_000,
            leaseEndsAt: TEN + 90_001,
            endedAt: null,
            used: { game: 0, provider: 0, agent: 0, person: 0 },
          },
        },
      ]);
      const idsAt = async (nowOf: Parameters<typeof store.listAgentSessions>[1]) =>
        (await store.listAgentSessions(agentId, nowOf)).map(({ sessionId }) => sessionId);
      // The seat that went dark is gone, in the time of its own world, before anything has closed it.
      expect(await idsAt(({ providerId }) => (providerId === 'prv_two' ? TEN + 390_002 : TEN))).toEqual([
        first.sessionId,
      ]);
      await record(beat(first.sessionId, 2, TEN + 40_000, { kind: 'close' }));
      expect(await idsAt(() => TEN)).toEqual([second.sessionId]);
    });

    test('an agent sees who plays on after the end, until the client closes, pauses or falls silent', async () => {
      const agentId = newAgent();
      const idsAt = async (at: number) =>
        (await store.listAgentSessions(agentId, () => at)).map(({ endedAt, sessionId }) => [sessionId, endedAt]);
      const { sessionId } = await start(newPerson(), { identity: { agentId, stationId: 'sta_1' } });
      await record(beat(sessionId, 1, TEN + 30_000));
      await store.endByOrder({ sessionId, agentId, now: TEN + 45_000, by: 'counter' });
      expect(await idsAt(TEN + 45_000)).toEqual([]);
      await record(beat(sessionId, 2, TEN + 60_000));
      const seen = [[sessionId, TEN + 45_000]];
      expect(await idsAt(TEN + 60_000)).toEqual(seen);
      expect(await idsAt(TEN + 150_000)).toEqual(seen);
      expect(await idsAt(TEN + 150_001)).toEqual([]);
      await record(beat(sessionId, 3, TEN + 160_000));
      expect(await idsAt(TEN + 160_000)).toEqual(seen);
      await record(beat(sessionId, 4, TEN + 170_000, { kind: 'paused' }));
      expect(await idsAt(TEN + 170_000)).toEqual([]);
      await record(beat(sessionId, 5, TEN + 180_000));
      expect(await idsAt(TEN + 180_000)).toEqual(seen);
      await record(beat(sessionId, 6, TEN + 190_000, { kind: 'close' }));
      expect(await idsAt(TEN + 190_000)).toEqual([]);
    });

    test('an agent ends a session at its stations: play is counted up to the order, the next beat learns of it', async () => {
      const person = newPerson();
      const agentId = newAgent();
      const { sessionId } = await start(person, { identity: { agentId, stationId: 'sta_1' } });
      const elsewhere = await start(person);
      await record(beat(sessionId, 1, TEN + 30_000));
      const order = { sessionId, agentId, now: TEN + 45_000, by: 'counter' };
      const refused = [
        { ...order, agentId: newAgent() },
        { ...order, agentId: '' },
        { ...order, sessionId: elsewhere.sessionId },
        { ...order, sessionId: elsewhere.sessionId, agentId: '' },
        { ...order, sessionId: store.newSessionId(person) },
        { ...order, sessionId: 'ses_nope' },
      ];
      for (const wrong of refused) expect(await store.endByOrder(wrong)).toEqual({ status: 'not_found' });
      const ended = { seq: 1, endCause: 'order', endedAt: TEN + 45_000, closedAt: null, used: { game: 45_000 } };
      expect(await store.endByOrder(order)).toMatchObject({ status: 'recorded', ...ended });
      expect(await store.endByOrder({ ...order, now: TEN + 50_000 })).toMatchObject({ status: 'repeated', ...ended });
      expect(await store.listAgentSessions(agentId, () => TEN)).toEqual([]);
      const [told] = await record(beat(sessionId, 2, TEN + 60_000));
      expect(told).toMatchObject({ status: 'recorded', endCause: 'order', overrunMs: 15_000, used: { game: 45_000 } });
      expect((await entriesOf(sessionId)).slice(1)).toMatchObject([
        { kind: 'play', from: String(TEN), to: String(TEN + 45_000), leased: '0' },
        { kind: 'ended', at: String(TEN + 45_000), cause: 'order', ordered: String(TEN + 45_000), by: 'counter' },
      ]);
    });

    test('entries tell the numbers that were decided by', async () => {
      const limitMs = { game: 120_000, provider: HOUR_MS, agent: null, person: null };
      const plan = planFor(TODAY, { limitMs, warnMs: 60_000 });
      const { sessionId } = await start(newPerson(), { plan });
      for (const [index, at] of [30_000, 95_000, 125_000].entries()) await record(beat(sessionId, index + 1, TEN + at));
      const [opened, warned, play, ended] = await entriesOf(sessionId);
      const limits = '120000,3600000,-1,-1';
      expect(opened).toMatchObject({ kind: 'opened', used: '0,0,0,0', limits });
      expect(warned).toMatchObject({ kind: 'warned', at: String(TEN + 95_000), left: '25000' });
      expect(play).toMatchObject({ kind: 'play', from: String(TEN), to: String(TEN + 125_000), leased: '65000' });
      expect(ended).toMatchObject({
        ...{ kind: 'ended', at: String(TEN + 125_000), cause: 'game', limit: String(TEN + 120_000), limits },
        ...{ ordered: String(TEN + 125_000), used: '125000,125000,0,0', overrun: '5000', gaps: '0' },
      });
      expect(ended).not.toHaveProperty('by');
    });

    test('play that goes on after the end is on record though nobody closes', async () => {
      const limitMs = { game: 30_000, provider: null, agent: null, person: null };
      const { sessionId } = await start(newPerson(), { plan: planFor(TODAY, { limitMs }) });
      for (const [index, at] of [31_000, 50_000, 60_500, 80_000].entries()) {
        await record(beat(sessionId, index + 1, TEN + at));
      }
      const entries = await entriesOf(sessionId);
      expect(entries.at(-2)).toMatchObject({ kind: 'ended', overrun: '1000' });
      expect(entries.at(-1)).toMatchObject({ kind: 'overrun', at: String(TEN + 60_500), overrun: '30500' });
    });

    test('ids of entries rise', async () => {
      const { sessionId } = await start(newPerson());
      await record(beat(sessionId, 1, TEN + 30_000, { kind: 'paused' }), beat(sessionId, 2, TEN + 31_000));
      for (const partition of store.partitions) {
        const ids = (await store.readEntries(partition, 100_000)).map(({ entryId }) => entryId);
        for (const id of ids) expect(id).toMatch(/^\d+-\d+$/);
        const inOrder = ids.map((id) => id.split('-').map(Number) as [number, number]);
        expect(inOrder).toEqual(inOrder.toSorted((left, right) => left[0] - right[0] || left[1] - right[1]));
      }
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
        used: { game: 1, provider: 2, agent: 3, person: 4 },
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
      expect((await entriesOf('')).find((entry) => entry.person === person)).toMatchObject({ used: '1,2,3,4' });
      for (const partition of store.partitions) {
        const kept = await store.readEntries(partition, 100_000);
        await store.trimEntries(
          partition,
          kept.map(({ entryId }) => entryId),
        );
      }
      expect(await kindsOf()).toEqual([]);
    });

    const played = (fromMs: number, toMs: number) => [{ startsAt: TEN + fromMs, endsAt: TEN + toMs }];
    const NO_PLAY = { provider: [], games: new Map(), agents: new Map() };
    const restoredDay = (personId: string, play: DayPlay, world: World = WORLD) =>
      store.restoreDay({ world, personId, day: TODAY, play, human: null });

    test('a day is not taken for whole until what is on record is in it', async () => {
      const person = newPerson();
      const opening = { needsWholeDay: true, now: TEN + HOUR_MS } as const;
      const first = await start(person, opening);
      expect(first.outcome).toMatchObject({ status: 'day_unknown', conflicts: [] });
      expect(await record(beat(first.sessionId, 1, TEN + HOUR_MS))).toEqual([{ status: 'not_found' }]);
      const play = { provider: played(0, 600_000), games: new Map([['gam_a', played(0, 600_000)]]), agents: new Map() };
      for (let times = 0; times < 2; times++) await restoredDay(person, play);
      const { outcome } = await start(person, opening);
      expect(outcome).toMatchObject({ status: 'opened', used: { game: 600_000, provider: 600_000 } });
      expect(await totalOf(person)).toBe(600_000);
      expect((await start(newPerson(), opening)).outcome.status).toBe('day_unknown');
      expect((await start(newPerson())).outcome.status).toBe('opened');
    });

    test('an empty day on record is whole too, and a live day that began after the books is by itself', async () => {
      const person = newPerson();
      await restoredDay(person, NO_PLAY);
      expect((await start(person, { needsWholeDay: true })).outcome.status).toBe('opened');
      const world = { ...WORLD, mode: 'live' } as const;
      await restoredDay(newPerson(), NO_PLAY, world);
      const startsAt = Date.now() + HOUR_MS;
      const plan = planFor({ date: '2099-01-01', startsAt, endsAt: startsAt + 24 * HOUR_MS });
      const opening = { needsWholeDay: true, plan, now: startsAt + 1, identity: { world } } as const;
      expect((await start(newPerson(), opening)).outcome.status).toBe('opened');
    });

    test('the epoch of the books stays while they do', async () => {
      const person = newPerson();
      await restoredDay(person, NO_PLAY);
      const epoch = await store.readEpoch(person);
      expect(epoch).toMatch(/./);
      await restoredDay(person, NO_PLAY);
      expect(await store.readEpoch(person)).toBe(epoch);
    });

    test('the human over all providers has back what was played anywhere', async () => {
      const person = newPerson();
      const humanId = `hum_${person.slice(4)}`;
      const human = { humanId, play: played(0, 900_000) };
      await store.restoreDay({ world: WORLD, personId: person, day: TODAY, play: NO_PLAY, human });
      const { outcome } = await start(person, { identity: { humanId }, needsWholeDay: true });
      expect(outcome).toMatchObject({ status: 'opened', used: { provider: 0, person: 900_000 } });
    });

    test('a proof brings a lost session back, once, and books of the same session are not moved by an older one', async () => {
      const person = newPerson();
      const { request, sessionId } = await start(person, { identity: { agentId: newAgent(), stationId: 'sta_1' } });
      const provenAt = async (seq: number, minutes: number) => {
        const [reply] = await record(beat(sessionId, seq, TEN + minutes * MINUTE_MS, { heldSeq: null }));
        if (reply?.status !== 'recorded' || reply.proof === null) throw new Error('no proof');
        return decodeProof(reply.proof)!;
      };
      const early = await provenAt(1, 1);
      const { agentId, proof, stationId } = await provenAt(2, 2);
      expect({ agentId, stationId }).toEqual({ agentId: request.identity.agentId, stationId: 'sta_1' });
      expect(proof).toEqual({
        seq: 2,
        state: 'active',
        pace: 1,
        leaseEndsAt: TEN + 210_000,
        isWarned: false,
        openedAt: TEN,
        lastBeatAt: TEN + 2 * MINUTE_MS,
        runStartsAt: TEN,
        runLeasedMs: 0,
        overrunMs: 0,
        gaps: 0,
        date: TODAY.date,
        recent: [],
      });
      const lost = openRequest(store, person, {
        identity: { ...request.identity, sessionId: store.newSessionId(person) },
      });
      const again = { identity: lost.identity, plan: lost.plan, context: 'back', unrecorded: played(0, 1_000) };
      for (const known of [proof, proof, early.proof]) {
        expect(await store.restoreSession({ ...again, proof: known })).toBe(true);
      }
      const next = beat(lost.identity.sessionId, 3, TEN + 3 * MINUTE_MS, { heldSeq: null });
      expect(await record(next)).toMatchObject([{ status: 'stale', seq: 2, used: { game: 120_000 } }]);
      const renewal = { plan: lost.plan, context: 'back' };
      expect(await record({ ...next, renewal })).toMatchObject([
        { status: 'recorded', context: 'back', used: { game: 180_000, agent: 180_000 } },
      ]);
      expect(await record({ ...next, seq: 4, heldSeq: 5 })).toMatchObject([{ status: 'behind', seq: 3 }]);
      const noted = await entriesOf(lost.identity.sessionId);
      expect(noted.map(({ from, kind, to }) => [kind, Number(from), Number(to)])).toEqual([['play', TEN, TEN + 1_000]]);
      expect(await store.listAgentSessions(request.identity.agentId!, () => TEN)).toHaveLength(2);
    });

    test('an end for silence that older books made up is taken back, no other end is', async () => {
      const person = newPerson();
      const [silent, closed] = [await start(person), await start(person)];
      const [reply] = await record(beat(silent.sessionId, 1, TEN + MINUTE_MS, { heldSeq: null }));
      if (reply?.status !== 'recorded') throw new Error('not recorded');
      const later = { ...decodeProof(reply.proof!)!.proof, seq: 9, lastBeatAt: TEN + 10 * MINUTE_MS };
      await record(
        beat(silent.sessionId, 2, TEN + HOUR_MS),
        beat(closed.sessionId, null, TEN + MINUTE_MS, { kind: 'close', close: null }),
      );
      for (const { request } of [silent, closed]) {
        const { context, identity, plan } = request;
        await store.restoreSession({ identity, plan, context, proof: later, unrecorded: [] });
      }
      const at = TEN + 11 * MINUTE_MS;
      expect(await record(beat(silent.sessionId, 10, at), beat(closed.sessionId, 10, at))).toMatchObject([
        { status: 'stale', endedAt: null, seq: 9 },
        { endCause: 'closed' },
      ]);
    });

    test('a session goes by the pace that it was told last, at its start or with a beat', async () => {
      const person = newPerson();
      const { sessionId } = await start(person, { pace: 4 });
      const [slow, fast, late] = await record(
        beat(sessionId, 1, TEN + 360_000, { pace: 2 }),
        beat(sessionId, 2, TEN + 540_000, { pace: 1 }),
        beat(sessionId, 3, TEN + 630_001, { pace: 4 }),
      );
      expect(slow).toMatchObject({ intervalMs: 60_000, leaseEndsAt: TEN + 540_000, used: { game: 360_000 } });
      expect(fast).toMatchObject({ intervalMs: 30_000, leaseEndsAt: TEN + 630_000, used: { game: 540_000 } });
      expect(late).toMatchObject({ intervalMs: 120_000, leaseEndsAt: TEN + 990_001, used: { game: 570_000 } });
    });

    test('a repeated beat and a close tell the pace of the books and change it as little as a beat after the end', async () => {
      const agentId = newAgent();
      const { sessionId } = await start(newPerson(), { identity: { agentId, stationId: 'sta_1' } });
      const replies = await record(
        beat(sessionId, 1, TEN + 30_000, { pace: 4 }),
        beat(sessionId, 1, TEN + 60_000, { pace: 1 }),
      );
      expect(replies).toMatchObject(Array(2).fill({ intervalMs: 120_000, leaseEndsAt: TEN + 390_000 }));
      const order = await store.endByOrder({ sessionId, agentId, now: TEN + 60_000, by: 'counter' });
      expect(order).toMatchObject({ intervalMs: 120_000, endCause: 'order' });
      const after = await record(
        beat(sessionId, 2, TEN + 90_000, { pace: 1 }),
        beat(sessionId, null, TEN + 120_000, { kind: 'close', pace: null }),
      );
      expect(after).toMatchObject(Array(2).fill({ intervalMs: 120_000, endCause: 'order' }));
    });

    test('a lease that was told holds although a later beat was told a shorter one', async () => {
      const person = newPerson();
      const { sessionId } = await start(person, { pace: 4 });
      const [first, second] = await record(
        beat(sessionId, 1, TEN + 120_000, { pace: 1 }),
        beat(sessionId, 2, TEN + 360_000, { pace: 1 }),
      );
      expect(first).toMatchObject({ intervalMs: 30_000, leaseEndsAt: TEN + 360_000 });
      expect(second).toMatchObject({ leaseEndsAt: TEN + 450_000, used: { game: 360_000 } });
    });

    test('silence ends a session by the lease that it was told, whatever that was before', async () => {
      const world = { providerId: 'prv_paced', mode: 'test' } as const;
      const [slow, fast] = [
        await start(newPerson(), { identity: { world } }),
        await start(newPerson(), { identity: { world }, pace: 4 }),
      ];
      await record(
        beat(slow.sessionId, 1, TEN + 30_000, { world, pace: 4 }),
        beat(fast.sessionId, 1, TEN + 300_000, { world, pace: 1 }),
      );
      const expireAt = (now: number) =>
        store.expireSilent(({ providerId }) => (providerId === world.providerId ? now : TEN));
      expect(await expireAt(TEN + 690_000)).toBe(0);
      expect(await expireAt(TEN + 690_001)).toBe(2);
    });

    test('a proof brings the pace and the lease back', async () => {
      const person = newPerson();
      const { request, sessionId } = await start(person, { pace: 4 });
      const [reply] = await record(beat(sessionId, 1, TEN + 60_000, { pace: 2, heldSeq: null }));
      if (reply?.status !== 'recorded') throw new Error('not recorded');
      const { proof } = decodeProof(reply.proof!)!;
      expect(proof).toMatchObject({ pace: 2, leaseEndsAt: TEN + 360_000 });
      const identity = { ...request.identity, sessionId: store.newSessionId(person) };
      await store.restoreSession({ identity, plan: request.plan, context: 'back', proof, unrecorded: [] });
      const renewal = { plan: request.plan, context: 'back' };
      const [next] = await record(beat(identity.sessionId, 2, TEN + 360_000, { pace: 1, renewal }));
      expect(next).toMatchObject({ status: 'recorded', intervalMs: 30_000, used: { game: 360_000 } });
    });

    test('says that it is ready', async () => {
      expect(await store.checkReady(Date.now())).toEqual({ store: 'ok', clock: 'ok' });
    });
  });
}

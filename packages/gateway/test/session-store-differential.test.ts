// The Lua scripts against accrue.ts: the same commands on the Redis store and on the memory store (which is accrue.ts
// over maps) must give the same replies, the same intervals and the same stream entries.

import { clipInterval, type Instant, type Interval, PACES, type SessionPlan } from '@playgate/policy';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { decodeProof } from '../src/sessions/proof-text.ts';
import { onlyReply } from '../src/sessions/record-beats.ts';
import type { SessionIdentity, SessionStore, StreamEntry } from '../src/sessions/session-store.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { createRequestClient, createWorkerClient } from '../src/store/redis/redis-client.ts';
import { RedisSessionStore } from '../src/store/redis/redis-session-store.ts';
import { beat, HOUR_MS, newPerson, openRequest, planFor, TODAY, TOMORROW, WORLD } from './support/ledger-fixtures.ts';
import { RedisServer } from './support/redis-server.ts';

const SEQUENCES = 10_000;
/** Fresh stores for each block keep both small and so the run short. */
const BLOCKS = 20;
const DEVICES_MAX = 4;
/** Small, so that the rule for full lists is met often. */
const INTERVALS_MAX = 6;

let server: RedisServer;
let redis: RedisSessionStore;

beforeAll(async () => {
  server = await RedisServer.start();
  const [requests, worker] = [createRequestClient(server.url), createWorkerClient(server.url)];
  await Promise.all([requests.connect(), worker.connect()]);
  redis = new RedisSessionStore({ requests, worker, partitionCount: 3, intervalsMax: INTERVALS_MAX });
});
afterAll(async () => {
  await redis.close();
  await server[Symbol.asyncDispose]();
});

const step = fc.constantFrom(
  0,
  1,
  499,
  29_999,
  30_000,
  30_001,
  60_000,
  89_999,
  90_000,
  90_001,
  180_000,
  180_001,
  360_000,
  360_001,
  389_999,
  390_001,
  660_001,
  1_500_000,
);
const ACTS = [
  ...['active', 'active', 'active', 'active', 'active', 'paused', 'close', 'restart', 'expire', 'renew'],
  ...['order', 'list', 'merge', 'restore'],
] as const;
const command = fc.record({
  stepMs: step,
  device: fc.nat(DEVICES_MAX - 1),
  act: fc.constantFrom(...ACTS),
  seq: fc.constantFrom('next', 'next', 'next', 'next', 'same', 'older', 'skip', 'none'),
  back: fc.constantFrom(0, 0, 0, 0, 5_000),
  pace: fc.constantFrom(null, ...PACES),
});
const scenario = fc.record({
  startBeforeMidnightMs: fc.constantFrom(0, 1, 45_000, 300_000, 3_000_000, 30_000_000),
  gameLimitMs: fc.constantFrom(0, 60_000, 600_000, HOUR_MS, null),
  providerLimitMs: fc.constantFrom(90_000, 900_000, 3 * HOUR_MS, null),
  humanLimitMs: fc.constantFrom(null, null, 200_000),
  agentLimitMs: fc.constantFrom(120_000, null),
  stopAfterMs: fc.constantFrom(null, null, 0, 45_000, 600_000),
  concurrency: fc.constantFrom('union', 'union', 'forbid', 'takeover'),
  /** Whether play is counted before and after midnight. */
  metered: fc.constantFrom([true, true], [true, true], [true, true], [true, false], [false, true], [false, false]),
  /** Whether heartbeats are asked for where play is not counted, before and after midnight. */
  attended: fc.constantFrom([true, true], [true, false], [false, true], [false, false]),
  warnMs: fc.constantFrom(null, 30_000, 570_000, HOUR_MS - 30_000, HOUR_MS),
  minStartMs: fc.constantFrom(0, 1000, 120_000),
  commands: fc.array(command, { minLength: 3, maxLength: 20 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

function planAt(now: Instant, given: Scenario, startedAt: Instant): SessionPlan {
  const day = now < TODAY.endsAt ? TODAY : TOMORROW;
  // A renewal may find play refused: an edge in the past.
  const stopsAt = given.stopAfterMs === null ? null : startedAt + given.stopAfterMs;
  const half = day === TODAY ? 0 : 1;
  const metered = given.metered[half]!;
  return planFor(day, {
    metered,
    attended: metered || given.attended[half]!,
    warnMs: given.warnMs,
    stopsAt,
    limitMs: {
      game: given.gameLimitMs,
      provider: given.providerLimitMs,
      agent: given.agentLimitMs,
      person: given.humanLimitMs,
    },
  });
}

/** One of each scenario, so that a list holds its own sessions only. */
const agentOf = (personId: string): string => `agt_${personId}`;

/** What the scenarios must meet, so that agreeing on it means something. */
const RARE: readonly ((fields: StreamEntry['fields']) => boolean)[] = [
  ({ kind }) => kind === 'warned',
  ({ kind, leased }) => kind === 'play' && leased !== '0',
  ({ cause, limit }) => cause === 'order' && limit === '-1',
  ({ by, cause, gaps }) => cause === 'silence' && by === undefined && gaps !== '0',
  ({ game, kind }) => kind === 'merged' && game !== '',
  ({ agent, game, kind }) => kind === 'merged' && game === '' && agent === '',
  ({ kind, limits, used }) => kind === 'ended' && limits !== '-1,-1,-1,-1' && used === '0,0,0,0',
];

/** Runs one scenario on one store and gives back all it said. */
async function play(
  store: SessionStore,
  given: Scenario,
  personId: string,
  ids: readonly string[],
): Promise<unknown[]> {
  const startedAt = TODAY.endsAt - given.startBeforeMidnightMs;
  const said: unknown[] = [];
  const open = new Map<number, { identity: SessionIdentity; sessionId: string; seq: number; proof: string | null }>();
  let now = startedAt;
  let opened = 0;
  for (const { stepMs, device, act, seq, back, pace } of given.commands) {
    now += stepMs;
    const at = now - back;
    const session = open.get(device);
    if (act === 'expire') {
      await store.expireSilent(() => at);
      continue;
    }
    if (act === 'renew') {
      said.push(await store.renewSessions(personId, at));
      continue;
    }
    if (act === 'list') {
      said.push(await store.listAgentSessions(agentOf(personId), () => at));
      continue;
    }
    if (act === 'merge') {
      await merge(store, personId, { previous: `${personId}_${device % 2}`, shiftMs: back });
      continue;
    }
    if (act === 'order' && session) {
      const { sessionId } = session;
      // Of a session off any station, or of another agent, nothing is found.
      said.push(await store.endByOrder({ sessionId, agentId: agentOf(personId), now: at, by: 'counter' }));
      continue;
    }
    if (!session || act === 'restart') {
      const sessionId = ids[opened++]!;
      const request = openRequest(store, personId, {
        plan: planAt(at, given, startedAt),
        concurrency: given.concurrency as 'union',
        minStartMs: given.minStartMs,
        now: at,
        pace: pace ?? 1,
        identity: {
          sessionId,
          gameId: `gam_${device % 2}`,
          agentId: device >= 2 ? agentOf(personId) : null,
          stationId: device >= 2 ? `sta_${device}` : null,
          humanId: device === 2 ? null : `hum_${personId.slice(4)}`,
        },
      });
      const { conflicts, ...opening } = await store.open(request);
      // A session that was restored may have another place among them.
      said.push({ ...opening, conflicts: [...conflicts].sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1)) });
      open.set(device, { identity: request.identity, sessionId, seq: 0, proof: null });
      continue;
    }
    if (act === 'restore') {
      const proof = session.proof === null ? null : decodeProof(session.proof)!.proof;
      if (proof === null) continue;
      const plan = planAt(proof.date === TODAY.date ? TODAY.startsAt : TOMORROW.startsAt, given, startedAt);
      // As books of before the proof are given it, in part.
      const later = {
        ...proof,
        seq: proof.seq + (seq === 'older' ? 0 : 3),
        lastBeatAt: Math.min(at, plan.day.endsAt - 1),
      };
      const unrecorded = seq === 'skip' ? proof.recent : [];
      const { identity } = session;
      said.push(await store.restoreSession({ identity, plan, context: 'restored', proof: later, unrecorded }));
      continue;
    }
    const number = {
      next: session.seq + 1,
      same: session.seq,
      older: Math.max(1, session.seq - 1),
      skip: session.seq + 3,
      none: null,
    }[seq];
    const request = beat(session.sessionId, act === 'close' ? number : (number ?? session.seq + 1) || 1, at, {
      kind: act === 'order' ? 'active' : act,
      pace,
      heldSeq: seq === 'older' ? session.seq + 1 : null,
      close: act === 'close' ? { reason: 'quit', clientEndedAt: at, verdictSeq: null } : null,
    });
    if (request.seq !== null) session.seq = Math.max(session.seq, request.seq);
    let reply = onlyReply(await store.recordBeats([request]));
    said.push(reply);
    if (reply.status === 'stale') {
      const renewal = { plan: planAt(at, given, startedAt), context: 'renewed' };
      reply = onlyReply(await store.recordBeats([{ ...request, renewal }]));
      said.push(reply);
    }
    if (reply.status !== 'not_found') session.proof = reply.proof ?? session.proof;
  }
  for (const day of [TODAY, TOMORROW]) said.push(await store.readDay(personId, day.date, day.startsAt));
  return said;
}

/** Of another person, who played what the person did, or a little later. */
async function merge(
  store: SessionStore,
  personId: string,
  { previous, shiftMs }: { readonly previous: string; readonly shiftMs: number },
): Promise<void> {
  for (const day of [TODAY, TOMORROW]) {
    const { agents, games, provider } = await store.readDay(personId, day.date, day.startsAt);
    const shift = (intervals: readonly Interval[]) =>
      intervals.flatMap(({ endsAt, startsAt }) => {
        const later = { startsAt: startsAt + shiftMs, endsAt: endsAt + shiftMs };
        return clipInterval(later, day.startsAt, day.endsAt) ?? [];
      });
    const all = (accounts: typeof games) =>
      new Map([...accounts].sort().map(([name, played]) => [name, shift(played)]));
    const play = { provider: shift(provider), games: all(games), agents: all(agents) };
    const of = { world: WORLD, personId, previousPersonId: previous, playerId: 'ply_moved', day, play };
    await store.mergeDay({ ...of, humanId: `hum_${personId.slice(4)}` });
  }
}

test.each(Array.from({ length: BLOCKS }, (_, block) => block))(
  `Lua and accrue.ts agree on ${SEQUENCES} generated sequences, block %i of ${BLOCKS}`,
  async (block) => {
    await server.flush();
    const memory = new MemorySessionStore(systemClock, INTERVALS_MAX);
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const personId = newPerson();
        const ids = given.commands.map(() => redis.newSessionId(personId));
        const fromRedis = await play(redis, given, personId, ids);
        expect(fromRedis).toEqual(await play(memory, given, personId, ids));
      }),
      { numRuns: SEQUENCES / BLOCKS, seed: 20261014 + block },
    );
    const left = await entriesBySession(redis);
    expect(left).toEqual(await entriesBySession(memory));
    const all = [...left.values()].flat();
    for (const isRare of RARE) expect(all.some(isRare), String(isRare)).toBe(true);
  },
);

async function entriesBySession(store: SessionStore): Promise<Map<string, StreamEntry['fields'][]>> {
  const bySession = new Map<string, StreamEntry['fields'][]>();
  for (const partition of store.partitions) {
    for (const { fields } of await store.readEntries(partition, 1_000_000)) {
      // Merges are of no session; those of one person are in order.
      const of = fields.session || fields.person!;
      const list = bySession.get(of) ?? [];
      bySession.set(of, list);
      list.push({ ...fields });
    }
  }
  return new Map([...bySession].sort(([a], [b]) => (a < b ? -1 : 1)));
}

// A policy that changes while it is played by: a document put into the folder of the gateways, and taken out again.
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EventStreamReader } from './support/event-stream.ts';
import { vietnamAt } from './support/policies.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { RedisServer } from './support/redis-server.ts';
import { CHILD, createWorld, GAME_ID, type World } from './support/request-samples.ts';
import { TestGateway } from './support/test-gateway.ts';
import { reportTimes } from './support/timing.ts';

const SAMPLES = Number(process.env.PLAYGATE_PUSH_SAMPLES ?? 5);
const PUSHED_MS_MAX = 1_000;
const MINUTE_MS = 60_000;
/** Nobody's answer waits for the books to go by another policy. */
const RENEWED_WITHIN = { timeout: 30_000, interval: 50 };
const SOURCE = { cite: 'none', verified: false } as const;
const LAW = vietnamAt(Date.UTC(2026, 9, 14)).document;

let folder: string;
let postgres: PostgresServer;
let redis: RedisServer;
let one: TestGateway;
let two: TestGateway;
let world: World;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'playgate-policies-'));
  [postgres, redis] = await Promise.all([startPostgres(), RedisServer.start()]);
  const databaseUrl = await postgres.createDatabase();
  const env = { PLAYGATE_LOG_LEVEL: 'silent', PLAYGATE_POLICY_DIR: folder };
  const start = () => TestGateway.start({ redisUrl: redis.url, databaseUrl, env });
  one = await start();
  two = await start();
  world = await createWorld(one);
});
afterAll(async () => {
  await one[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  await postgres.stop();
  await rm(folder, { recursive: true });
});

let versions = 1;
/** A next version of the law, at once in force. Returns how to take it back. */
async function install(change: object): Promise<() => Promise<void>> {
  versions += 1;
  const file = path.join(folder, `version-${versions}.json`);
  await writeFile(`${file}.new`, JSON.stringify({ ...LAW, version: versions, ...change }));
  await rename(`${file}.new`, file);
  return () => rm(file);
}

const EVENINGS_ONLY = {
  windows: [
    {
      id: 'evenings',
      days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
      effect: 'allow',
      from: '20:00',
      to: '21:00',
      ...SOURCE,
    },
  ],
};

let players = 0;
async function start(gateway: TestGateway) {
  players += 1;
  const body = { ...CHILD, playerRef: `player ${players}` };
  const { body: verified } = await one.call('createAgeVerification', { token: world.credentials.secret, body });
  const request = { token: world.credentials.publishable, body: { ageToken: verified.ageToken!, gameId: GAME_ID } };
  const opened = await vi.waitFor(
    async () => {
      const { body: answer } = await gateway.call('openSession', request);
      if (answer.verdict === 'denied') throw new Error(answer.reason);
      return answer;
    },
    { timeout: 30_000 },
  );
  let seq = 0;
  const params = { sessionId: opened.sessionId };
  const beat = async (at = gateway) => {
    seq += 1;
    const beatRequest = { token: opened.sessionToken, params, body: { seq, state: 'active' } } as const;
    return (await at.call('recordHeartbeat', beatRequest)).body;
  };
  const stream = () => EventStreamReader.open(gateway.baseUrl, opened.sessionId, opened.sessionToken);
  return { beat, lastSeq: () => seq, stream, params, playerId: verified.playerId, token: opened.sessionToken };
}

async function until(stream: EventStreamReader, wanted: string): Promise<void> {
  for (let next = await stream.next(); next?.event !== wanted; next = await stream.next()) {
    if (next === null) throw new Error(`the stream ended without ${wanted}`);
  }
}

/** What is on record of a session. */
async function readKinds(sessionId: string): Promise<readonly string[]> {
  const rows = await one.database.db.selectFrom('events').select('leaf').execute();
  const leaves = rows.map(({ leaf }) => JSON.parse(leaf) as { readonly kind: string; readonly session?: string });
  return leaves.filter(({ session }) => session === sessionId).map(({ kind }) => kind);
}

describe('a policy that changes', () => {
  it('is heard by sessions at every gateway within a second, and so is its end', async () => {
    const took: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample++) {
      const [here, there] = [await start(one), await start(two)];
      await using hereStream = await here.stream();
      await using thereStream = await there.stream();
      await Promise.all([until(hereStream, 'hello'), until(thereStream, 'hello')]);
      const changedAtMs = performance.now();
      const takeBack = await install(EVENINGS_ONLY);
      for (const [session, stream] of [
        [here, hereStream],
        [there, thereStream],
      ] as const) {
        await until(stream, 'renew');
        expect(await session.beat()).toMatchObject({ verdict: 'end', reason: 'outside_window' });
        took.push(performance.now() - changedAtMs);
      }
      await takeBack();
    }
    expect(reportTimes('policy change to end, two gateways, ms', took)).toBeLessThan(PUSHED_MS_MAX);
  });

  it('is a limit that was reached where less is allowed now, in the books too', async () => {
    const session = await start(one);
    const token = world.credentials.secret;
    for (let minutes = 1; minutes <= 10; minutes++) {
      await one.call('advanceSandboxClock', { token, body: { ms: MINUTE_MS } });
      expect(await session.beat()).toMatchObject({ verdict: 'continue', policy: { version: 1 } });
    }
    const budgets = LAW.budgets.map((budget) => ({ ...budget, limitMs: 5 * MINUTE_MS }));
    const takeBack = await install({ budgets });
    await vi.waitFor(
      async () => expect(await session.beat()).toMatchObject({ verdict: 'end', reason: 'daily_budget_spent' }),
      {
        timeout: 30_000,
      },
    );
    await vi.waitFor(async () => {
      await session.beat();
      expect(await readKinds(session.params.sessionId)).toContain('ended');
    }, RENEWED_WITHIN);
    const { body: clock } = await one.call('getSandboxClock', { token });
    const enforcement = { verdictSeq: session.lastSeq(), endedAt: clock.now };
    const close = { token: session.token, params: session.params, body: { reason: 'limit', enforcement } } as const;
    // Told only of an end at a limit: by the old plan there was none.
    expect((await one.call('closeSession', close)).body).toMatchObject({ reason: 'limit', timeToEnforceMs: 0 });
    const playtime = await one.call('getPlaytime', { token, params: { playerId: session.playerId } });
    expect(playtime.body).toMatchObject({ totalMs: 10 * MINUTE_MS, policy: { version: versions } });
    await takeBack();
  });

  it('gives the session of a loosened one its new plan with the beat after', async () => {
    const takeBack = await install({ budgets: LAW.budgets.map((budget) => ({ ...budget, limitMs: 30 * MINUTE_MS })) });
    await vi.waitFor(async () => expect((await (await start(one)).beat()).policy.version).toBe(versions), {
      timeout: 30_000,
    });
    const session = await start(one);
    expect(await session.beat()).toMatchObject({ remainingMs: 30 * MINUTE_MS });
    await takeBack();
    await vi.waitFor(async () => expect(await session.beat()).toMatchObject({ remainingMs: 60 * MINUTE_MS }), {
      timeout: 30_000,
    });
    for (let minutes = 1; minutes <= 40; minutes++) {
      await one.call('advanceSandboxClock', { token: world.credentials.secret, body: { ms: MINUTE_MS } });
      expect((await session.beat()).verdict).not.toBe('end');
    }
  });

  it('is not taken in where it cannot be read, and what held holds on', async () => {
    await writeFile(path.join(folder, 'broken.json'), '{');
    const session = await start(two);
    expect(await session.beat()).toMatchObject({ verdict: 'continue', policy: { version: 1 } });
    const takeBack = await install(EVENINGS_ONLY);
    await rm(path.join(folder, 'broken.json'));
    await vi.waitFor(async () => expect(await session.beat(one)).toMatchObject({ verdict: 'end' }), {
      timeout: 30_000,
    });
    await takeBack();
  });

  it('has heartbeats asked for at its interval once the books go by it, and never later than the lease of theirs', async () => {
    const session = await start(one);
    const leaseOf = ({ leaseExpiresAt, serverAt }: { leaseExpiresAt: string; serverAt: string }) =>
      Date.parse(leaseExpiresAt) - Date.parse(serverAt);
    const takeBack = await install({ heartbeat: { intervalMs: 120_000, leaseMs: 360_000, reviveMs: 300_000 } });
    const told = await vi.waitFor(
      async () => {
        const answer = await session.beat();
        expect(answer.policy.version).toBe(versions);
        return answer;
      },
      { timeout: 30_000 },
    );
    expect([told.nextHeartbeatMs, leaseOf(told)]).toEqual([30_000, 90_000]);
    await vi.waitFor(async () => {
      const next = await session.beat();
      expect([next.nextHeartbeatMs, leaseOf(next)]).toEqual([120_000, 360_000]);
    }, RENEWED_WITHIN);
    await takeBack();
  });
});

// One Redis that dies, stands still, is cut off or forgets.
import { Redis } from 'ioredis';
import { RedisServer } from '../../../../packages/gateway/test/support/redis-server.ts';
import { memoryOf } from '../../bench/processes.ts';
import { Backlog } from '../backlog.ts';
import { atLeast, atMost, type Outcome } from '../finding.ts';
import { type Play, playThrough, type Scenario, type Suffered, untilTaken, wait } from '../scenario.ts';
import type { Suite } from '../stage.ts';
import { unionMs } from '../truth.ts';

const RECOVERY_MS_MAX = 5_000;
const HEARD_MS_MAX = 15_000;
const MIB = 1024 * 1024;

const KILLED_PLAYERS = 400;
/** More than the target asks for: the next goes out only when the one before is answered. */
const KILLED_BEAT_MS = 120;
const KILLED_BEATS_PER_S = 2_000;
/** What a machine that others keep busy takes still; below this it is no load. */
const KILLED_BEATS_PER_S_MIN = 500;

const redisKilled: Scenario = {
  name: 'redis-killed',
  targets: [6],
  what: 'kill -9 of Redis under 2,000 heartbeats a second, its file written once a second',
  run: (suite) =>
    playThrough(
      suite,
      {
        players: KILLED_PLAYERS,
        beatEveryMs: KILLED_BEAT_MS,
        losses: 2,
        bounds: { recoveryMsMax: atMost(RECOVERY_MS_MAX), beatsPerS: atLeast(KILLED_BEATS_PER_S_MIN) },
      },
      async ({ players, stage: { redis } }) => {
        let recoveryMsMax = 0;
        const takenBefore = players.reduce((total, { taken }) => total + taken, 0);
        const startedAt = performance.now();
        await wait(3_000);
        const beatsPerS =
          ((players.reduce((total, { taken }) => total + taken, 0) - takenBefore) * 1000) /
          (performance.now() - startedAt);
        for (let kill = 0; kill < 2; kill++) {
          await redis.kill();
          await wait(500);
          await redis.run();
          recoveryMsMax = Math.max(recoveryMsMax, await untilTaken(players, 1, HEARD_MS_MAX));
          await wait(1_500);
        }
        const measured = { recoveryMsMax, beatsPerS };
        if (beatsPerS >= KILLED_BEATS_PER_S) return { measured };
        return { measured, reduced: `${Math.round(beatsPerS)} heartbeats a second in place of ${KILLED_BEATS_PER_S}` };
      },
    ),
};

const STOPPED_MS = 30_000;
const WARM_UP_MS = 5_000;
const STOPPED_ANSWER_MS_MAX = 500;
const GROWTH_MIB_MAX = 50;

const redisStopped: Scenario = {
  name: 'redis-stopped',
  targets: [9],
  what: 'SIGSTOP of Redis for 30 s: answers in time, no memory is gathered, starts of adults go on',
  run: (suite) =>
    playThrough(
      suite,
      {
        players: 200,
        beatEveryMs: 500,
        retryMs: 1_000,
        pace: { intervalMs: 1_000, leaseMs: 60_000, reviveMs: 120_000, shortLimitMs: 4_000 },
        answerMsMax: STOPPED_ANSWER_MS_MAX,
        bounds: { recoveryMs: atMost(RECOVERY_MS_MAX), growthMiB: atMost(GROWTH_MIB_MAX), adultsRefused: atMost(0) },
      },
      async ({ players, stage }) => {
        const adult = await stage.verify('adult', true);
        await wait(2_000);
        // What a process takes once, at its first requests and refusals, is no growth.
        stage.redis.signal('SIGSTOP');
        await wait(WARM_UP_MS);
        stage.redis.signal('SIGCONT');
        await untilTaken(players, 1, HEARD_MS_MAX);
        const before = memoryOf(stage.gateway.pid).rss;
        stage.redis.signal('SIGSTOP');
        await wait(STOPPED_MS / 2);
        const body = { ageToken: adult.ageToken, gameId: 'chaos-long' };
        const started = await stage.client.post('/v1/sessions', stage.publishableKey, body);
        await wait(STOPPED_MS / 2);
        const growthMiB = (memoryOf(stage.gateway.pid).rss - before) / MIB;
        stage.redis.signal('SIGCONT');
        const recoveryMs = await untilTaken(players, 1, HEARD_MS_MAX);
        return { measured: { recoveryMs, growthMiB, adultsRefused: started.status === 201 ? 0 : 1 } };
      },
    ),
};

const scriptFlush: Scenario = {
  name: 'script-flush',
  targets: [11],
  what: 'SCRIPT FLUSH under load, again and again: no wrong count, at most one heartbeat in 200 refused',
  run: (suite) =>
    playThrough(
      suite,
      { players: 100, beatEveryMs: 100, bounds: { refusedShare: atMost(0.005) } },
      async ({ players, stage: { redis } }) => {
        for (let flush = 0; flush < 15; flush++) {
          await redis.forgetScripts();
          await wait(200);
        }
        const total = (of: 'taken' | 'refused') => players.reduce((all, player) => all + player[of], 0);
        return { measured: { refusedShare: total('refused') / Math.max(1, total('taken')) } };
      },
    ),
};

const BEATS_AFTER_FLUSH_MAX = 2;
const RESTING = 3;

const flushAll: Scenario = {
  name: 'flushall',
  targets: [8],
  what: 'FLUSHALL: who plays is back to within one interval by the second heartbeat, who rests is known from SQL',
  isShort: true,
  run: (suite) =>
    playThrough(
      suite,
      {
        players: 60,
        beatEveryMs: 250,
        losses: 1,
        bounds: { attemptsMax: atMost(BEATS_AFTER_FLUSH_MAX), restingLostMsMax: atMost(0) },
      },
      forgetAll,
    ),
};

async function forgetAll({ players, stage }: Play): Promise<Suffered> {
  const resting = players.filter(({ facts }) => facts.limitMs === null).slice(0, RESTING);
  await wait(3_000);
  for (const player of resting) player.isOver = true;
  while (resting.some(({ hasClosed }) => !hasClosed)) await wait(50);
  // Who rests is known from SQL, so their end has to be there.
  using backlog = new Backlog(stage.redis.url);
  if ((await backlog.msUntilMoved(HEARD_MS_MAX)) === null) throw new Error('the pump does not move the ends');
  const before = resting.map(({ played }) => unionMs(played.certain));
  for (const player of players) player.attemptsMax = 0;
  await stage.redis.flush();
  await untilTaken(players, 1, HEARD_MS_MAX);
  const attemptsMax = Math.max(...players.map((player) => player.attemptsMax));
  const again = await Promise.all(resting.map((player) => player.comeBack(stage.publishableKey)));
  const restingLostMsMax = Math.max(
    0,
    ...before.map((playedMs, index) => playedMs - (again[index] ?? 0) - ROUNDING_MS),
  );
  await wait(2_000);
  return { measured: { attemptsMax, restingLostMsMax } };
}

/** Of every instant, with a pause or two. */
const ROUNDING_MS = 10;

const replicaPromoted: Scenario = {
  name: 'replica-promoted',
  targets: [8],
  what: 'a replica that stood still takes the place of its primary: play since then comes back from receipts and SQL',
  run: (suite) => promoteStoppedReplica(suite),
};

async function promoteStoppedReplica(suite: Suite): Promise<Outcome> {
  await using replica = await RedisServer.start();
  suite.track(replica);
  const order = new Redis(replica.url);
  try {
    return await playThrough(
      suite,
      {
        players: 60,
        beatEveryMs: 250,
        losses: 1,
        booksUrl: replica.url,
        bounds: { recoveryMs: atMost(RECOVERY_MS_MAX) },
      },
      async ({ players, stage }) => {
        await order.replicaof('127.0.0.1', stage.redis.port);
        while (!(await order.info('replication')).includes('master_link_status:up')) await wait(50);
        await wait(2_000);
        replica.signal('SIGSTOP');
        await wait(3_000);
        await stage.redis.kill();
        replica.signal('SIGCONT');
        await order.replicaof('NO', 'ONE');
        stage.proxy.targetPort = replica.port;
        stage.proxy.cut();
        const recoveryMs = await untilTaken(players, 2, HEARD_MS_MAX);
        // Whose session was over before brings no receipt: the books know them again when they come back.
        const ended = players.filter(({ hasClosed }) => hasClosed);
        await Promise.all(ended.map((player) => player.comeBack(stage.publishableKey)));
        await wait(2_000);
        return { measured: { recoveryMs, cameBack: ended.length } };
      },
    );
  } finally {
    order.disconnect();
  }
}

export const REDIS_SCENARIOS: readonly Scenario[] = [redisKilled, flushAll, replicaPromoted, redisStopped, scriptFlush];

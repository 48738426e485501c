// A real cluster of three primaries and three replicas on loopback, whose nodes die and change places.
import { partitionOfSession, sessionKeyPrefix } from '../../../../packages/gateway/src/store/redis/keys.ts';
import { RedisCluster } from '../../../../packages/gateway/test/support/redis-cluster.ts';
import { atLeast, atMost, type Outcome } from '../finding.ts';
import { GameServer } from '../game-server.ts';
import type { HistoryPlayer } from '../player.ts';
import { LONG_POLICY } from '../policy.ts';
import {
  type Play,
  type PlayOptions,
  playThrough,
  type Scenario,
  type Suffered,
  untilTaken,
  wait,
} from '../scenario.ts';
import type { Suite } from '../stage.ts';

const SERVES_AGAIN_MS_MAX = 5_000;
const HEARD_MS_MAX = 15_000;
/** Of the players of a slot, from the end of its move. */
const SLOT_SERVES_MS_MAX = 1_500;
const REFUSED_SHARE_MAX = 0.005;

const keyOfSession = (sessionId: string): string => sessionKeyPrefix(partitionOfSession(sessionId)!) + sessionId;
const keyOf = ({ facts }: HistoryPlayer): string => keyOfSession(facts.sessionId);

/** What stands in braces. */
const partitionOf = (key: string): string => key.slice(key.indexOf('{'), key.indexOf('}'));

const total = (players: readonly HistoryPlayer[], of: 'taken' | 'refused') =>
  players.reduce((all, player) => all + player[of], 0);

type ClusterPlay = Play & { readonly cluster: RedisCluster };

async function playOnCluster(
  suite: Suite,
  options: Pick<PlayOptions, 'bounds' | 'losses'>,
  fault: (play: ClusterPlay) => Promise<Suffered>,
): Promise<Outcome> {
  await using cluster = await RedisCluster.start();
  suite.track(cluster);
  const place = { redisUrl: cluster.url, booksUrl: cluster.url };
  return await playThrough(suite, { players: 90, beatEveryMs: 250, ...place, ...options }, (play) =>
    fault({ ...play, cluster }),
  );
}

const BATCHED_SESSIONS = 60;
const BATCH_EVERY_MS = 250;

const primaryKilled: Scenario = {
  name: 'cluster-killed',
  targets: [7],
  what: 'kill -9 of a primary of 3+3: its shard serves again within 5 s, the others do not notice, in batches neither',
  run: (suite) =>
    playOnCluster(
      suite,
      {
        losses: 1,
        bounds: {
          servesAgainMs: atMost(SERVES_AGAIN_MS_MAX),
          othersRefused: atMost(0),
          batchServesAgainMs: atMost(SERVES_AGAIN_MS_MAX),
          batchesRefused: atMost(0),
          healthyItemsFailed: atMost(0),
          itemsBroken: atMost(0),
          // Else the batches have not met the fault.
          itemsPutOff: atLeast(1),
          itemsOfHealthy: atLeast(1),
        },
      },
      async (play) => {
        const server = await GameServer.open(play.stage, BATCHED_SESSIONS, LONG_POLICY);
        const beating = server.play(BATCH_EVERY_MS);
        try {
          return await killPrimary(play, server);
        } finally {
          server.stop();
          await beating;
        }
      },
    ),
};

async function killPrimary({ cluster, players }: ClusterPlay, server: GameServer): Promise<Suffered> {
  await wait(2_000);
  const killed = keyOf(players[0]!);
  const port = await cluster.portOf(killed);
  const isOrphan = async (key: string) => (await cluster.portOf(key)) === port;
  const areOrphans = await Promise.all(players.map((player) => isOrphan(keyOf(player))));
  const orphans = players.filter((_, index) => areOrphans[index]);
  const others = players.filter((_, index) => !areOrphans[index]);
  const inBatch = await Promise.all(server.sessionIds.map((sessionId) => isOrphan(keyOfSession(sessionId))));
  server.orphans = new Set(server.sessionIds.filter((_, index) => inBatch[index]));
  server.takeTally();
  const before = total(others, 'refused');
  await cluster.killPrimaryOf(killed);
  const [servesAgainMs, batchServesAgainMs] = await Promise.all([
    untilTaken(orphans, 1, HEARD_MS_MAX),
    server.msUntilAllAnswered(HEARD_MS_MAX),
  ]);
  const othersRefused = total(others, 'refused') - before;
  await wait(1_000);
  const { broken, healthyFailed, refused, requests, unavailable } = server.takeTally();
  return {
    measured: {
      servesAgainMs,
      othersRefused,
      orphans: orphans.length,
      batchServesAgainMs: batchServesAgainMs ?? Number.POSITIVE_INFINITY,
      batches: requests,
      batchesRefused: refused,
      healthyItemsFailed: healthyFailed,
      itemsBroken: broken,
      itemsPutOff: unavailable,
      itemsOfHealthy: server.sessionIds.length - server.orphans.size,
    },
    failures: server.failures,
  };
}

const failover: Scenario = {
  name: 'cluster-failover',
  targets: [11],
  what: 'SCRIPT FLUSH, CLUSTER FAILOVER and a slot on its way under load: no wrong count, one heartbeat in 200 refused at most',
  run: (suite) =>
    playOnCluster(
      suite,
      {
        bounds: {
          refusedShareMax: atMost(REFUSED_SHARE_MAX),
          changedPlaces: atLeast(1),
          slotsMoved: atLeast(1),
          slotServesAgainMs: atMost(SLOT_SERVES_MS_MAX),
        },
      },
      changePlaces,
    ),
};

/** Each fault is charged with the heartbeats from its beginning to the next. */
async function changePlaces({ cluster, players }: ClusterPlay): Promise<Suffered> {
  const shares: number[] = [];
  const suffer = async (ms: number, fault: () => Promise<void>) => {
    const before = { refused: total(players, 'refused'), taken: total(players, 'taken') };
    await fault();
    await wait(ms);
    shares.push((total(players, 'refused') - before.refused) / (total(players, 'taken') - before.taken));
  };
  await wait(1_500);
  await suffer(2_000, () => cluster.forgetScripts());
  const changing = keyOf(players[0]!);
  const portBefore = await cluster.portOf(changing);
  await suffer(4_000, () => cluster.failOver(changing));
  const changedPlaces = (await cluster.portOf(changing)) === portBefore ? 0 : 1;
  const moving = keyOf(players[1]!);
  const ownerBefore = await cluster.portOf(moving);
  const ofSlot = players.filter((player) => partitionOf(keyOf(player)) === partitionOf(moving));
  let slotServesAgainMs = Number.POSITIVE_INFINITY;
  await suffer(4_000, async () => {
    await cluster.moveSlotOf(moving, async () => undefined);
    slotServesAgainMs = await untilTaken(ofSlot, 1, HEARD_MS_MAX);
  });
  const slotsMoved = (await cluster.portOf(moving)) === ownerBefore ? 0 : 1;
  await suffer(2_000, () => cluster.forgetScripts());
  return { measured: { refusedShareMax: Math.max(...shares), changedPlaces, slotsMoved, slotServesAgainMs } };
}

export const CLUSTER_SCENARIOS: readonly Scenario[] = [primaryKilled, failover];

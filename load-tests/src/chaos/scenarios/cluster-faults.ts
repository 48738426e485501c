// A real cluster of three primaries and three replicas on loopback, whose nodes die and change places.
import { partitionOfSession, sessionKeyPrefix } from '../../../../packages/gateway/src/store/redis/keys.ts';
import { RedisCluster } from '../../../../packages/gateway/test/support/redis-cluster.ts';
import { atLeast, atMost, type Outcome } from '../finding.ts';
import type { HistoryPlayer } from '../player.ts';
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
const REFUSED_SHARE_MAX = 0.005;

const keyOf = ({ facts }: HistoryPlayer): string =>
  sessionKeyPrefix(partitionOfSession(facts.sessionId)!) + facts.sessionId;

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

const primaryKilled: Scenario = {
  name: 'cluster-killed',
  targets: [7],
  what: 'kill -9 of a primary of 3+3: its shard serves again within 5 s, the others do not notice',
  run: (suite) =>
    playOnCluster(
      suite,
      { losses: 1, bounds: { servesAgainMs: atMost(SERVES_AGAIN_MS_MAX), othersRefused: atMost(0) } },
      async ({ cluster, players }) => {
        await wait(2_000);
        const ports = await Promise.all(players.map((player) => cluster.portOf(keyOf(player))));
        const orphans = players.filter((_, index) => ports[index] === ports[0]);
        const others = players.filter((_, index) => ports[index] !== ports[0]);
        const before = total(others, 'refused');
        await cluster.killPrimaryOf(keyOf(players[0]!));
        const servesAgainMs = await untilTaken(orphans, 1, HEARD_MS_MAX);
        const othersRefused = total(others, 'refused') - before;
        await wait(1_000);
        return { measured: { servesAgainMs, othersRefused, orphans: orphans.length } };
      },
    ),
};

const failover: Scenario = {
  name: 'cluster-failover',
  targets: [11],
  what: 'SCRIPT FLUSH, CLUSTER FAILOVER and a slot on its way under load: no wrong count, one heartbeat in 200 refused at most',
  run: (suite) =>
    playOnCluster(
      suite,
      { bounds: { refusedShareMax: atMost(REFUSED_SHARE_MAX), changedPlaces: atLeast(1), slotsMoved: atLeast(1) } },
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
  await suffer(4_000, () => cluster.moveSlotOf(moving, async () => undefined));
  const slotsMoved = (await cluster.portOf(moving)) === ownerBefore ? 0 : 1;
  await suffer(2_000, () => cluster.forgetScripts());
  return { measured: { refusedShareMax: Math.max(...shares), changedPlaces, slotsMoved } };
}

export const CLUSTER_SCENARIOS: readonly Scenario[] = [primaryKilled, failover];

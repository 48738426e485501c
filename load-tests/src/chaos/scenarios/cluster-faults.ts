// A real cluster of three primaries and three replicas on loopback, whose nodes die and change places.
import { partitionOfSession, sessionKeyPrefix } from '../../../../packages/gateway/src/store/redis/keys.ts';
import { RedisCluster } from '../../../../packages/gateway/test/support/redis-cluster.ts';
import { atMost, type Outcome } from '../finding.ts';
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
    playOnCluster(suite, { bounds: { refusedShare: atMost(REFUSED_SHARE_MAX) } }, async ({ cluster, players }) => {
      await wait(1_500);
      await cluster.forgetScripts();
      await wait(1_000);
      await cluster.failOver(keyOf(players[0]!));
      await wait(4_000);
      await cluster.moveSlotOf(keyOf(players[1]!), async () => undefined);
      await cluster.forgetScripts();
      await wait(5_000);
      return { measured: { refusedShare: total(players, 'refused') / total(players, 'taken') } };
    }),
};

export const CLUSTER_SCENARIOS: readonly Scenario[] = [primaryKilled, failover];

// The gateway itself dies or stands still, and what it writes its record to goes away.
import { createPlayGuard, type PlaySession } from '../../../../packages/sdk/src/node.ts';
import { atLeast, atMost, type Outcome } from '../finding.ts';
import { LONG_POLICY } from '../policy.ts';
import { playThrough, type Scenario, untilTaken, wait } from '../scenario.ts';
import { Stage, type Suite } from '../stage.ts';

const RECOVERY_MS_MAX = 5_000;
const HEARD_MS_MAX = 20_000;

const gatewayKilled: Scenario = {
  name: 'gateway-killed',
  targets: [6, 10],
  what: 'kill -9 and SIGSTOP of the gateway, again and again: everybody plays on, nothing is counted twice',
  run: (suite) =>
    playThrough(
      suite,
      // A gateway that stands still answers nobody until it goes on.
      { players: 100, beatEveryMs: 200, answerMsMax: 3_500, bounds: { recoveryMsMax: atMost(RECOVERY_MS_MAX) } },
      async ({ players, stage: { gateway } }) => {
        let recoveryMsMax = 0;
        for (const fault of ['kill', 'stop', 'kill'] as const) {
          await wait(1_500);
          if (fault === 'kill') {
            await gateway.kill();
            await gateway.run();
          } else {
            gateway.signal('SIGSTOP');
            await wait(2_000);
            gateway.signal('SIGCONT');
          }
          recoveryMsMax = Math.max(recoveryMsMax, await untilTaken(players, 1, HEARD_MS_MAX));
        }
        return { measured: { recoveryMsMax } };
      },
    ),
};

const SDK_PLAYERS = 50;
const LEASE_MS = 30_000;
const SHORT_AWAY_MS = 8_000;
const PAST_LEASE_MS_MAX = 5_000;

interface SdkPlayer {
  readonly session: PlaySession;
  endedAt: number | null;
}

const gatewayAway: Scenario = {
  name: 'gateway-away',
  targets: [10],
  what: 'players of the shipped SDK: an outage shorter than the lease ends nobody, a longer one all, by the lease',
  run: playWithSdk,
};

async function playWithSdk(suite: Suite): Promise<Outcome> {
  const pace = { intervalMs: 1_000, leaseMs: LEASE_MS, reviveMs: 60_000, shortLimitMs: 8_000 };
  await using stage = await Stage.open(suite, { pace });
  const players = await Promise.all(Array.from({ length: SDK_PLAYERS }, (_, index) => openSdkPlayer(stage, index)));
  await wait(2_000);
  await stage.gateway.kill();
  await wait(SHORT_AWAY_MS);
  await stage.gateway.run();
  // By then every player has asked again, and those whom the outage ended know it.
  await wait(LEASE_MS / 2);
  const endedByShort = players.filter(({ endedAt }) => endedAt !== null).length;
  await stage.gateway.kill();
  const goneAt = Date.now();
  await wait(LEASE_MS + PAST_LEASE_MS_MAX);
  const stillPlaying = players.filter(({ endedAt }) => endedAt === null).length;
  const latestEndMs = Math.max(...players.map(({ endedAt }) => (endedAt ?? Date.now()) - goneAt));
  await stage.gateway.run();
  return {
    bounds: {
      endedByShort: atMost(0),
      stillPlaying: atMost(0),
      latestEndMs: atMost(LEASE_MS + PAST_LEASE_MS_MAX),
      players: atLeast(SDK_PLAYERS),
    },
    measured: { endedByShort, stillPlaying, latestEndMs, players: players.length },
    failures: [],
    reduced: `a lease of ${LEASE_MS / 1_000} s and an outage of about ${SHORT_AWAY_MS / 1_000} s in place of 90 s and 60 s`,
  };
}

async function openSdkPlayer(stage: Stage, index: number): Promise<SdkPlayer> {
  const { ageToken } = await stage.verify(`sdk-${index}`);
  const options = { gatewayUrl: stage.gateway.url, publishableKey: stage.publishableKey, gameId: LONG_POLICY };
  const started = await createPlayGuard(options).startSession({ ageToken });
  if (started.verdict === 'denied') throw new Error(started.reason);
  const player: SdkPlayer = { session: started.session, endedAt: null };
  player.session.on('ended', () => {
    player.endedAt = Date.now();
  });
  return player;
}

const SQL_AWAY_MS = 10_000;
const SQL_AWAY_FULL_MS = 600_000;
const CATCH_UP_MS_MAX = 30_000;

const sqlAway: Scenario = {
  name: 'sql-away',
  targets: [13],
  what: 'PostgreSQL killed: heartbeats do not notice, nothing is missing on record afterwards, in order',
  run: (suite) =>
    playThrough(
      suite,
      { players: 100, beatEveryMs: 250, bounds: { refusedShare: atMost(0), catchUpMs: atMost(CATCH_UP_MS_MAX) } },
      async ({ players, stage }) => {
        const postgres = await suite.postgres();
        const total = (of: 'taken' | 'refused') => players.reduce((all, player) => all + player[of], 0);
        await wait(1_500);
        const before = { taken: total('taken'), refused: total('refused') };
        await postgres.kill();
        await wait(suite.isFull ? SQL_AWAY_FULL_MS : SQL_AWAY_MS);
        const after = { taken: total('taken'), refused: total('refused') };
        await postgres.restart();
        const catchUpMs = (await stage.msUntilReady(true, CATCH_UP_MS_MAX)) ?? Number.POSITIVE_INFINITY;
        const measured = { refusedShare: (after.refused - before.refused) / (after.taken - before.taken), catchUpMs };
        return suite.isFull
          ? { measured }
          : { measured, reduced: `away for ${SQL_AWAY_MS / 1_000} s; --full: 10 minutes` };
      },
    ),
};

export const GATEWAY_SCENARIOS: readonly Scenario[] = [gatewayKilled, gatewayAway, sqlAway];

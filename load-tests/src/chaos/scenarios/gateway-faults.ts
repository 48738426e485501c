// The gateway itself dies or stands still.
import { createPlayGuard, type DecisionSource, type PlaySession } from '../../../../packages/sdk/src/node.ts';
import { createPageGuard } from '../../../../packages/sdk/src/play-guard.ts';
import { tabSharingOver } from '../../../../packages/sdk/src/tabs/join-tabs.ts';
import type { TabStorage } from '../../../../packages/sdk/src/tabs/tab-host.ts';
import { atLeast, atMost, type Bounds, type Outcome } from '../finding.ts';
import { LONG_POLICY, type Pace, SHORT_POLICY } from '../policy.ts';
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
const NEAR_LIMIT_PLAYERS = 20;
/** Each with an adult and a minor. */
const HOMES = 5;
const PAST_END_MS_MAX = 5_000;
/** From the start of those near their limit to the outage: what they know of their end comes from the start and a beat or two. */
const NEAR_LIMIT_PLAYED_MS = 3_000;

interface Outage {
  readonly pace: Pace;
  readonly shortAwayMs: number;
}

const QUICK: Outage = {
  pace: { intervalMs: 1_000, leaseMs: 30_000, reviveMs: 60_000, shortLimitMs: 15_000 },
  shortAwayMs: 8_000,
};
/** The pace of the law. With the start of a gateway it is away for a minute. */
const FULL: Outage = {
  pace: { intervalMs: 30_000, leaseMs: 90_000, reviveMs: 300_000, shortLimitMs: 45_000 },
  shortAwayMs: 56_000,
};

interface SdkPlayer {
  readonly session: PlaySession;
  readonly startSentAt: number;
  readonly startAnsweredAt: number;
  endedAt: number | null;
}

const gatewayAway: Scenario = {
  name: 'gateway-away',
  targets: [10],
  what: 'players of the shipped SDK: an outage shorter than the lease ends nobody, a longer one all, by the lease or their limit; verified adults start, minors do not',
  run: playWithSdk,
};

async function playWithSdk(suite: Suite): Promise<Outcome> {
  const { pace, shortAwayMs } = suite.isFull ? FULL : QUICK;
  await using stage = await Stage.open(suite, { pace });
  const players = await openSdkPlayers(stage, SDK_PLAYERS, LONG_POLICY);
  await wait(2_000);
  const shortOutageMs = await goAwayFor(stage, shortAwayMs);
  // By then every player has asked again, and those whom the outage ended know it.
  await wait(pace.leaseMs / 2);
  const endedByShort = players.filter(({ endedAt }) => endedAt !== null).length;
  const home = await openHomes(stage);
  const nearLimit = await openSdkPlayers(stage, NEAR_LIMIT_PLAYERS, SHORT_POLICY);
  await wait(NEAR_LIMIT_PLAYED_MS);
  await stage.gateway.kill();
  const goneAt = Date.now();
  const started = await Promise.all(home.map((player) => player.start().catch(() => null)));
  await wait(pace.leaseMs + PAST_END_MS_MAX);
  const measured = {
    endedByShort,
    shortOutageMs,
    stillPlaying: [...players, ...nearLimit].filter(({ endedAt }) => endedAt === null).length,
    latestEndMs: Math.max(...players.map(({ endedAt }) => (endedAt ?? Date.now()) - goneAt)),
    ...limitErrors(nearLimit, pace.shortLimitMs),
    limitBeforeLeaseMs: limitBeforeLease(nearLimit, pace, goneAt),
    players: players.length,
    nearLimit: nearLimit.length,
    adultsStarted: started.filter((source, at) => home[at]?.isAdult && source === 'fallback').length,
    minorsStarted: started.filter((source, at) => !home[at]?.isAdult && source !== null).length,
  };
  await stage.gateway.run();
  return {
    bounds: boundsOf(pace),
    measured,
    failures: [],
    ...(!suite.isFull && {
      reduced: `a lease of ${pace.leaseMs / 1_000} s and an outage of about ${shortAwayMs / 1_000} s; --full: 90 s and 60 s`,
    }),
  };
}

const boundsOf = ({ leaseMs }: Pace): Bounds => ({
  endedByShort: atMost(0),
  stillPlaying: atMost(0),
  latestEndMs: atMost(leaseMs + PAST_END_MS_MAX),
  pastLimitMsMax: atMost(PAST_END_MS_MAX),
  beforeLimitMsMax: atMost(BEFORE_LIMIT_MS_MAX),
  limitBeforeLeaseMs: atLeast(PAST_END_MS_MAX),
  players: atLeast(SDK_PLAYERS),
  nearLimit: atLeast(NEAR_LIMIT_PLAYERS),
  adultsStarted: atLeast(HOMES),
  minorsStarted: atMost(0),
});

interface HomePlayer {
  readonly isAdult: boolean;
  /** Where the word that lets play comes from. Rejects when nobody may start. */
  start(): Promise<DecisionSource>;
}

/** Devices on which an adult and a minor have played, each through the SDK with what their browser keeps. */
async function openHomes(stage: Stage): Promise<readonly HomePlayer[]> {
  const homes = Array.from({ length: HOMES }, (_, at) => {
    const lasting = browserStorage();
    return [true, false].map((isAdult) =>
      openHomePlayer(stage, { playerRef: `home-${at}-${isAdult}`, isAdult }, lasting),
    );
  });
  const players = await Promise.all(homes.flat());
  await Promise.all(players.map((player) => player.start()));
  return players;
}

function browserStorage(): TabStorage {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => void kept.set(key, text),
    removeItem: (key) => void kept.delete(key),
  };
}

async function openHomePlayer(
  stage: Stage,
  { isAdult, playerRef }: { readonly playerRef: string; readonly isAdult: boolean },
  lasting: TabStorage,
): Promise<HomePlayer> {
  const { ageToken } = await stage.verify(playerRef, isAdult);
  const options = { gatewayUrl: stage.gateway.url, publishableKey: stage.publishableKey, gameId: LONG_POLICY };
  const guard = createPageGuard(options, async () => tabSharingOver({ lasting }));
  return {
    isAdult,
    start: async () => {
      const started = await guard.startSession({ ageToken });
      if (started.verdict === 'denied') throw new Error(started.reason);
      const { source } = started.session.getRemaining();
      await started.session.end();
      return source;
    },
  };
}

/** Milliseconds that it was away, its start included. */
async function goAwayFor({ gateway }: Stage, ms: number): Promise<number> {
  const from = performance.now();
  await gateway.kill();
  await wait(ms);
  await gateway.run();
  return performance.now() - from;
}

/** From the last limit to the first end by a lease: were it less, the lease could have ended them. */
function limitBeforeLease(players: readonly SdkPlayer[], pace: Pace, goneAt: number): number {
  const lastLimitAt = Math.max(...players.map(({ startAnsweredAt }) => startAnsweredAt)) + pace.shortLimitMs;
  return goneAt - pace.intervalMs + pace.leaseMs - lastLimitAt;
}

const BEFORE_LIMIT_MS_MAX = 1_000;

/** How far past and before their limit players played, at the worst; 0: nobody. */
function limitErrors(players: readonly SdkPlayer[], limitMs: number) {
  const ends = players.map(({ endedAt, ...player }) => ({ ...player, endedAt: endedAt ?? Date.now() }));
  const past = ends.map(({ endedAt, startAnsweredAt }) => endedAt - startAnsweredAt - limitMs);
  const before = ends.map(({ endedAt, startSentAt }) => limitMs - (endedAt - startSentAt));
  return { pastLimitMsMax: Math.max(0, ...past), beforeLimitMsMax: Math.max(0, ...before) };
}

function openSdkPlayers(stage: Stage, count: number, gameId: string): Promise<readonly SdkPlayer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => openSdkPlayer(stage, `${gameId}-${index}`, gameId)));
}

async function openSdkPlayer(stage: Stage, playerRef: string, gameId: string): Promise<SdkPlayer> {
  const { ageToken } = await stage.verify(playerRef);
  const options = { gatewayUrl: stage.gateway.url, publishableKey: stage.publishableKey, gameId };
  const startSentAt = Date.now();
  const started = await createPlayGuard(options).startSession({ ageToken });
  if (started.verdict === 'denied') throw new Error(started.reason);
  const player: SdkPlayer = { session: started.session, startSentAt, startAnsweredAt: Date.now(), endedAt: null };
  player.session.on('ended', () => {
    player.endedAt = Date.now();
  });
  return player;
}

export const GATEWAY_SCENARIOS: readonly Scenario[] = [gatewayKilled, gatewayAway];

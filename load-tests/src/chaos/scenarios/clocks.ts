// Clocks that are set while children play: the gateway's own, and those of the players.
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { atLeast, atMost, type Outcome } from '../finding.ts';
import { LONG_POLICY, SHORT_POLICY } from '../policy.ts';
import { playThrough, type Scenario, untilTaken, wait } from '../scenario.ts';
import type { PlayerReport, PlayerTask } from '../sdk-player.ts';
import { SetClock } from '../set-clock.ts';
import { Stage, type Suite } from '../stage.ts';

const STEP_MS = 600_000;
const INTERVAL_MS = 1_000;
const STEPPED_MS = 4_000;
const HEARD_MS_MAX = 15_000;
const READINESS_MS_MAX = 5_000;

const clockStep: Scenario = {
  name: 'clock-step',
  targets: [5],
  what: 'the time of day of the gateway is set back by ten minutes, right again, ten minutes ahead and back: an interval at most',
  run: (suite) =>
    playThrough(
      suite,
      {
        players: 60,
        beatEveryMs: 250,
        // Ahead: a gap of ten minutes, of which an interval counts.
        leaps: 1,
        hasSetClock: true,
        pace: { intervalMs: INTERVAL_MS, leaseMs: 12_000, reviveMs: 2 * STEP_MS, shortLimitMs: 8_000 },
        bounds: {
          overCountMsMax: atMost(INTERVAL_MS),
          underCountMsMax: atMost(INTERVAL_MS),
          limitsReached: atLeast(1),
          readinessMsMax: atMost(READINESS_MS_MAX),
        },
      },
      async ({ players, stage }) => {
        let readinessMsMax = 0;
        await wait(2_000);
        for (const aheadMs of [-STEP_MS, 0, STEP_MS, 0]) {
          await stage.gateway.setClock(aheadMs);
          // Readiness goes by the time of day, which is not that of Redis any more; play goes on.
          const toldMs = (await stage.msUntilReady(aheadMs === 0, READINESS_MS_MAX)) ?? Number.MAX_SAFE_INTEGER;
          readinessMsMax = Math.max(readinessMsMax, toldMs);
          await untilTaken(players, 2, HEARD_MS_MAX);
          await wait(STEPPED_MS);
        }
        return { measured: { readinessMsMax } };
      },
    ),
};

const DAY_MS = 86_400_000;
const SHORT_LIMIT_MS = 8_000;
const PLAYED_MS = 12_000;
const SET_AFTER_MS = 3_000;

/** How far the players' clocks are off at their start, and what they are set to while they play. */
const CLIENT_CLOCKS: readonly (readonly [number, number])[] = [
  [DAY_MS, DAY_MS],
  [-DAY_MS, -DAY_MS],
  [0, DAY_MS],
  [0, -DAY_MS],
];

const clientClocks: Scenario = {
  name: 'client-clocks',
  targets: [5],
  what: 'players of the shipped SDK whose clocks are a day off, or are set by a day while they play: counted and ended as others',
  run: playWithWrongClocks,
};

async function playWithWrongClocks(suite: Suite): Promise<Outcome> {
  const pace = { intervalMs: INTERVAL_MS, leaseMs: 12_000, reviveMs: 60_000, shortLimitMs: SHORT_LIMIT_MS };
  await using stage = await Stage.open(suite, { pace });
  const games = [LONG_POLICY, SHORT_POLICY];
  const plays = CLIENT_CLOCKS.flatMap((clock) => games.map((gameId) => ({ clock, gameId })));
  const seen = await Promise.all(plays.map((play, index) => playByClock(stage, play, index)));
  const ended = seen.filter(({ gameId }) => gameId === SHORT_POLICY);
  return {
    bounds: {
      countErrorMsMax: atMost(INTERVAL_MS),
      endErrorMsMax: atMost(INTERVAL_MS),
      endedByLimit: atLeast(ended.length),
    },
    measured: {
      countErrorMsMax: Math.max(...seen.map(({ countErrorMs }) => countErrorMs)),
      endErrorMsMax: Math.max(...ended.map(({ endErrorMs }) => endErrorMs)),
      endedByLimit: ended.filter(({ reason }) => reason === 'daily_budget_spent').length,
      players: seen.length,
    },
    failures: seen
      .filter(({ gameId, reason }) => gameId === LONG_POLICY && reason !== 'quit')
      .map(({ reason }) => `a player who was to quit ended with ${reason}`),
  };
}

interface PlayByClock {
  readonly clock: readonly [number, number];
  readonly gameId: string;
}

interface SeenPlay {
  readonly gameId: string;
  readonly reason: string | null;
  /** From the limit to the end that was told; 0 while it can have been on time. */
  readonly endErrorMs: number;
  readonly countErrorMs: number;
}

async function playByClock(stage: Stage, { clock, gameId }: PlayByClock, index: number): Promise<SeenPlay> {
  const { ageToken, playerId } = await stage.verify(`clock-${index}`);
  const [atFirst, then] = clock;
  const setClock = new SetClock(stage.folder, `player-${index}`, atFirst);
  const child = fork(path.join(import.meta.dirname, '../sdk-player.ts'), {
    execArgv: [...SetClock.words],
    env: { ...process.env, ...setClock.env },
  });
  const tracked = stage.suite.track({ [Symbol.asyncDispose]: async () => void child.kill('SIGKILL') });
  const { gateway, publishableKey } = stage;
  const task: PlayerTask = { gatewayUrl: gateway.url, publishableKey, gameId, ageToken, playMs: PLAYED_MS };
  const started = reportOf(child, 'started');
  const closed = reportOf(child, 'closed');
  // Who never starts never closes either; the start is awaited first.
  closed.catch(() => undefined);
  child.send(task);
  await started;
  await wait(SET_AFTER_MS);
  await setClock.set(then, (name) => child.kill(name));
  const { closedAt, endedAt, reason, startAnsweredAt, startSentAt } = await closed;
  tracked();
  const playtime = `/v1/players/${playerId}/playtime`;
  const { totalMs } = await stage.client.must<{ totalMs: number }>(playtime, stage.secretKey, null, 'GET');
  const countErrorMs = outside(totalMs, endedAt - startAnsweredAt, closedAt - startSentAt);
  const endErrorMs = outside(SHORT_LIMIT_MS, endedAt - startAnsweredAt, endedAt - startSentAt);
  return { gameId, reason, countErrorMs, endErrorMs };
}

/** How far a figure is from the nearest that it can be. */
const outside = (value: number, least: number, most: number): number => Math.max(0, least - value, value - most);

/** Rejects when the player ends without it. */
async function reportOf(child: ChildProcess, kind: PlayerReport['kind']): Promise<PlayerReport> {
  const { promise, reject, resolve } = Promise.withResolvers<PlayerReport>();
  const onReport = (report: PlayerReport) => {
    if (report.kind === kind) resolve(report);
  };
  const onExit = () => reject(new Error(`a player ended before it was ${kind}`));
  child.on('message', onReport).once('exit', onExit);
  return promise.finally(() => child.off('message', onReport).off('exit', onExit));
}

export const CLOCK_SCENARIOS: readonly Scenario[] = [clockStep, clientClocks];

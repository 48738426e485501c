import type { Bounds, Measured, Outcome } from './finding.ts';
import { atMost } from './finding.ts';
import { type Allowed, checkHistory } from './history.ts';
import type { HistoryPlayer, PlayerPace } from './player.ts';
import { type Crowd, Stage, type StageOptions, type Suite } from './stage.ts';

export interface Scenario {
  readonly name: string;
  /** Of the list of targets. */
  readonly targets: readonly number[];
  readonly what: string;
  /** Short enough for every change. */
  readonly isShort?: true;
  run(suite: Suite): Promise<Outcome>;
}

/** Every answer comes within this, whatever is away behind the gateway. */
export const ANSWER_MS_MAX = 1_500;

export interface Play {
  readonly stage: Stage;
  readonly players: readonly HistoryPlayer[];
}

export interface PlayOptions extends StageOptions, Allowed, PlayerPace, Crowd {
  readonly players: number;
  readonly answerMsMax?: number;
  /** Bounds of what `fault` measures. */
  readonly bounds: Bounds;
}

export interface Suffered {
  readonly measured: Measured;
  readonly failures?: readonly string[];
  readonly reduced?: string;
  readonly skipped?: string;
}

const NO_FALSE_COUNT: Bounds = { falseOks: atMost(0), differences: atMost(0) };

/** Children play while `fault` does what it does; then everybody stops and is checked. */
export async function playThrough(
  suite: Suite,
  options: PlayOptions,
  fault: (play: Play) => Promise<Suffered>,
): Promise<Outcome> {
  const { answerMsMax = ANSWER_MS_MAX } = options;
  await using stage = await Stage.open(suite, options);
  const players = await stage.openPlayers(options.players, options, options);
  stage.client.takeSlowest();
  const playing = Promise.all(players.map((player) => player.play()));
  const suffered = await fault({ stage, players }).catch(
    (error: unknown) => ({ measured: {}, failures: [`${error}`] }) as Suffered,
  );
  for (const player of players) player.isOver = true;
  await playing;
  const slowest = stage.client.takeSlowest();
  const verdict = await checkHistory(stage, players, options);
  return {
    bounds: { ...options.bounds, ...NO_FALSE_COUNT, answerMsMax: atMost(answerMsMax) },
    measured: {
      ...suffered.measured,
      ...verdict.measured,
      answerMsMax: slowest.ms,
      machineMs: slowest.machineMs,
      answerRawMsMax: slowest.rawMsMax,
    },
    failures: [
      ...(suffered.failures ?? []),
      ...verdict.failures,
      ...(slowest.ms > answerMsMax ? [`${Math.round(slowest.ms)} ms for ${slowest.what}`] : []),
    ],
    ...(suffered.reduced !== undefined && { reduced: suffered.reduced }),
  };
}

export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Milliseconds until every player that plays has had so many more beats taken; throws an Error after `msMax`. */
export async function untilTaken(players: readonly HistoryPlayer[], more: number, msMax: number): Promise<number> {
  const startedAt = performance.now();
  const before = players.map(({ taken }) => taken);
  const isBehind = ({ stoppedBy, taken }: HistoryPlayer, index: number) =>
    stoppedBy === null && taken < before[index]! + more;
  while (players.some(isBehind)) {
    if (performance.now() - startedAt > msMax) {
      throw new Error(`${players.filter(isBehind).length} players were not heard for ${msMax} ms`);
    }
    await wait(POLL_MS);
  }
  return performance.now() - startedAt;
}

const POLL_MS = 20;

// Programs measured in turn: A B A B, so that whatever else the machine does falls on all of them.
import type { Bench } from './bench.ts';
import type { ClosedLoad, LoadResult, PipelinedLoad } from './load/messages.ts';
import { cpuSecondsOf } from './processes.ts';
import { median, rounded } from './statistics.ts';
import type { World } from './world.ts';

export interface Contestant {
  readonly name: string;
  /** Null: Redis itself. */
  readonly pid: number | null;
  readonly world: World;
  readonly load: (durationMs: number) => ClosedLoad | PipelinedLoad;
  /** Heartbeats in one answer. */
  readonly beats: number;
}

export interface Round {
  readonly beatsPerSecond: number;
  /** Cores that were kept busy; null where the system does not tell. */
  readonly serverCores: number | null;
  readonly redisCores: number | null;
  readonly generatorCores: number;
  readonly failed: number;
}

/** A round of each to warm up, then the rounds that count. In the order of the contestants. */
export async function measureInTurn(
  bench: Bench,
  contestants: readonly Contestant[],
): Promise<readonly (readonly Round[])[]> {
  const { roundMs, rounds } = bench.sizes;
  for (const contestant of contestants) await measureRound(bench, contestant, roundMs / 2);
  const measured: Round[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      measured[index]!.push(await measureRound(bench, contestant, roundMs));
    }
  }
  return measured;
}

async function measureRound(bench: Bench, { beats, load, pid, world }: Contestant, durationMs: number): Promise<Round> {
  const cpuOf = () => [pid === null ? null : cpuSecondsOf(pid), world.redisCpuSeconds()] as const;
  const [serverBefore, redisBefore] = cpuOf();
  const result = await bench.generator.run(load(durationMs));
  const [serverAfter, redisAfter] = cpuOf();
  const seconds = result.durationMs / 1000;
  return {
    beatsPerSecond: ((result.answered - result.failed) * beats) / seconds,
    serverCores: share(serverBefore, serverAfter, seconds),
    redisCores: share(redisBefore, redisAfter, seconds),
    generatorCores: result.generatorCores,
    failed: result.failed,
  };
}

const share = (before: number | null, after: number | null, seconds: number): number | null =>
  before === null || after === null ? null : (after - before) / seconds;

export const speedsOf = (rounds: readonly Round[]): readonly number[] =>
  rounds.map(({ beatsPerSecond }) => beatsPerSecond);

/** For the line of a figure: medians of what a contestant did and of what it took. */
export function summaryOf(rounds: readonly Round[]): object {
  const of = (pick: (round: Round) => number | null) =>
    rounded(median(rounds.map((round) => pick(round) ?? Number.NaN)));
  return {
    beatsPerSecond: rounded(median(speedsOf(rounds))),
    serverCpuUsPerBeat: of(({ beatsPerSecond, serverCores }) =>
      serverCores === null ? null : (serverCores * 1e6) / beatsPerSecond,
    ),
    serverCores: of(({ serverCores }) => serverCores),
    redisCores: of(({ redisCores }) => redisCores),
    generatorCores: of(({ generatorCores }) => generatorCores),
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** For the line of a figure of latency. */
export function generatorOf(results: readonly LoadResult[]): object {
  return {
    generatorCores: rounded(median(results.map(({ generatorCores }) => generatorCores))),
    generatorLateP99Ms: rounded(median(results.map(({ latency }) => latency!.lateP99))),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
  };
}

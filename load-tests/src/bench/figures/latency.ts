// S4: how long a heartbeat takes when heartbeats come at half the rate that S1 found, to the gateway and to the bare server.
import type { Bench } from '../bench.ts';
import { type Finding, findingOf } from '../finding.ts';
import type { LoadResult, OpenLoad } from '../load/messages.ts';
import { generatorOf, measureInTurn, speedsOf } from '../rounds.ts';
import { median, rounded } from '../statistics.ts';
import { contestantsOf } from './throughput.ts';

const LOAD_SHARE = 0.5;
/** More than can be under way at once on a machine that keeps up; beyond it requests wait in the generator, and it counts. */
const CONNECTIONS = 128;

const p99sOf = (results: readonly LoadResult[]) => results.map(({ latency }) => latency!.p99);

export async function measureLatency(bench: Bench): Promise<readonly Finding[]> {
  const { gateway } = await contestantsOf(bench);
  const { bareSingles, singles, world } = await bench.main();
  const bare = await bench.baseline('bare-server.ts');
  bench.gatewayPerSecond ??= median(speedsOf((await measureInTurn(bench, [gateway]))[0]!));
  const perSecond = bench.gatewayPerSecond * LOAD_SHARE;
  const load = (port: number, workload: string): OpenLoad => ({
    kind: 'open',
    port,
    workload,
    perSecond,
    connections: CONNECTIONS,
    durationMs: bench.sizes.roundMs,
  });
  const [ours, bares]: [LoadResult[], LoadResult[]] = [[], []];
  for (let round = 0; round < bench.sizes.rounds; round++) {
    ours.push(await bench.generator.run(load(world.gateway.port, singles)));
    bares.push(await bench.generator.run(load(bare.port, bareSingles)));
  }
  const shared = { figure: 'S4', unit: 'ms' } as const;
  const detail = { perSecond: rounded(perSecond), ...generatorOf([...ours, ...bares]) };
  return [
    findingOf({
      ...shared,
      name: 'p99 of a heartbeat at half the rate',
      target: { atMost: 5 },
      samples: p99sOf(ours),
      detail: { ...detail, p50Ms: rounded(median(ours.map(({ latency }) => latency!.p50))) },
    }),
    findingOf({
      ...shared,
      name: 'p99 of a heartbeat over that of bare node:http',
      target: { atMost: 3 },
      samples: p99sOf(ours).map((p99, index) => p99 - p99sOf(bares)[index]!),
      detail: { ...detail, bareP99Ms: rounded(median(p99sOf(bares))) },
    }),
  ];
}

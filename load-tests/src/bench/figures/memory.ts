// S11: resident memory of one gateway process while 100,000 sessions beat at their own pace. Their connections are few, as
// behind a load balancer: what a connection costs is not in it.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, GOES_ON } from '../bench.ts';
import { type Finding, findingOf } from '../finding.ts';
import { heartbeats } from '../ledger/workloads.ts';
import { memoryOf } from '../processes.ts';

const LIVE_SESSIONS = 100_000;
const HEARTBEAT_S = 30;
const SAMPLE_MS = 1_000;
const MB = 1_048_576;

export async function measureMemory(bench: Bench): Promise<readonly Finding[]> {
  const { connections, liveSessions, steadyMs } = bench.sizes;
  await using world = await bench.startWorld();
  const { pid } = world.gateway.program;
  const port = world.gateway.port;
  const idle = memoryOf(pid);
  const sessions = await world.seed.open(liveSessions);
  const workload = bench.writeFile(await heartbeats(world, sessions, GOES_ON));
  // Every token is seen once, so that what is remembered of a session is.
  await bench.generator.run({ kind: 'once', workload, port, connections });
  const perSecond = liveSessions / HEARTBEAT_S;
  let isRunning = true;
  const steady = bench.generator
    .run({ kind: 'open', workload, port, connections, perSecond, durationMs: steadyMs })
    .finally(() => {
      isRunning = false;
    });
  const samples: number[] = [];
  while (isRunning) {
    samples.push(memoryOf(pid).rss / MB);
    await Promise.race([sleep(SAMPLE_MS), steady.catch(() => undefined)]);
  }
  const { generatorCores, latency } = await steady;
  return [
    findingOf({
      figure: 'S11',
      name: `resident memory of a gateway with ${liveSessions} live sessions`,
      unit: 'MB',
      target: { atMost: 350 },
      samples,
      detail: {
        idleMb: Math.round(idle.rss / MB),
        peakMb: Math.round(memoryOf(pid).peak / MB),
        perSecond: Math.round(perSecond),
        connections,
        p99Ms: latency!.p99,
        generatorCores,
      },
      reduced: liveSessions < LIVE_SESSIONS ? `${liveSessions} sessions` : null,
    }),
  ];
}

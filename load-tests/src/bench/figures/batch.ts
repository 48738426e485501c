// S3: batches of a game server beside what redis-benchmark would do of the same work, one EVALSHA a heartbeat, 16 in a pipeline.
import { BEAT_SCRIPT } from '../baselines/beat-call.ts';
import type { Bench } from '../bench.ts';
import { type Finding, findingOf } from '../finding.ts';
import { BEATS_PER_BATCH, batches, pipelinedBeats } from '../ledger/workloads.ts';
import { type Contestant, measureInTurn, speedsOf, summaryOf } from '../rounds.ts';
import { median, ratios } from '../statistics.ts';

/** Of game servers. */
const GATEWAY_CONNECTIONS = 4;
/** As redis-benchmark has it by itself. */
const REDIS_CONNECTIONS = 50;
const PIPELINE = 16;
/** Of one core: busier than this, the client that stands for redis-benchmark sets the speed, and Redis could do more. */
const GENERATOR_CORES_MAX = 0.9;

export async function measureBatch(bench: Bench): Promise<readonly Finding[]> {
  const { sessions, world } = await bench.main();
  await world.redis.script('LOAD', BEAT_SCRIPT);
  const ofGateway = bench.writeFile(batches(world, sessions));
  const ofRedis = bench.writeFile(pipelinedBeats(world, sessions));
  const gateway: Contestant = {
    name: 'gateway',
    pid: world.gateway.program.pid,
    world,
    beats: BEATS_PER_BATCH,
    load: (durationMs) => ({
      kind: 'closed',
      workload: ofGateway,
      port: world.gateway.port,
      connections: GATEWAY_CONNECTIONS,
      durationMs,
    }),
  };
  const redis: Contestant = {
    name: 'Redis',
    pid: null,
    world,
    beats: 1,
    load: (durationMs) => ({
      kind: 'pipelined',
      workload: ofRedis,
      port: world.redisPort,
      connections: REDIS_CONNECTIONS,
      pipeline: PIPELINE,
      durationMs,
    }),
  };
  const [ours, theirs] = await measureInTurn(bench, [gateway, redis]);
  return [
    findingOf({
      figure: 'S3',
      name: `heartbeats/s in batches of ${BEATS_PER_BATCH} : EVALSHA, -P ${PIPELINE}`,
      unit: 'ratio',
      target: { atLeast: 1.2 },
      samples: ratios(speedsOf(ours!), speedsOf(theirs!)),
      isGeneratorLimited: median(theirs!.map(({ generatorCores }) => generatorCores)) > GENERATOR_CORES_MAX,
      detail: { gateway: summaryOf(ours!), redis: summaryOf(theirs!) },
    }),
  ];
}

// S5: what a heartbeat costs in Redis, as Redis tells it.
import type { Redis } from 'ioredis';
import { dayKey } from '../../../../packages/gateway/src/store/redis/keys.ts';
import type { Bench } from '../bench.ts';
import { type Finding, findingOf } from '../finding.ts';
import { median, rounded } from '../statistics.ts';
import type { World } from '../world.ts';
import { contestantsOf } from './throughput.ts';

/** A day of a minor with two pauses, in one game. */
const STRETCHES = 3;
const MINORS = 200;

interface Readings {
  readonly scriptUs: number;
  readonly scriptCalls: number;
  readonly aofBytes: number;
}

async function read(redis: Redis): Promise<Readings> {
  const text = await redis.info('commandstats', 'persistence');
  const script = /cmdstat_evalsha:calls=(\d+),usec=(\d+)/.exec(text);
  return {
    scriptCalls: Number(script?.[1] ?? 0),
    scriptUs: Number(script?.[2] ?? 0),
    aofBytes: Number(/aof_current_size:(\d+)/.exec(text)![1]),
  };
}

interface BeatCost {
  readonly scriptUs: number;
  readonly aofBytes: number;
  readonly beatsPerCall: number;
}

async function measureRound(world: World, run: () => Promise<number>): Promise<BeatCost> {
  const before = await read(world.redis);
  const beats = await run();
  const after = await read(world.redis);
  return {
    scriptUs: (after.scriptUs - before.scriptUs) / beats,
    aofBytes: (after.aofBytes - before.aofBytes) / beats,
    beatsPerCall: beats / (after.scriptCalls - before.scriptCalls),
  };
}

async function memoryOf(redis: Redis, keys: readonly string[]): Promise<readonly number[]> {
  const asked = redis.pipeline();
  for (const key of keys) asked.memory('USAGE', key, 'SAMPLES', 0);
  return ((await asked.exec()) ?? []).map(([, bytes]) => Number(bytes));
}

export async function measureCost(bench: Bench): Promise<readonly Finding[]> {
  const { sessions, world } = await bench.main();
  const { gateway } = await contestantsOf(bench);
  const costs: BeatCost[] = [];
  // The first round warms up.
  for (let round = 0; round <= bench.sizes.rounds; round++) {
    const run = async () => (await bench.generator.run(gateway.load(bench.sizes.roundMs))).answered;
    const cost = await measureRound(world, run);
    if (round > 0) costs.push(cost);
  }
  const beatsPerCall = Math.round(median(costs.map((cost) => cost.beatsPerCall)));
  const alone: number[] = [];
  for (let round = 0; round <= bench.sizes.rounds; round++) {
    const run = () => world.seed.beatTogether(sessions, beatsPerCall, bench.sizes.roundMs / 2);
    const { scriptUs } = await measureRound(world, run);
    if (round > 0) alone.push(scriptUs);
  }
  const minors = await world.seed.playStretches(MINORS, STRETCHES);
  const days = await findDays(
    world,
    minors.map(({ personId }) => personId),
  );
  const ofSessions = await memoryOf(
    world.redis,
    sessions.slice(0, MINORS).map(({ sessionKey }) => sessionKey),
  );
  const shared = { figure: 'S5' } as const;
  return [
    findingOf({
      ...shared,
      name: 'script time of a heartbeat',
      unit: 'us',
      target: { atMost: 12 },
      samples: alone,
      detail: { beatsPerCall, underLoadUs: rounded(median(costs.map(({ scriptUs }) => scriptUs))) },
    }),
    findingOf({
      ...shared,
      name: 'append-only file of a heartbeat',
      unit: 'B',
      target: { atMost: 200 },
      samples: costs.map(({ aofBytes }) => aofBytes),
      detail: { beatsPerCall },
    }),
    // Memory hardly differs from key to key: the median of all, not the list.
    memoryFinding('minor-day', 300, await memoryOf(world.redis, days), { stretches: STRETCHES }),
    memoryFinding('session', 250, ofSessions, {}),
  ];
}

function memoryFinding(what: string, atMost: number, bytes: readonly number[], detail: object): Finding {
  const all = findingOf({ figure: 'S5', name: `memory of a ${what}`, unit: 'B', target: { atMost }, samples: bytes });
  return { ...all, samples: [all.value], detail: { ...detail, keys: bytes.length } };
}

/** The day hash of each person: one, since nobody of them plays over midnight. */
async function findDays({ redis }: World, personIds: readonly string[]): Promise<readonly string[]> {
  const wanted = new Set(personIds);
  const days: string[] = [];
  for await (const keys of redis.scanStream({ match: dayKey('*', '*', '*'), count: 1_000 })) {
    for (const key of keys as string[]) if (wanted.delete(key.split(':').at(-2)!)) days.push(key);
  }
  return days;
}

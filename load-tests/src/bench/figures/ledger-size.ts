// S7: throughput where a million minors have played today, beside one where ten thousand have. As many play now in both, so
// that the size of the ledger is all that differs; Redis spreads keys by hash, whatever the order in which they came.
import { type Bench, GOES_ON } from '../bench.ts';
import { type Finding, findingOf } from '../finding.ts';
import { heartbeats } from '../ledger/workloads.ts';
import { type Contestant, measureInTurn, speedsOf, summaryOf } from '../rounds.ts';
import { ratios } from '../statistics.ts';
import type { World } from '../world.ts';

const MINORS_SMALL = 10_000;
const MINORS_LARGE = 1_000_000;
/** Of all who are in the ledger, those who play now. */
const PLAYING = 5_000;

async function openContestant(bench: Bench, world: World, minors: number): Promise<Contestant> {
  const playing = Math.min(PLAYING, minors);
  await world.seed.playAndLeave(minors - playing);
  const sessions = await world.seed.open(playing);
  const workload = bench.writeFile(await heartbeats(world, sessions, GOES_ON));
  const { pid } = world.gateway.program;
  const { connections } = bench.sizes;
  const load: Contestant['load'] = (durationMs) => ({
    kind: 'closed',
    workload,
    port: world.gateway.port,
    connections,
    durationMs,
  });
  return { name: `${minors} minors`, pid, world, beats: 1, load };
}

export async function measureLedgerSize(bench: Bench): Promise<readonly Finding[]> {
  const { ledgerMinors } = bench.sizes;
  await using small = await bench.startWorld();
  await using large = await bench.startWorld();
  // The large one first: the sessions that play now must not fall silent while it fills.
  const largeOne = await openContestant(bench, large, ledgerMinors);
  const smallOne = await openContestant(bench, small, MINORS_SMALL);
  const [ofLarge, ofSmall] = await measureInTurn(bench, [largeOne, smallOne]);
  const usedMb = Number(/used_memory:(\d+)/.exec(await large.redis.info('memory'))![1]) / 1_048_576;
  return [
    findingOf({
      figure: 'S7',
      name: `heartbeats/s with ${ledgerMinors} minors in the ledger : ${MINORS_SMALL}`,
      unit: 'ratio',
      target: { atLeast: 0.9 },
      samples: ratios(speedsOf(ofLarge!), speedsOf(ofSmall!)),
      detail: { large: summaryOf(ofLarge!), small: summaryOf(ofSmall!), redisMemoryMb: Math.round(usedMb) },
      reduced: ledgerMinors < MINORS_LARGE ? `${ledgerMinors} minors` : null,
    }),
  ];
}

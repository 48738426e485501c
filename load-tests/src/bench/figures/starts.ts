// S6: how long it takes to open a session, with starts coming at a fixed rate, each the first of a player. In a live world whose Redis
// has been up since before the day, and beside it (`dayUnknownMs`) where what was played that day is looked for in the record:
// on the day on which Redis lost its books, and in test worlds, whose days are no real ones.
import { randomUUID } from 'node:crypto';
import type { Bench } from '../bench.ts';
import { type Finding, findingOf } from '../finding.ts';
import type { Studio } from '../gateway.ts';
import type { LoadResult } from '../load/messages.ts';
import { requestHead } from '../load/workload.ts';
import { cpuSecondsOf } from '../processes.ts';
import { generatorOf } from '../rounds.ts';
import { median, rounded } from '../statistics.ts';
import type { World } from '../world.ts';

/** Of 60,000 who play for ten minutes each; an evening, not the second in which a title opens. */
const STARTS_PER_SECOND = 100;
const CONNECTIONS = 64;
const MICROS_PER_S = 1_000_000;
const VERIFICATIONS_AT_ONCE = 8;

async function verifyPlayers({ gateway }: World, { secretKey }: Studio, count: number): Promise<readonly string[]> {
  const ageTokens: string[] = [];
  let left = count;
  const verifyNext = async () => {
    while (left-- > 0) ageTokens.push(await gateway.verifyAge(`start-${randomUUID()}`, secretKey));
  };
  await Promise.all(Array.from({ length: VERIFICATIONS_AT_ONCE }, verifyNext));
  return ageTokens;
}

interface Started extends LoadResult {
  readonly gatewayUsPerStart: number;
}

async function startPlayers(bench: Bench, world: World, studio: Studio): Promise<Started> {
  const { startsPerRound } = bench.sizes;
  const head = requestHead('/v1/sessions', { authorization: `Bearer ${studio.secretKey}` });
  const requests = (await verifyPlayers(world, studio, startsPerRound)).map((ageToken) => ({
    head,
    body: JSON.stringify({ ageToken, gameId: studio.gameId }),
  }));
  const cpuSeconds = () => cpuSecondsOf(world.gateway.program.pid) ?? Number.NaN;
  const before = cpuSeconds();
  const result = await bench.generator.run({
    kind: 'open',
    workload: bench.writeFile({ requests, expect: '"verdict":"play"' }),
    port: world.gateway.port,
    connections: CONNECTIONS,
    perSecond: STARTS_PER_SECOND,
    durationMs: (startsPerRound * 1000) / STARTS_PER_SECOND,
  });
  return { ...result, gatewayUsPerStart: ((cpuSeconds() - before) * MICROS_PER_S) / result.answered };
}

export async function measureStarts(bench: Bench): Promise<readonly Finding[]> {
  const { world } = await bench.main();
  const live = await world.gateway.openLiveStudio();
  const test = { secretKey: world.gateway.demo.secretKey, gameId: world.template.gameId };
  await world.ageBooks();
  const [known, unknown]: [Started[], Started[]] = [[], []];
  // The first round warms up.
  for (let round = 0; round <= bench.sizes.rounds; round++) {
    const results = [await startPlayers(bench, world, live), await startPlayers(bench, world, test)] as const;
    if (round === 0) {
      await world.analyzeDatabase();
      continue;
    }
    known.push(results[0]);
    unknown.push(results[1]);
  }
  return [startFinding('p50', 3, known, unknown), startFinding('p99', 15, known, unknown)];
}

function startFinding(
  name: 'p50' | 'p99',
  atMost: number,
  known: readonly Started[],
  unknown: readonly Started[],
): Finding {
  const samplesOf = (results: readonly Started[]) => results.map(({ latency }) => latency![name]);
  return findingOf({
    figure: 'S6',
    name: `${name} of a start`,
    unit: 'ms',
    target: { atMost },
    samples: samplesOf(known),
    detail: {
      perSecond: STARTS_PER_SECOND,
      dayUnknownMs: rounded(median(samplesOf(unknown))),
      gatewayUsPerStart: rounded(median(known.map(({ gatewayUsPerStart }) => gatewayUsPerStart))),
      ...generatorOf(known),
    },
  });
}

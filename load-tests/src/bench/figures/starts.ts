// S6: how long it takes to open a session, with starts coming at a fixed rate, each of a player of its own.
import type { Bench } from '../bench.ts';
import { type Finding, findingOf } from '../finding.ts';
import type { LoadResult } from '../load/messages.ts';
import { requestHead } from '../load/workload.ts';
import { generatorOf } from '../rounds.ts';

/** Of 60,000 who play for ten minutes each; an evening, not the second in which a title opens. */
const STARTS_PER_SECOND = 100;
const CONNECTIONS = 64;
const VERIFICATIONS_AT_ONCE = 8;

async function verifyPlayers(bench: Bench, round: number): Promise<readonly string[]> {
  const { gateway } = (await bench.main()).world;
  const ageTokens: string[] = [];
  const { startsPerRound } = bench.sizes;
  let next = 0;
  const verifyNext = async () => {
    while (next < startsPerRound) ageTokens.push(await gateway.verifyAge(`start-${round}-${next++}`));
  };
  await Promise.all(Array.from({ length: VERIFICATIONS_AT_ONCE }, verifyNext));
  return ageTokens;
}

export async function measureStarts(bench: Bench): Promise<readonly Finding[]> {
  const { world } = await bench.main();
  const { gateway, template } = world;
  const head = requestHead('/v1/sessions', { authorization: `Bearer ${gateway.demo.secretKey}` });
  const results: LoadResult[] = [];
  const { rounds, startsPerRound } = bench.sizes;
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    const ageTokens = await verifyPlayers(bench, round);
    const requests = ageTokens.map((ageToken) => ({
      head,
      body: JSON.stringify({ ageToken, gameId: template.gameId }),
    }));
    const workload = bench.writeFile({ requests, expect: '"verdict":"play"' });
    const result = await bench.generator.run({
      kind: 'open',
      workload,
      port: gateway.port,
      connections: CONNECTIONS,
      perSecond: STARTS_PER_SECOND,
      durationMs: (startsPerRound * 1000) / STARTS_PER_SECOND,
    });
    if (round > 0) results.push(result);
  }
  const shared = { figure: 'S6', unit: 'ms' } as const;
  const detail = { perSecond: STARTS_PER_SECOND, ...generatorOf(results) };
  const samplesOf = (name: 'p50' | 'p99') => results.map(({ latency }) => latency![name]);
  return [
    findingOf({ ...shared, name: 'p50 of a start', target: { atMost: 3 }, samples: samplesOf('p50'), detail }),
    findingOf({ ...shared, name: 'p99 of a start', target: { atMost: 15 }, samples: samplesOf('p99'), detail }),
  ];
}

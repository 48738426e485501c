// S1 and S2: single heartbeats of one gateway process beside the bare server and the obvious one, all on one Redis.
import type { Bench } from '../bench.ts';
import { type Finding, findingOf } from '../finding.ts';
import { type Contestant, measureInTurn, speedsOf, summaryOf } from '../rounds.ts';
import { median, ratios } from '../statistics.ts';

export async function contestantsOf(bench: Bench): Promise<Record<'gateway' | 'bare' | 'express', Contestant>> {
  const { bareSingles, singles, world } = await bench.main();
  const bare = await bench.baseline('bare-server.ts');
  const express = await bench.baseline('express-server.ts');
  const { connections } = bench.sizes;
  const contestant = (name: string, pid: number, port: number, workload: string): Contestant => ({
    name,
    pid,
    world,
    beats: 1,
    load: (durationMs) => ({ kind: 'closed', workload, port, connections, durationMs }),
  });
  return {
    gateway: contestant('gateway', world.gateway.program.pid, world.gateway.port, singles),
    bare: contestant('bare node:http', bare.program.pid, bare.port, bareSingles),
    express: contestant('Express', express.program.pid, express.port, await bench.expressSingles()),
  };
}

export async function measureThroughput(bench: Bench): Promise<readonly Finding[]> {
  const { bare, express, gateway } = await contestantsOf(bench);
  const [ours, bares, expresses] = await measureInTurn(bench, [gateway, bare, express]);
  bench.gatewayPerSecond = median(speedsOf(ours!));
  const shared = { unit: 'ratio' } as const;
  return [
    findingOf({
      ...shared,
      figure: 'S1',
      name: 'single heartbeats/s, gateway : bare node:http',
      target: { atLeast: 1 },
      samples: ratios(speedsOf(ours!), speedsOf(bares!)),
      detail: { stretch: 1.3, gateway: summaryOf(ours!), bare: summaryOf(bares!) },
    }),
    findingOf({
      ...shared,
      figure: 'S2',
      name: 'single heartbeats/s, gateway : Express, jose, zod',
      target: { atLeast: 2.5 },
      samples: ratios(speedsOf(ours!), speedsOf(expresses!)),
      detail: { gateway: summaryOf(ours!), express: summaryOf(expresses!) },
    }),
  ];
}

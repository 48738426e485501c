// The Vietnamese rules at a pace that a program can wait for: two policies, one whose day is long and one whose day is short.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../bench/processes.ts';

const PACK = path.join(ROOT, 'packages/policy/src/packs/vn-147-2024.json');
export const LONG_POLICY = 'chaos-long';
export const SHORT_POLICY = 'chaos-short';

export interface Pace {
  readonly intervalMs: number;
  readonly leaseMs: number;
  readonly reviveMs: number;
  /** Of the game whose players reach their limit. */
  readonly shortLimitMs: number;
}

/** A thirtieth of the law's beat, with the lease long enough for the bounds of a failover. */
export const QUICK_PACE: Pace = { intervalMs: 1_000, leaseMs: 12_000, reviveMs: 60_000, shortLimitMs: 8_000 };

interface Pack {
  readonly budgets: readonly { readonly id: string; readonly limitMs: number }[];
}

export function writePolicies(folder: string, { shortLimitMs, ...heartbeat }: Pace): void {
  const pack = JSON.parse(readFileSync(PACK, 'utf8')) as Pack;
  mkdirSync(folder, { recursive: true });
  const write = (id: string, limitMs: number | null) => {
    const budgets = pack.budgets.map((budget) =>
      budget.id === 'game-day' && limitMs !== null ? { ...budget, limitMs } : budget,
    );
    const document = { ...pack, id, version: 1, minStartMs: 0, warningsMs: [], heartbeat, budgets };
    writeFileSync(path.join(folder, `${id}.json`), JSON.stringify(document));
  };
  write(LONG_POLICY, null);
  write(SHORT_POLICY, shortLimitMs);
}

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

export interface PolicyFacts {
  readonly pace: Pace;
  /** Of a day in the game; null: that of the law. */
  readonly limitMs: number | null;
  readonly version: number;
}

/** The document of a policy, at the pace of the suite. */
export function policyText(id: string, { limitMs, pace, version }: PolicyFacts): string {
  const pack = JSON.parse(readFileSync(PACK, 'utf8')) as Pack;
  const { shortLimitMs: _, ...heartbeat } = pace;
  const budgets = pack.budgets.map((budget) =>
    budget.id === 'game-day' && limitMs !== null ? { ...budget, limitMs } : budget,
  );
  return JSON.stringify({ ...pack, id, version, minStartMs: 0, warningsMs: [], heartbeat, budgets });
}

export function writePolicies(folder: string, pace: Pace): void {
  mkdirSync(folder, { recursive: true });
  const write = (id: string, limitMs: number | null) =>
    writeFileSync(path.join(folder, `${id}.json`), policyText(id, { pace, limitMs, version: 1 }));
  write(LONG_POLICY, null);
  write(SHORT_POLICY, pace.shortLimitMs);
}

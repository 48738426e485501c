// What was measured, and on what: kept with every result.
import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { ROOT } from '../bench/processes.ts';
import { versionOf } from './find-k6.ts';

const BYTES_PER_GIB = 2 ** 30;
const COMMIT_LENGTH = 7;

export type RunFacts = Readonly<Record<string, string | number | boolean>>;

function outputOf(command: string, ...args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** `unknown` outside of a checkout. */
export const commitOf = (): string => outputOf('git', 'rev-parse', `--short=${COMMIT_LENGTH}`, 'HEAD') ?? 'unknown';

export function runFacts(k6: string): RunFacts {
  const [load = 0] = loadavg();
  return {
    commit: commitOf(),
    /** False: what ran is not quite that commit. */
    isCleanCheckout: outputOf('git', 'status', '--porcelain', 'packages', 'load-tests/k6') === '',
    at: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / BYTES_PER_GIB),
    system: `${type()} ${release()}`,
    node: process.version,
    redis: /v=([\d.]+)/.exec(outputOf('redis-server', '--version') ?? '')?.[1] ?? 'unknown',
    k6: versionOf(k6) ?? 'unknown',
    /** Tasks that wanted a core before the run began: above 1 others were working too. */
    loadBefore: Number(load.toFixed(1)),
  };
}

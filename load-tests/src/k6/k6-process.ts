// One run of k6, bounded in time, that asks nothing of anybody but the gateway.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { end, ROOT } from '../bench/processes.ts';

/** Set-up and tear-down have bounds of their own in the scripts, the load has 25 minutes. */
const RUN_MS_MAX = 45 * 60_000;
const EXIT_CODES = { met: 0, thresholdsCrossed: 99 } as const;

export const scriptOf = (scenario: string): string => path.join(ROOT, 'load-tests/k6/scenarios', `${scenario}.ts`);

/** Neither usage reports nor a look for extensions. */
const SILENT = { K6_NO_USAGE_REPORT: 'true', K6_AUTO_EXTENSION_RESOLUTION: 'false' };

/** Settings of a shell must not change what is measured. */
function environment(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('K6_'));
  return { ...Object.fromEntries(inherited), ...SILENT, ...variables };
}

export interface K6Settings {
  readonly variables: Readonly<Record<string, string>>;
  /** Ends the run. */
  readonly stop?: AbortSignal;
}

export class K6Process implements AsyncDisposable {
  readonly #child: ChildProcess;

  constructor(k6: string, args: readonly string[], { stop, variables }: K6Settings) {
    const env = environment(variables);
    this.#child = spawn(k6, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
    stop?.addEventListener('abort', () => this.#child.kill('SIGTERM'));
  }

  /** Whether every threshold was met. Rejects when nothing was measured. */
  async finish(): Promise<boolean> {
    const late = setTimeout(() => this.#child.kill('SIGTERM'), RUN_MS_MAX);
    const [code, signal] = (await once(this.#child, 'exit')) as [number | null, NodeJS.Signals | null];
    clearTimeout(late);
    if (code === EXIT_CODES.met) return true;
    if (code === EXIT_CODES.thresholdsCrossed) return false;
    throw new Error(`k6 ended with ${code ?? signal}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#child, (signal) => this.#child.kill(signal));
  }
}

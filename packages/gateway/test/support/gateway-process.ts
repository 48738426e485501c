// A gateway as a process of its own, for a test to kill.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = path.join(import.meta.dirname, '../../src/main.ts');

export class GatewayProcess implements AsyncDisposable {
  readonly dataDir: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #words: readonly string[];
  #child: ChildProcess | null = null;
  baseUrl = '';

  private constructor(dataDir: string, env: Readonly<Record<string, string>>, words: readonly string[]) {
    this.dataDir = dataDir;
    this.#env = env;
    this.#words = words;
  }

  /** `words`: of its command line. */
  static async start(env: Readonly<Record<string, string>>, words: readonly string[] = []): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(await mkdtemp(path.join(tmpdir(), 'playgate-process-')), env, words);
    await gateway.run();
    return gateway;
  }

  /** Starts the process (again) on the same data directory. */
  async run(): Promise<void> {
    this.#child = spawn(process.execPath, ['--conditions=@playgate/source', MAIN, ...this.#words], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        PLAYGATE_DATA_DIR: this.dataDir,
        PLAYGATE_SHED_LOAD: 'off',
        ...this.#env,
      },
    });
    for await (const line of createInterface({ input: this.#child.stdout! })) {
      const url = /ready at (http\S+)/.exec(line)?.[1];
      if (url === undefined) continue;
      this.baseUrl = url;
      return;
    }
    throw new Error('the gateway did not start');
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** The exit code; null: it was ended by a signal, or had ended before. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return null;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

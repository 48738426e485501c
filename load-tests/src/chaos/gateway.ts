// The gateway as it ships, a process of its own on a fixed port, so that it can be killed and come back.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GATEWAY_PROGRAM } from '../bench/gateway.ts';
import { Program, ROOT, until } from '../bench/processes.ts';
import { freePort } from '../servers.ts';
import { SetClock } from './set-clock.ts';

/** Sources are for the tests, which need no build. */
const SOURCE_WORDS = ['--conditions=@playgate/source', path.join(ROOT, 'packages/gateway/src/main.ts')] as const;

export const programWords = (isBuilt: boolean): readonly string[] => (isBuilt ? [GATEWAY_PROGRAM] : SOURCE_WORDS);

export interface ChaosGatewayOptions {
  readonly isBuilt: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** Its time of day can be set; default: it is the machine's. */
  readonly hasSetClock?: boolean | undefined;
}

export class ChaosGateway implements AsyncDisposable {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #words: readonly string[];
  readonly #directory: string;
  readonly #clock: SetClock | null;
  #program: Program | null = null;

  private constructor(port: number, { env, hasSetClock = false, isBuilt }: ChaosGatewayOptions) {
    this.url = `http://127.0.0.1:${port}`;
    this.#words = programWords(isBuilt);
    this.#directory = mkdtempSync(path.join(tmpdir(), 'playgate-chaos-'));
    this.#clock = hasSetClock ? new SetClock(this.#directory, 'gateway') : null;
    this.env = { PORT: String(port), PLAYGATE_DATA_DIR: this.#directory, PLAYGATE_LOG_LEVEL: 'error', ...env };
  }

  static async start(options: ChaosGatewayOptions): Promise<ChaosGateway> {
    const gateway = new ChaosGateway(await freePort(), options);
    await gateway.run();
    return gateway;
  }

  /** Starts the process (again); it is ready afterwards. */
  async run(): Promise<void> {
    const words = this.#clock === null ? this.#words : [...SetClock.words, ...this.#words];
    this.#program = new Program(process.execPath, words, { ...this.env, ...this.#clock?.env });
    await until('the gateway', async () => (await fetch(`${this.url}/readyz`)).ok, this.#program);
  }

  get pid(): number {
    return this.#program!.pid;
  }

  get errors(): string {
    return this.#program?.errors ?? '';
  }

  get hasEnded(): boolean {
    return this.#program?.hasEnded ?? true;
  }

  signal(signal: NodeJS.Signals): void {
    this.#program?.child.kill(signal);
  }

  /** Sets the time of day of the process so far ahead of the machine's (negative: behind). It has to have a clock that can be set. */
  async setClock(aheadMs: number): Promise<void> {
    await this.#clock!.set(aheadMs, (name) => this.signal(name));
  }

  async kill(): Promise<void> {
    if (this.#program === null || this.#program.hasEnded) return;
    const exited = once(this.#program.child, 'exit');
    this.#program.child.kill('SIGKILL');
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

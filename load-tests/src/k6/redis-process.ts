// A Redis that can be killed and come back with its data, at the same port.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isListening, Program, until } from '../bench/processes.ts';
import { freePort } from '../servers.ts';

const SETTINGS = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '', '--maxmemory-policy', 'noeviction'];

export class RedisProcess implements AsyncDisposable {
  readonly #port: number;
  readonly #directory = mkdtempSync(path.join(tmpdir(), 'playgate-load-redis-'));
  #program: Program;

  private constructor(port: number) {
    this.#port = port;
    this.#program = this.#spawn();
  }

  static async start(): Promise<RedisProcess> {
    const redis = new RedisProcess(await freePort());
    await redis.#isUp();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Without a word to it: what was not yet on disk is lost. */
  async kill(): Promise<void> {
    if (this.#program.hasEnded) return;
    const exited = once(this.#program.child, 'exit');
    this.#program.child.kill('SIGKILL');
    await exited;
  }

  async startAgain(): Promise<void> {
    if (!this.#program.hasEnded) return;
    this.#program = this.#spawn();
    await this.#isUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #spawn(): Program {
    const place = ['--bind', '127.0.0.1', '--port', String(this.#port), '--dir', this.#directory];
    return new Program('redis-server', [...place, ...SETTINGS]);
  }

  #isUp(): Promise<void> {
    return until('redis-server', () => isListening(this.#port), this.#program);
  }
}

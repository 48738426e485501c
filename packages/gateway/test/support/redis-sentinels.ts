// A real primary with a replica under three Sentinels on loopback, gone with the test.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { expect, vi } from 'vitest';
import { freePort } from './redis-server.ts';

const NAME = 'books';
const SENTINELS = 3;
const QUORUM = 2;
const DOWN_AFTER_MS = 1_000;
const SETTLED_MS_MAX = 30_000;

interface Process {
  readonly port: number;
  readonly child: ChildProcess;
  readonly client: Redis;
}

export class RedisSentinels implements AsyncDisposable {
  readonly url: string;
  readonly #directory: string;
  readonly #servers: readonly Process[];
  readonly #sentinels: readonly Process[];

  private constructor(directory: string, servers: readonly Process[], sentinels: readonly Process[]) {
    this.#directory = directory;
    this.#servers = servers;
    this.#sentinels = sentinels;
    this.url = `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${NAME}`;
  }

  static async start(): Promise<RedisSentinels> {
    const directory = mkdtempSync(path.join(tmpdir(), 'playgate-sentinel-'));
    const primary = await startServer(directory, null);
    const replica = await startServer(directory, primary.port);
    const sentinels: Process[] = [];
    for (let index = 0; index < SENTINELS; index++) sentinels.push(await startSentinel(directory, primary.port));
    const all = new RedisSentinels(directory, [primary, replica], sentinels);
    await all.#settled();
    return all;
  }

  /** The Sentinels know each other and the replica, which follows. */
  async #settled(): Promise<void> {
    const check = async () => {
      expect(await this.#servers[1]!.client.info('replication')).toContain('master_link_status:up');
      for (const { client } of this.#sentinels) {
        const facts = pairUp((await client.call('SENTINEL', 'MASTER', NAME)) as string[]);
        expect(facts).toMatchObject({ 'num-slaves': '1', 'num-other-sentinels': String(SENTINELS - 1) });
      }
    };
    await vi.waitFor(check, { timeout: SETTLED_MS_MAX, interval: 50 });
  }

  /** Everything the primary has acknowledged is on the replica too. */
  async replicated(): Promise<void> {
    expect(await this.#servers[0]!.client.wait(1, SETTLED_MS_MAX)).toBe(1);
  }

  async killPrimary(): Promise<void> {
    const { child } = this.#servers[0]!;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child, client } of [...this.#sentinels, ...this.#servers]) {
      client.disconnect();
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

async function startServer(directory: string, primaryPort: number | null): Promise<Process> {
  const port = await freePort();
  const place = mkdtempSync(path.join(directory, 'server-'));
  const words = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', place],
    ...['--save', '', '--appendonly', 'yes', '--repl-diskless-sync-delay', '0'],
    ...(primaryPort === null ? [] : ['--replicaof', '127.0.0.1', String(primaryPort)]),
  ];
  return answering(port, spawn('redis-server', words, { stdio: 'ignore' }));
}

async function startSentinel(directory: string, primaryPort: number): Promise<Process> {
  const port = await freePort();
  const file = path.join(directory, `sentinel-${port}.conf`);
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${directory}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${primaryPort} ${QUORUM}`,
    `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${NAME} 3000`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return answering(port, spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' }));
}

async function answering(port: number, child: ChildProcess): Promise<Process> {
  const client = new Redis({ port, retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => {});
  while ((await client.ping().catch(() => '')) !== 'PONG');
  return { port, child, client };
}

function pairUp(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1]!]] : [])));
}

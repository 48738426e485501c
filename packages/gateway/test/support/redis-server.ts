import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export interface BooksCopy extends Disposable {
  readonly path: string;
}

/** A real redis-server of its own on loopback; gone with the test. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'playgate-redis-'));
  private child: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.run();
    return server;
  }

  /** Starts the process (again) on the same port and directory, and waits until it answers. */
  async run(): Promise<void> {
    const settings = [
      '--appendonly',
      'yes',
      '--appendfsync',
      'everysec',
      '--save',
      '',
      '--maxmemory-policy',
      'noeviction',
    ];
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.directory];
    this.child = spawn('redis-server', [...place, ...settings], { stdio: 'ignore' });
    const client = new Redis(this.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    client.on('error', () => {});
    while ((await client.ping().catch(() => '')) !== 'PONG');
    client.disconnect();
  }

  flush(): Promise<void> {
    return this.order((client) => client.flushall());
  }

  forgetScripts(): Promise<void> {
    return this.order((client) => client.script('FLUSH'));
  }

  private async order(command: (client: Redis) => Promise<unknown>): Promise<void> {
    const client = new Redis(this.url);
    await command(client);
    client.disconnect();
  }

  /** What is in the books now, to be put in place of later ones. */
  copyBooks(): BooksCopy {
    const copy = mkdtempSync(path.join(tmpdir(), 'playgate-books-'));
    cpSync(this.directory, copy, { recursive: true });
    return { path: copy, [Symbol.dispose]: () => rmSync(copy, { recursive: true, force: true }) };
  }

  /** Killed, and started again with older books. */
  async fallBackTo(copy: BooksCopy): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
    cpSync(copy.path, this.directory, { recursive: true });
    await this.run();
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.child === null || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

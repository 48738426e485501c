// A redis-server of our own under the data directory, for a gateway that was given none: append-only file synced every
// second, no eviction, reachable through a unix socket that only this user may open.
//
// It is no child to be lost: after a kill of the gateway it runs on, and the next start finds it by its socket and uses
// it again. A process is taken for ours only when it says over that socket that it works in our directory.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** sun_path holds 104 bytes on some systems, with its end. */
const SOCKET_PATH_BYTES_MAX = 100;
const START_MS_MAX = 10_000;
const STOP_MS_MAX = 10_000;
const POLL_MS = 10;
const RESTART_DELAY_MS = 500;

export interface EmbeddedRedisOptions {
  /** Its files go to `<dataDir>/redis`. */
  readonly dataDir: string;
  /** It ended by itself and is started again. */
  readonly onExit: (code: number | null) => void;
}

/** Path of the redis-server on PATH, or null. */
export function findRedisServer(searchPath = process.env.PATH ?? ''): string | null {
  for (const folder of searchPath.split(path.delimiter)) {
    const file = path.join(folder, 'redis-server');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

export class EmbeddedRedis {
  /** What a client connects to. */
  readonly url: string;
  private readonly options: EmbeddedRedisOptions;
  private readonly executable: string;
  private readonly directory: string;
  private child: ChildProcess | null = null;
  private stopping = false;

  private constructor(executable: string, options: EmbeddedRedisOptions) {
    this.options = options;
    this.executable = executable;
    this.directory = path.resolve(options.dataDir, 'redis');
    this.url = socketPathOf(this.directory);
  }

  /** Uses the server that is left from before, or starts one. Throws an Error that says why it cannot. */
  static async start(executable: string, options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
    const redis = new EmbeddedRedis(executable, options);
    await mkdir(redis.directory, { recursive: true, mode: 0o700 });
    await mkdir(path.dirname(redis.url), { recursive: true, mode: 0o700 });
    if (await redis.isRunning()) return redis;
    await redis.assertNobodyElse();
    await redis.run();
    return redis;
  }

  /** Writes everything out and ends the server. */
  async stop(): Promise<void> {
    this.stopping = true;
    const client = this.connect();
    const { child } = this;
    // Its answer is that the connection closes.
    await client.call('SHUTDOWN', 'NOSAVE').catch(() => undefined);
    client.disconnect();
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
      await once(child, 'exit');
      clearTimeout(killer);
    }
    await rm(this.url, { force: true });
  }

  /** Throws when something else answers at the socket. */
  private async isRunning(): Promise<boolean> {
    const client = this.connect();
    try {
      const [, directory] = (await client.config('GET', 'dir')) as string[];
      if (directory === this.directory) return true;
    } catch {
      return false;
    } finally {
      client.disconnect();
    }
    throw new Error(`another redis-server answers at ${this.url}: stop it, or choose another data directory`);
  }

  /** Two servers on one append-only file would ruin it: one that is there and does not answer is left to the operator. */
  private async assertNobodyElse(): Promise<void> {
    const pid = await readFile(this.pidFile, 'utf8').then(
      (text) => Number(text.trim()),
      () => null,
    );
    if (pid === null) return;
    // Where there is no /proc, a pid alone says too little.
    const directory = await readlink(`/proc/${pid}/cwd`).catch(() => null);
    if (directory !== this.directory) return;
    throw new Error(`process ${pid} works in ${this.directory} and does not answer: stop it and start again`);
  }

  private get pidFile(): string {
    return path.join(this.directory, 'redis.pid');
  }

  private async run(): Promise<void> {
    const child = spawn(this.executable, this.settings(), {
      cwd: this.directory,
      stdio: 'ignore',
      // Ctrl-C in a terminal reaches the whole process group; the books must outlive the last request.
      detached: true,
    });
    this.child = child;
    const failed = once(child, 'error').then(([error]) => {
      throw new Error(`redis-server could not be started: ${(error as Error).message}`, { cause: error });
    });
    await Promise.race([failed, this.waitUntilReady(child)]);
    failed.catch(() => undefined);
    child.once('exit', (code) => this.restart(code));
  }

  private restart(code: number | null): void {
    if (this.stopping) return;
    this.options.onExit(code);
    setTimeout(() => {
      if (!this.stopping) void this.run().catch(() => this.restart(null));
    }, RESTART_DELAY_MS).unref();
  }

  /** It answers an error while it still reads its file. */
  private async waitUntilReady(child: ChildProcess): Promise<void> {
    const client = this.connect();
    const until = performance.now() + START_MS_MAX;
    try {
      while (performance.now() < until) {
        if (child.exitCode !== null) break;
        if ((await client.ping().catch(() => null)) === 'PONG') return;
        await sleep(POLL_MS);
      }
    } finally {
      client.disconnect();
    }
    throw new Error(`redis-server did not start: see ${path.join(this.directory, 'redis.log')}`);
  }

  private settings(): string[] {
    const settings = {
      port: '0',
      unixsocket: this.url,
      unixsocketperm: '700',
      dir: this.directory,
      pidfile: this.pidFile,
      logfile: path.join(this.directory, 'redis.log'),
      appendonly: 'yes',
      appendfsync: 'everysec',
      save: '',
      'maxmemory-policy': 'noeviction',
      daemonize: 'no',
    };
    return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  }

  private connect(): Redis {
    const client = new Redis(this.url, {
      retryStrategy: () => POLL_MS,
      maxRetriesPerRequest: 0,
      commandTimeout: START_MS_MAX,
      enableReadyCheck: false,
    });
    // Failures reach whoever sent a command.
    client.on('error', () => undefined);
    return client;
  }
}

/** In the data directory, or where its path is too long for a socket, in a folder of the same user under the temporary one. */
function socketPathOf(directory: string): string {
  const inside = path.join(directory, 'redis.sock');
  if (Buffer.byteLength(inside) <= SOCKET_PATH_BYTES_MAX) return inside;
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return path.join(tmpdir(), `playgate-${name}`, 'redis.sock');
}

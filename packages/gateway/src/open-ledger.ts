// Which store keeps the books of the day, and what it takes to open and close it.
import path from 'node:path';
import type { Clock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import type { ChangeBus } from './directory/change-bus.ts';
import { RepeatedTask } from './repeated-task.ts';
import type { SessionStore } from './sessions/session-store.ts';
import { LocalChangeBus } from './store/memory/local-change-bus.ts';
import { MemorySessionStore } from './store/memory/memory-session-store.ts';
import { SnapshotFile } from './store/memory/snapshot-file.ts';
import { EmbeddedRedis, findRedisServer } from './store/redis/embedded-redis.ts';
import { readLayout } from './store/redis/layout.ts';
import { RedisChangeBus } from './store/redis/redis-change-bus.ts';
import { createRequestClient, createWorkerClient, isCluster, type RedisClient } from './store/redis/redis-client.ts';
import { RedisSessionStore } from './store/redis/redis-session-store.ts';
import { lockDataDirectory } from './store/sql/data-directory-lock.ts';

/** What a kill costs the memory store at most. */
const SNAPSHOT_EVERY_MS = 2_000;
/** Sentinels and clusters are asked again and again; a start waits for them no longer. */
const CONNECT_MS_MAX = 10_000;

export interface Ledger {
  readonly store: SessionStore;
  readonly kind: 'redis' | 'memory';
  /** The connection that answers requests, for what else is counted there; null: the memory store. */
  readonly redis: RedisClient | null;
  /** For the start message. */
  readonly description: string;
  /** Keeps what is only in memory, so that being killed while the last requests are answered costs nothing before them. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface LedgerPorts {
  readonly clock: Clock;
  readonly onTrouble: (what: string, error: unknown) => void;
  /** The books may not be written any more: the gateway has to stop. */
  readonly onLost: (error: Error) => void;
  /** `found`: with as many partitions as Redis has, whatever is set, even while they are being changed. Default: as is set. */
  readonly layout?: 'found';
}

/** Throws an Error that says what is missing. */
export async function openLedger(config: Config, ports: LedgerPorts): Promise<Ledger> {
  if (config.store !== 'memory' && config.redisUrl !== null) {
    const { store, redis } = await connect(config.redisUrl, config.partitions, ports);
    return {
      store,
      redis,
      kind: 'redis',
      description: 'Redis at REDIS_URL',
      flush: keepsItself,
      close: () => store.close(),
    };
  }
  const executable = config.store === 'memory' ? null : findRedisServer();
  if (executable === null && config.store === 'redis') {
    throw new ConfigError(['PLAYGATE_STORE: redis needs REDIS_URL or a redis-server on the PATH']);
  }
  const lock = await lockDataDirectory(path.join(config.dataDir, 'ledger.lock'), () =>
    ports.onLost(new Error('another process took over the data directory')),
  );
  try {
    const ledger =
      executable === null ? await openMemory(config, ports) : await openEmbeddedRedis(executable, config, ports);
    return {
      ...ledger,
      close: async () => {
        await ledger.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Only a Redis that others may share carries changes: embedded books belong to this gateway alone. */
export async function openChangeBus(
  { redisUrl, store }: Pick<Config, 'redisUrl' | 'store'>,
  { onTrouble }: Pick<LedgerPorts, 'onTrouble'>,
): Promise<ChangeBus> {
  if (store === 'memory' || redisUrl === null) return new LocalChangeBus();
  return RedisChangeBus.connect(redisUrl, onTrouble);
}

/** Redis writes what it is told by itself. */
const keepsItself = async (): Promise<void> => {};

async function openMemory({ dataDir, store: forced }: Config, ports: LedgerPorts): Promise<Ledger> {
  const store = new MemorySessionStore(ports.clock);
  const snapshot = await SnapshotFile.restore(path.join(dataDir, 'ledger.json'), store);
  const saving = new RepeatedTask({
    name: 'snapshot',
    everyMs: SNAPSHOT_EVERY_MS,
    run: () => snapshot.save(),
    onError: ports.onTrouble,
  });
  const why = forced === 'memory' ? 'PLAYGATE_STORE' : 'no redis-server on the PATH';
  return {
    store,
    kind: 'memory',
    redis: null,
    description: `memory (${why}), written to ${dataDir} every ${SNAPSHOT_EVERY_MS / 1000} s`,
    flush: () => snapshot.save(),
    close: async () => {
      await saving.stop();
      await snapshot.save();
    },
  };
}

async function openEmbeddedRedis(executable: string, config: Config, ports: LedgerPorts): Promise<Ledger> {
  const server = await EmbeddedRedis.start(executable, {
    dataDir: config.dataDir,
    onExit: (code) => ports.onTrouble('the embedded Redis ended and is started again', new Error(`exit code ${code}`)),
  });
  try {
    const { store, redis } = await connect(server.url, config.partitions, ports);
    const close = async () => {
      await store.close();
      await server.stop();
    };
    const description = `Redis, embedded in ${path.join(config.dataDir, 'redis')}`;
    return { store, redis, kind: 'redis', description, flush: keepsItself, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function connect(
  url: string,
  partitionCount: number,
  ports: LedgerPorts,
): Promise<{ readonly store: RedisSessionStore; readonly redis: RedisClient }> {
  const requests = createRequestClient(url);
  const worker = createWorkerClient(url);
  try {
    await Promise.all([open(requests, ports), open(worker, ports)]);
    const found = ports.layout === 'found' ? await readLayout(worker) : null;
    const partitions = found?.partitions ?? partitionCount;
    const store = new RedisSessionStore({ requests, worker, partitionCount: partitions, clock: ports.clock });
    if (ports.layout !== 'found') await store.assertLayout();
    return { store, redis: requests };
  } catch (error) {
    requests.disconnect();
    worker.disconnect();
    throw error;
  }
}

/** Says once that a connection was lost, not at each of the attempts that follow. Rejects when nothing can be reached in time. */
async function open(client: RedisClient, { onTrouble }: LedgerPorts): Promise<void> {
  let isUp = true;
  client.on('ready', () => {
    isUp = true;
  });
  client.on('error', (error: Error) => {
    if (isUp) onTrouble('connection to Redis', error);
    isUp = false;
  });
  if (isCluster(client)) {
    client.on('node error', (error: Error, node: string) => onTrouble(`connection to Redis node ${node}`, error));
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Redis at REDIS_URL cannot be reached')), CONNECT_MS_MAX);
  });
  await Promise.race([client.connect(), late]).finally(() => clearTimeout(timer));
}

// A gateway over a Redis and a database of its own, with sessions in its ledger.
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { epochKey, PARTITIONS_DEFAULT, partitionName } from '../../../packages/gateway/src/store/redis/keys.ts';
import { openDatabase } from '../../../packages/gateway/src/store/sql/open-database.ts';
import { startRedis } from '../servers.ts';
import { Gateway, type GatewayLaunch } from './gateway.ts';
import { LedgerSeed } from './ledger/seed.ts';
import { overhearStart, type StartTemplate } from './ledger/start-template.ts';
import { cpuSecondsOf } from './processes.ts';

/** Longer than any day that is played has lasted, in every zone. */
const UP_FOR_MS = 7 * 24 * 3_600_000;
/** The append-only file only grows, so that its growth is what was written and no rewrite falls into a round. */
const REDIS_SETTINGS = ['--auto-aof-rewrite-percentage', '0', '--maxmemory-policy', 'noeviction'];

export class World implements AsyncDisposable {
  readonly gateway: Gateway;
  readonly redis: Redis;
  readonly seed: LedgerSeed;
  readonly template: StartTemplate;
  readonly redisPid: number;
  readonly #databaseUrl: string;
  readonly #stop: () => Promise<void>;
  #stopped: Promise<void> | null = null;

  private constructor(
    parts: Pick<World, 'gateway' | 'redis' | 'seed' | 'template' | 'redisPid'>,
    databaseUrl: string,
    stop: () => Promise<void>,
  ) {
    this.#databaseUrl = databaseUrl;
    this.gateway = parts.gateway;
    this.redis = parts.redis;
    this.seed = parts.seed;
    this.template = parts.template;
    this.redisPid = parts.redisPid;
    this.#stop = stop;
  }

  static async start(databaseUrl: string, launch: GatewayLaunch = {}): Promise<World> {
    const server = await startRedis(REDIS_SETTINGS);
    const redis = new Redis(server.url);
    const opened: AsyncDisposable[] = [server];
    const clients = [() => redis.disconnect()];
    const stop = async () => {
      for (const disconnect of clients) disconnect();
      for (const part of opened.reverse()) await part[Symbol.asyncDispose]();
    };
    try {
      const gateway = await Gateway.start({ redisUrl: server.url, databaseUrl }, launch);
      opened.push(gateway);
      const template = await overhearStart(gateway);
      const seed = new LedgerSeed(server.url, template);
      clients.push(() => seed[Symbol.dispose]());
      const redisPid = Number(/process_id:(\d+)/.exec(await redis.info('server'))![1]);
      return new World({ gateway, redis, seed, template, redisPid }, databaseUrl, stop);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  /** From now on this Redis is one that was up, and lost nothing, since before the days that are played. See scripts/epoch.lua. */
  async ageBooks(): Promise<void> {
    const run = /run_id:(\w+)/.exec(await this.redis.info('server'))![1];
    const epoch = `${Date.now() - UP_FOR_MS}:${run}`;
    const keys = Array.from({ length: PARTITIONS_DEFAULT }, (_, partition) => epochKey(partitionName(partition)));
    await this.redis.mset(keys.flatMap((key) => [key, epoch]));
  }

  /** From now on the database knows how large its tables are, as one does that has run for more than its first minutes. */
  async analyzeDatabase(): Promise<void> {
    await using database = await openDatabase({ databaseUrl: this.#databaseUrl, migrates: false });
    await sql`analyze`.execute(database.db);
  }

  /** Processor seconds of the Redis so far. */
  redisCpuSeconds(): number | null {
    return cpuSecondsOf(this.redisPid);
  }

  get redisPort(): number {
    return Number(new URL(this.gateway.redisUrl).port);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }
}

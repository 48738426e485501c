// A gateway over a Redis and a database of its own, with sessions in its ledger.
import { Redis } from 'ioredis';
import { startRedis } from '../servers.ts';
import { Gateway, type GatewayLaunch } from './gateway.ts';
import { LedgerSeed } from './ledger/seed.ts';
import { overhearStart, type StartTemplate } from './ledger/start-template.ts';
import { cpuSecondsOf } from './processes.ts';

/** The append-only file only grows, so that its growth is what was written and no rewrite falls into a round. */
const REDIS_SETTINGS = ['--auto-aof-rewrite-percentage', '0', '--maxmemory-policy', 'noeviction'];

export class World implements AsyncDisposable {
  readonly gateway: Gateway;
  readonly redis: Redis;
  readonly seed: LedgerSeed;
  readonly template: StartTemplate;
  readonly redisPid: number;
  readonly #stop: () => Promise<void>;
  #stopped: Promise<void> | null = null;

  private constructor(
    parts: Pick<World, 'gateway' | 'redis' | 'seed' | 'template' | 'redisPid'>,
    stop: () => Promise<void>,
  ) {
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
      return new World({ gateway, redis, seed, template, redisPid }, stop);
    } catch (error) {
      await stop();
      throw error;
    }
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

// A gateway on a real Redis of its own that leaves nothing unseen: what went over the wire, what it wrote to its log and to
// the console, what it traced, what it told other gateways, and what lies in Redis, in the file of Redis and in SQL.
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { type Column, dumpDatabase } from './dump-database.ts';
import { dumpRedis, readAppendOnlyFile } from './dump-redis.ts';
import { RedisServer } from './redis-server.ts';
import { type Answer, type RawRequest, TestGateway } from './test-gateway.ts';

/** Everything that went over the wire but for what is meant to show what it shows. */
export interface Wire {
  readonly urls: string[];
  readonly answers: string[];
  readonly exports: string[];
  /** Keys that were shown once. */
  readonly keys: string[];
}

export interface Watched {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string>>;
}

export class WatchedGateway implements AsyncDisposable {
  readonly wire: Wire = { urls: [], answers: [], exports: [], keys: [] };
  readonly log: string[];
  readonly messages: string[] = [];
  readonly spans: InMemorySpanExporter;
  readonly written: string[] = [];
  readonly gateway: TestGateway;
  readonly redis: Redis;
  readonly #server: RedisServer;

  private constructor(
    server: RedisServer,
    redis: Redis,
    gateway: TestGateway,
    seen: Pick<WatchedGateway, 'log' | 'spans'>,
  ) {
    this.#server = server;
    this.redis = redis;
    this.gateway = gateway;
    this.log = seen.log;
    this.spans = seen.spans;
  }

  static async start({ clock, env }: Watched): Promise<WatchedGateway> {
    const server = await RedisServer.start();
    const redis = new Redis(server.url);
    await redis.config('SET', 'appendfsync', 'always');
    const log: string[] = [];
    const spans = new InMemorySpanExporter();
    const gateway = await TestGateway.start({
      redisUrl: server.url,
      clock,
      logTo: { write: (line) => log.push(line) },
      traceTo: spans,
      env: { PLAYGATE_LOG_LEVEL: 'trace', PLAYGATE_TRACE_RATIO: '1', ...env },
    });
    const watched = new WatchedGateway(server, redis, gateway, { log, spans });
    await watched.#watch();
    return watched;
  }

  async #watch(): Promise<void> {
    const ear = this.redis.duplicate();
    await ear.psubscribe('*');
    ear.on('pmessage', (_pattern, channel, message) => this.messages.push(`${channel} ${message}`));
    this.redis.once('end', () => ear.disconnect());
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      vi.spyOn(stream, 'write').mockImplementation(((chunk: string | Uint8Array, ...rest: never[]) => {
        this.written.push(String(chunk));
        return write(chunk, ...rest);
      }) as typeof stream.write);
    }
    const send = this.gateway.send.bind(this.gateway);
    this.gateway.send = async (method: string, url: string, request?: RawRequest): Promise<Answer> => {
      const answer = await send(method, url, request);
      this.#hear(url, answer);
      return answer;
    };
  }

  #hear(url: string, { body, headers, text }: Answer): void {
    this.wire.urls.push(url);
    const { key } = (body ?? {}) as { readonly key?: string };
    if (typeof key === 'string') this.wire.keys.push(key);
    else this.wire[url.includes('/export') ? 'exports' : 'answers'].push(`${JSON.stringify([...headers])} ${text}`);
  }

  /** Waits until the pump has moved what was written to the streams. */
  async settle(): Promise<void> {
    const waiting = async () => {
      const keys = await this.redis.keys('pg2:*:ev');
      const lengths = await Promise.all(keys.map((key) => this.redis.xlen(key)));
      return lengths.reduce((sum, length) => sum + length, 0);
    };
    await vi.waitUntil(async () => (await waiting()) === 0, { timeout: 10_000 });
  }

  /** All places, by name. `except`: columns that are there to hold what is looked for. */
  async lookEverywhere(except: readonly Column[] = []): Promise<Record<string, string>> {
    await this.settle();
    const metrics = await fetch(`${this.gateway.baseUrl}/metrics`);
    return {
      answers: this.wire.answers.join('\n'),
      urls: this.wire.urls.join('\n'),
      metrics: await metrics.text(),
      log: this.log.join('\n'),
      spans: this.spans.getFinishedSpans().map(textOf).join('\n'),
      'standard output': this.written.join('\n'),
      Redis: await dumpRedis(this.redis),
      'Redis file': await readAppendOnlyFile(this.redis),
      'Redis messages': this.messages.join('\n'),
      SQL: await dumpDatabase(this.gateway.database, except),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    vi.restoreAllMocks();
    await this.gateway[Symbol.asyncDispose]();
    this.redis.disconnect();
    await this.#server[Symbol.asyncDispose]();
  }
}

/** All of a span that leaves the gateway. */
function textOf({ attributes, events, links, name, resource, status }: ReadableSpan): string {
  return JSON.stringify({ name, attributes, events, links, status, resource: resource.attributes });
}

// Takes the wishes of the failover scenario: `POST /redis/kill` and `POST /redis/start`, once each. On loopback.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RedisProcess } from './redis-process.ts';

/** A scenario that died must not leave the gateway without its Redis. */
const AWAY_MS_MAX = 60_000;

export class FaultDesk implements AsyncDisposable {
  readonly #redis: RedisProcess;
  readonly #wishes = new Set(['kill', 'start']);
  readonly #server = createServer((request, response) => void this.#answer(request.url ?? '', response));
  #late: NodeJS.Timeout | null = null;

  private constructor(redis: RedisProcess) {
    this.#redis = redis;
  }

  static async open(redis: RedisProcess): Promise<FaultDesk> {
    const desk = new FaultDesk(redis);
    desk.#server.listen(0, '127.0.0.1');
    await once(desk.#server, 'listening');
    return desk;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#late !== null) clearTimeout(this.#late);
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(url: string, response: ServerResponse): Promise<void> {
    const wish = url.replace('/redis/', '');
    if (!this.#wishes.delete(wish)) return void response.writeHead(409).end();
    try {
      await (wish === 'kill' ? this.#kill() : this.#redis.startAgain());
      response.writeHead(204).end();
    } catch (error) {
      console.error(`playgate: ${wish} of Redis failed:`, error);
      response.writeHead(500).end();
    }
  }

  async #kill(): Promise<void> {
    await this.#redis.kill();
    this.#late = setTimeout(() => void this.#redis.startAgain().catch(() => undefined), AWAY_MS_MAX);
    this.#late.unref();
  }
}

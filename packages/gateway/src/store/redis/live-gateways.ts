// Which gateways run on a Redis: each says so every second on its change bus.

import { DEAF_MS_MAX } from '../../directory/change-bus.ts';
import { CLOCK_SKEW_MS_MAX } from '../../sessions/session-store.ts';
import { gatewaysKey } from './keys.ts';
import type { RedisClient } from './redis-client.ts';

/** One that said nothing for so long knows itself that it hears nothing, whatever its clock says. */
const SILENT_MS_MAX = DEAF_MS_MAX + CLOCK_SKEW_MS_MAX;

export class LiveGateways {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  async enter(id: string): Promise<void> {
    await this.#redis.zadd(gatewaysKey, Date.now(), id);
  }

  async leave(id: string): Promise<void> {
    await this.#redis.zrem(gatewaysKey, id);
  }

  /** Ids; those that were killed stay for some seconds. */
  async list(): Promise<readonly string[]> {
    const now = Date.now();
    await this.#redis.zremrangebyscore(gatewaysKey, '-inf', now - 2 * SILENT_MS_MAX);
    return this.#redis.zrangebyscore(gatewaysKey, now - SILENT_MS_MAX, '+inf');
  }
}

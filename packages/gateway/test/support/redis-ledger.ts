import { createRequestClient, createWorkerClient } from '../../src/store/redis/redis-client.ts';
import { RedisSessionStore, type RedisSessionStoreOptions } from '../../src/store/redis/redis-session-store.ts';

/** A store with the clients and options that ship, connected. */
export async function connectLedger(
  url: string,
  options: Omit<RedisSessionStoreOptions, 'requests' | 'worker'> = {},
): Promise<RedisSessionStore> {
  const [requests, worker] = [createRequestClient(url), createWorkerClient(url)];
  for (const client of [requests, worker]) client.on('error', () => {});
  await Promise.all([requests.connect(), worker.connect()]);
  return new RedisSessionStore({ requests, worker, ...options });
}

import { COMMAND_TIMEOUT_MS } from '../../src/store/redis/redis-client.ts';

const LONGER_MS = 200;

/** Keeps the event loop from everything for longer than an answer may take, as soon as what was asked for has been sent. */
export async function holdUpWhenSent(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  const until = performance.now() + COMMAND_TIMEOUT_MS + LONGER_MS;
  while (performance.now() < until);
}

import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { describeSessionStore } from './session-store-conformance.ts';
import { connectLedger } from './support/redis-ledger.ts';
import { RedisServer } from './support/redis-server.ts';

describeSessionStore('MemorySessionStore', async () => new MemorySessionStore(systemClock));

describe('a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  describeSessionStore('RedisSessionStore', () => connectLedger(server.url));
});

// Every history of vectors/histories over HTTP, on the memory store and on a real Redis.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHistories, runHistory, type Send } from './support/history-runner.ts';
import { RedisServer } from './support/redis-server.ts';
import { ADMIN_TOKEN, TestGateway } from './support/test-gateway.ts';

const histories = readHistories();

test('there are histories', () => {
  expect(histories.length).toBeGreaterThan(15);
});

const sendTo =
  (gateway: TestGateway): Send =>
  async (method, path, { body, key }) => {
    const answer = await gateway.send(method, path, { token: key, body });
    return { status: answer.status, body: (answer.body || {}) as Record<string, unknown> };
  };

function describeHistories(name: string, start: () => Promise<TestGateway>): void {
  describe(name, () => {
    let gateway: TestGateway;
    beforeAll(async () => {
      gateway = await start();
    });
    afterAll(() => gateway[Symbol.asyncDispose]());

    test.each(histories)('%s', async (_, history) => {
      await runHistory(sendTo(gateway), ADMIN_TOKEN, history);
    });
  });
}

describeHistories('memory store', () => TestGateway.start());

test('a history with a wrong figure fails', async () => {
  await using gateway = await TestGateway.start();
  const [, history] = histories.find(([name]) => name === 'one-second-left.json')!;
  const steps = history.steps.map((step) => (step.do === 'play' ? { ...step, ms: Number(step.ms) - 1 } : step));
  await expect(runHistory(sendTo(gateway), ADMIN_TOKEN, { ...history, steps })).rejects.toThrow('step 5: open');
});

describe('a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  describeHistories('Redis store', () => TestGateway.start({ redisUrl: server.url }));
});

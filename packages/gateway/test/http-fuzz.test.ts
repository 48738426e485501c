// Every operation of the registry, asked with requests made from its own schemas: good, changed in places, too large, of the
// wrong type, too deep, badly encoded. Whatever comes, the answer is one that the contract names, never a 5xx, and
// afterwards the gateway works as before. PLAYGATE_FUZZ_SECONDS runs longer, PLAYGATE_FUZZ_SEED repeats or varies a run.
import {
  ERRORS,
  type ErrorCode,
  errorsOfOperation,
  OPERATIONS,
  type Operation,
  PROBLEM_MEDIA_TYPE,
  problem,
} from '@playgate/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BytesAnswer, type BytesRequest, RawClient } from './support/raw-client.ts';
import { RedisServer } from './support/redis-server.ts';
import { requestOf } from './support/request-arbitraries.ts';
import { createWorld, sampleOf } from './support/request-samples.ts';
import { TestGateway } from './support/test-gateway.ts';

const SEED = Number(process.env.PLAYGATE_FUZZ_SEED ?? 20_261_121);
/** In all. What a slow machine does not get done in its share of the time is left out, but for a minimum. */
const SECONDS = Number(process.env.PLAYGATE_FUZZ_SECONDS ?? 22);
const MS_PER_OPERATION = (SECONDS * 1000) / OPERATIONS.length;
const RUNS_MIN = 30;
/** More than a quick machine gets done. */
const RUNS_MAX = 1_000_000;
/** A value that makes a check take time out of proportion would be found by this; a busy machine stays far below. */
const ANSWER_MS_MAX = 15_000;

/** A path that was bent may be another one or none, and Node itself answers what is no HTTP. */
const CODES_OF_BENT_PATHS: readonly ErrorCode[] = ['not_found', 'method_not_allowed', 'invalid_request'];

let redis: RedisServer;
let gateway: TestGateway;
let client: RawClient;
const logged: string[] = [];
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown) => void unhandled.push(error);
let answered = 0;
const statuses = new Map<number, number>();

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  redis = await RedisServer.start();
  gateway = await TestGateway.start({
    redisUrl: redis.url,
    logTo: { write: (line) => logged.push(line) },
    env: {
      PLAYGATE_LOG_LEVEL: 'error',
      PLAYGATE_RATE_AGE_CHECKS_ADDRESS: '1000000',
      PLAYGATE_RATE_AGE_CHECKS_DEVICE: '1000000',
      PLAYGATE_RATE_ADMINISTRATION: '1000000',
      PLAYGATE_RATE_FAILED_AUTHENTICATIONS: '1000000',
    },
  });
  client = new RawClient(gateway.baseUrl);
});
afterAll(async () => {
  process.off('unhandledRejection', onUnhandled);
  client[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  const counts = Object.fromEntries([...statuses].sort(([left], [right]) => left - right));
  console.log(JSON.stringify({ figure: 'fuzzed requests', seed: SEED, answered, statuses: counts }));
});

function expectContract(operation: Operation, { headers, status, text }: BytesAnswer): void {
  if (status < 400) {
    const reply = operation.responses[status] ?? (status === 204 ? { schema: null } : undefined);
    expect(reply, `status ${status} is not in the contract`).toBeDefined();
    const isJson = String(headers['content-type']).startsWith('application/json');
    if (isJson && reply!.schema) expect(reply!.schema.safeParse(JSON.parse(text)).error).toBeUndefined();
    return;
  }
  expect(status).toBeLessThan(500);
  expect(headers['content-type']).toBe(PROBLEM_MEDIA_TYPE);
  const told = problem.parse(JSON.parse(text));
  expect(told.status).toBe(status);
  expect(ERRORS[told.code].status).toBe(status);
  expect([...errorsOfOperation(operation), ...CODES_OF_BENT_PATHS]).toContain(told.code);
}

async function ask(request: BytesRequest): Promise<BytesAnswer> {
  const startedAt = performance.now();
  const answer = await client.send(request);
  expect(performance.now() - startedAt).toBeLessThan(ANSWER_MS_MAX);
  answered += 1;
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  return answer;
}

describe.each(OPERATIONS.map((operation: Operation) => [operation.operationId, operation] as const))(
  '%s',
  (_, operation) => {
    it(
      'answers as the contract says, whatever is asked',
      async () => {
        // Its own, since some operations take the world away that others stand on.
        logged.length = 0;
        const sample = sampleOf(operation.operationId as never, await createWorld(gateway));
        const property = fc.asyncProperty(requestOf(operation, sample), async (request) => {
          expectContract(operation, await ask(request));
        });
        // The error of a failed run names the seed and the smallest request that fails.
        await fc.assert(property, { seed: SEED, numRuns: RUNS_MIN });
        const more = { seed: SEED + 1, numRuns: RUNS_MAX, interruptAfterTimeLimit: MS_PER_OPERATION };
        await fc.assert(property, more);
        expect(logged.filter((line) => line.includes('"level":50'))).toEqual([]);
      },
      30_000 + 2 * MS_PER_OPERATION,
    );
  },
);

describe('afterwards', () => {
  it('the gateway is well and plays on', async () => {
    expect(unhandled).toEqual([]);
    expect((await gateway.call('getHealth', {})).status).toBe(200);
    expect((await gateway.call('getReadiness', {})).status).toBe(200);
    const { credentials, ids } = await createWorld(gateway);
    const beat = {
      token: credentials.session,
      params: { sessionId: ids.sessionId },
      body: { seq: 1, state: 'active' },
    } as const;
    expect((await gateway.call('recordHeartbeat', beat)).body.verdict).toBe('continue');
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  it('good requests were among them, and bad ones of each kind', () => {
    for (const status of [200, 201, 400, 404, 413, 415, 422])
      expect(statuses.get(status) ?? 0, String(status)).toBeGreaterThan(0);
  });
});

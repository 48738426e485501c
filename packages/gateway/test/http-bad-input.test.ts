// Every operation of the registry against every class of bad request: the answer is a problem with the right code, and
// nothing is written.
import {
  errorsOfOperation,
  OPERATIONS,
  type Operation,
  PROBLEM_MEDIA_TYPE,
  type Problem,
  problem,
} from '@playgate/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { type Credentials, createWorld, sampleOf, targetOf, type World } from './support/request-samples.ts';
import { type Answer, pathOf, type RawRequest, TestGateway } from './support/test-gateway.ts';

let gateway: TestGateway;
let world: World;
let neighbour: World;
let before: unknown;

beforeAll(async () => {
  gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  world = await createWorld(gateway);
  neighbour = await createWorld(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** That a regulator was refused is written down. */
const ACCESS_LOG = 'access_log';
/** Tables that follow the ledger by themselves, a moment later. */
const FOLLOWING =
  /^(events|session_records|denials|day_summaries|event_subjects|follower_|log_head|evidence_|webhook_|told_|status_)/;

/** What the ledger holds and the rows per table; entries on their way from the one to the other count where they began. */
async function written(): Promise<unknown> {
  const { db } = gateway.database;
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public'`.execute(db);
  const { sessions, days, lastEntryMs } = structuredClone((gateway.store as MemorySessionStore).snapshot());
  const counts: Record<string, unknown> = { sessions, days, lastEntryMs };
  for (const { name } of tables.rows) {
    if (FOLLOWING.test(name) || name === ACCESS_LOG) continue;
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(name)}`.execute(db);
    counts[name] = rows[0]?.n;
  }
  return counts;
}

const request = (operation: Operation, changes: RawRequest & { params?: Record<string, string> } = {}) => {
  const sample = sampleOf(operation.operationId as never, world);
  const { params, ...rest } = changes;
  const headers = { ...sample.headers, ...rest.headers };
  const raw = { token: sample.token ?? undefined, body: sample.body ?? undefined, ...rest, headers };
  return gateway.send(
    operation.method,
    targetOf(operation, { ...sample, params: { ...sample.params, ...params } }),
    raw,
  );
};

function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status, body: { code, status } });
  expect(answer.headers.get('content-type')).toBe(PROBLEM_MEDIA_TYPE);
  expect(answer.headers.get('x-request-id')).toBe((answer.body as Problem).requestId);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(problem.safeParse(answer.body).error).toBeUndefined();
}

const NO_KEYS = ['Bearer', 'Bearer ', 'Basic b3A6b3A=', 'Bearer a b', 'Bearer nonsense', `Bearer ${'x'.repeat(6000)}`];
const NO_TOKENS = ['pk_test_x', `sk_test_${'a'.repeat(40)}`, 'ak_', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'];
const guarded = OPERATIONS.filter((operation) => !(operation.auth as readonly string[]).includes('none'));
const withBody = OPERATIONS.filter((operation) => 'body' in operation);
/** The path of a published file names no record. */
const withParams = OPERATIONS.filter(
  (operation) => 'params' in operation && operation.operationId !== 'getReportSchema',
);

beforeEach(async () => {
  before = await written();
});

describe.each(guarded.map((operation) => [operation.operationId, operation] as const))(
  '%s: who calls',
  (_, operation) => {
    it('answers 401 to nobody and to credentials that mean nothing', async () => {
      expectProblem(await request(operation, { token: undefined }), 401, 'unauthenticated');
      for (const authorization of [...NO_KEYS, ...NO_TOKENS.map((token) => `Bearer ${token}`)]) {
        const answer = await request(operation, { token: undefined, headers: { authorization } });
        expectProblem(answer, 401, 'unauthenticated');
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
      expect(await written()).toEqual(before);
    });

    it('answers 403 to every other kind of key or token', async () => {
      for (const [kind, token] of Object.entries(world.credentials) as [keyof Credentials, string][]) {
        if ((operation.auth as readonly string[]).includes(kind)) continue;
        expectProblem(await request(operation, { token }), 403, 'forbidden');
      }
      expect(await written()).toEqual(before);
    });
  },
);

describe.each(withBody.map((operation) => [operation.operationId, operation] as const))(
  '%s: the body',
  (_, operation) => {
    it('must be JSON in application/json of bounded size', async () => {
      for (const body of ['{', '', 'null', '[]', '"text"', '1', '{"a":1}{', '\u0000', '{"__proto__":{"x":1}}']) {
        expectProblem(await request(operation, { body }), 400, 'invalid_request');
      }
      expectProblem(await request(operation, { body: '['.repeat(100_000) }), 400, 'invalid_request');
      expectProblem(
        await request(operation, { body: `${'['.repeat(50_000)}${']'.repeat(50_000)}` }),
        400,
        'invalid_request',
      );
      expectProblem(await request(operation, { body: `{"a":"${'x'.repeat(300_000)}"}` }), 413, 'payload_too_large');
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/json; charset=latin-9',
        'x',
      ]) {
        const answer = await request(operation, { headers: { 'content-type': type } });
        expectProblem(answer, 415, 'unsupported_media_type');
      }
      const encoded = await request(operation, { headers: { 'content-encoding': 'compress' } });
      expectProblem(encoded, 415, 'unsupported_media_type');
      expect(await written()).toEqual(before);
    });

    it('has no unknown field, and every field its type and bound', async () => {
      const good = sampleOf(operation.operationId, world).body!;
      const unknown = await request(operation, { body: { ...good, surprise: 1 } });
      expectProblem(unknown, 400, 'invalid_request');
      expect((unknown.body as Problem).errors).toEqual([{ path: 'surprise', message: 'is not known' }]);
      const secretive = await request(operation, { body: { ...good, ['<b>'.repeat(50)]: 1 } });
      expect(secretive.text).not.toContain('<b>');
      for (const name of Object.keys(good)) {
        const bodies = [[], {}, { a: 1 }, 1.5, -1, 'é'.repeat(5_000), '\u0007', true, false]
          .map((bad) => ({ ...good, [name]: bad }))
          // Some fields take one or the other of these.
          .filter((body) => !operation.body.safeParse(body).success);
        expect(bodies.length).toBeGreaterThan(5);
        for (const answer of await Promise.all(bodies.map((body) => request(operation, { body })))) {
          expectProblem(answer, 400, 'invalid_request');
          expect((answer.body as Problem).errors?.[0]?.path).toMatch(new RegExp(`^${name}`));
          expect(answer.text).not.toContain('ééé');
        }
      }
      expect(await written()).toEqual(before);
    });
  },
);

describe.each(withParams.map((operation) => [operation.operationId, operation] as const))(
  '%s: the path',
  (_, operation) => {
    const { sessionToken } = { sessionToken: (operation.auth as readonly string[]).includes('session') };

    it('answers the same to an id that does not exist and to one of another tenant', async () => {
      const { params } = sampleOf(operation.operationId, world);
      if (operation.auth[0] === 'operator') {
        const params = { providerId: 'prv_x', keyId: 'key_x', agentId: 'agt_x', regulatorId: 'reg_x' };
        expectProblem(await request(operation, { params }), 404, 'not_found');
        return;
      }
      const other = sampleOf(operation.operationId, neighbour).params;
      for (const id of [...Object.values(other), 'x', 'ses_000aaaaaaaaaaaaaaaa']) {
        const [name] = Object.keys(params);
        const answer = await request(operation, { params: { [name!]: id } });
        expectProblem(answer, 404, 'not_found');
        const { requestId: _id, ...first } = answer.body as Problem;
        const unknown = await request(operation, { params: { [name!]: 'ses_unknown' } });
        const { requestId: _other, ...second } = unknown.body as Problem;
        expect(first).toEqual(second);
      }
      if (sessionToken) {
        const token = neighbour.credentials.session;
        expectProblem(await request(operation, { token }), 404, 'not_found');
      }
      expect(await written()).toEqual(before);
    });

    it('answers 400 to an id that is none and to a broken encoding', async () => {
      const [name] = Object.keys(sampleOf(operation.operationId, world).params);
      for (const id of ['%00', '%ff', '%', '%2e%2e%2fetc', 'a%20b', 'x'.repeat(65)]) {
        expectProblem(await request(operation, { params: { [name!]: id } }), 400, 'invalid_request');
      }
      expect(await written()).toEqual(before);
    });
  },
);

describe('the query', () => {
  it.each(guarded.map((operation) => [operation.operationId, operation] as const))(
    '%s takes nothing unknown',
    async (_, operation) => {
      const sample = sampleOf(operation.operationId, world);
      const raw = { token: sample.token ?? undefined, body: sample.body ?? undefined };
      for (const query of ['surprise=1', 'date=1&date=2', `__proto__=1`, `${'a'.repeat(5000)}=1`]) {
        const answer = await gateway.send(operation.method, `${pathOf(operation, sample.params)}?${query}`, raw);
        expectProblem(answer, 400, 'invalid_request');
      }
      expect(await written()).toEqual(before);
    },
  );
});

describe('paths and methods', () => {
  it('answers 404 to a path that is not there', async () => {
    for (const path of [
      '/',
      '/v1',
      '/v1/nothing',
      '/V1/games',
      '/v1/games/x',
      '/%',
      '/docs/assets/../../package.json',
    ]) {
      const answer = await gateway.send('GET', path);
      expect([400, 404]).toContain(answer.status);
      expect(answer.headers.get('content-type')).toBe(PROBLEM_MEDIA_TYPE);
    }
  });

  it('answers 405 with Allow to a method that a path does not have', async () => {
    for (const operation of OPERATIONS) {
      const answer = await gateway.send('PATCH', pathOf(operation, {}));
      expectProblem(answer, 405, 'method_not_allowed');
      expect(answer.headers.get('allow')).toContain(operation.method);
    }
  });

  it('answers OPTIONS with Allow, and HEAD like GET without a body', async () => {
    const options = await gateway.send('OPTIONS', '/v1/games');
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, GET, HEAD, OPTIONS']);
    const head = await gateway.send('HEAD', '/healthz');
    expect([head.status, head.text]).toEqual([200, '']);
  });
});

it('names every error it can answer with in the contract', () => {
  for (const operation of withBody) {
    expect(errorsOfOperation(operation)).toEqual(
      expect.arrayContaining(['invalid_request', 'payload_too_large', 'unsupported_media_type']),
    );
  }
});

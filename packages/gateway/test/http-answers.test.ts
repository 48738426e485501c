// What every answer has in common: request ids, CORS, idempotency, pages and metrics.
import { OPERATIONS, type Operation } from '@playgate/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, sampleOf, targetOf, type World } from './support/request-samples.ts';
import { ADMIN_TOKEN, pathOf, TestGateway } from './support/test-gateway.ts';

let gateway: TestGateway;
let world: World;

beforeAll(async () => {
  gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  world = await createWorld(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** What only a browser that comes from an identity provider can succeed with; tests of their own do. */
const NEED_IDENTITY_PROVIDER: ReadonlySet<string> = new Set([
  'completeOidcLogin',
  'beginSignIn',
  'completeSignIn',
  'endSignIn',
]);

it('answers each operation as the contract says', async () => {
  const fresh = await createWorld(gateway);
  // What others need is taken away last.
  const takesAway = ({ operationId }: { operationId: string }) =>
    ['revokeGuardianLink', 'revokeGuardian', 'erasePlayer'].indexOf(operationId);
  const ordered = [...OPERATIONS].sort((left, right) => takesAway(left) - takesAway(right));
  for (const operation of ordered) {
    if (NEED_IDENTITY_PROVIDER.has(operation.operationId)) continue;
    const sample = sampleOf(operation.operationId, fresh);
    const answer = await gateway.send(operation.method, targetOf(operation, sample), {
      token: sample.token ?? undefined,
      body: sample.body ?? undefined,
      headers: sample.headers ?? {},
    });
    const reply = (operation as Operation).responses[answer.status];
    expect([operation.operationId, answer.status, reply !== undefined, answer.text]).toMatchObject([
      operation.operationId,
      answer.status,
      true,
      answer.text,
    ]);
    if (reply?.schema) {
      const parsed = reply.schema.safeParse(answer.body);
      const told = `${operation.operationId}: ${JSON.stringify(parsed.success ? {} : parsed.error.issues)}`;
      expect(parsed.success, told).toBe(true);
    }
  }
});

describe('request ids', () => {
  it('echoes one that is fit and makes one otherwise', async () => {
    const echoed = await gateway.send('GET', '/healthz', { headers: { 'x-request-id': 'trace-1' } });
    expect(echoed.headers.get('x-request-id')).toBe('trace-1');
    for (const unfit of ['with space', 'x'.repeat(65), '0912345678', 'born-2011-03-04']) {
      const made = await gateway.send('GET', '/nowhere', { headers: { 'x-request-id': unfit } });
      expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe('CORS', () => {
  const preflight = (path: string) =>
    gateway.send('OPTIONS', path, {
      headers: { origin: 'https://game.example', 'access-control-request-method': 'POST' },
    });

  it('opens the operations of pages, and those only', async () => {
    for (const operation of OPERATIONS) {
      const path = pathOf(operation, sampleOf(operation.operationId, world).params);
      const [asked, answered] = [await preflight(path), await gateway.send(operation.method, path)];
      const isOpen = OPERATIONS.some((other) => other.path === operation.path && other.browser);
      expect(asked.headers.get('access-control-allow-origin')).toBe(isOpen ? '*' : null);
      expect(answered.headers.get('access-control-allow-origin')).toBe(operation.browser ? '*' : null);
    }
    const asked = await preflight('/v1/sessions');
    expect(asked.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(asked.headers.get('access-control-allow-methods')).toBe('POST');
  });

  it('lets a page read an error too', async () => {
    const answer = await gateway.send('POST', '/v1/sessions', { body: '{', token: world.tenant.publishableKey });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
  });
});

describe('Idempotency-Key', () => {
  const create = (key: string, body: unknown, token = ADMIN_TOKEN) =>
    gateway.send('POST', '/v1/admin/providers', { token, body, headers: { 'idempotency-key': key } });

  it('gives the first outcome again, whatever the order and spacing of the body', async () => {
    const body = '{"name":"A","licenceNo":"L","province":"P"}';
    const again = '{ "province": "P", "licenceNo": "L",\n "name": "A" }';
    const send = (text: string) =>
      gateway.send('POST', '/v1/admin/agents', {
        token: ADMIN_TOKEN,
        body: text,
        headers: { 'idempotency-key': 'k1' },
      });
    const [first, second] = [await send(body), await send(again)];
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
  });

  it('answers 422 to another body or operation under the same key', async () => {
    await create('k2', { name: 'One' });
    const other = await create('k2', { name: 'Two' });
    expect([other.status, other.body]).toMatchObject([422, { code: 'idempotency_mismatch' }]);
    const path = '/v1/admin/regulators';
    const elsewhere = await gateway.send('POST', path, {
      token: ADMIN_TOKEN,
      body: { name: 'One' },
      headers: { 'idempotency-key': 'k2' },
    });
    expect(elsewhere.status).toBe(422);
  });

  it('runs once when the same request comes many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create('k3', { name: 'Race' })));
    const made = answers.filter(({ status }) => status === 201).map(({ text }) => text);
    expect(new Set(made).size).toBe(1);
    for (const { status, body } of answers)
      if (status !== 201) expect([status, body]).toMatchObject([409, { code: 'conflict' }]);
  });

  it('keeps keys of two callers apart, and keeps no failure', async () => {
    const neighbour = await createWorld(gateway);
    const game = { gameId: 'chess', title: 'Chess', class: 'G4', rating: '00+' };
    const send = (token: string, policyId?: string) =>
      gateway.send('POST', '/v1/games', {
        token,
        body: { ...game, ...(policyId && { policyId }) },
        headers: { 'idempotency-key': 'k4' },
      });
    expect((await send(world.tenant.secretKey, 'unknown')).status).toBe(422);
    expect((await send(world.tenant.secretKey)).status).toBe(201);
    expect((await send(neighbour.tenant.secretKey)).headers.get('idempotent-replayed')).toBeNull();
  });

  it('refuses keys that are none', async () => {
    for (const key of ['with space', 'x'.repeat(256)]) {
      const answer = await create(key, { name: 'A' });
      expect([answer.status, answer.body]).toMatchObject([400, { code: 'invalid_request' }]);
    }
  });
});

describe('pages and machines', () => {
  it('serves the reference with nothing from elsewhere', async () => {
    const page = await gateway.send('GET', '/docs');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect([link, (await gateway.send('GET', link)).status]).toEqual([link, 200]);
  });

  it('serves the document, the keys and the metrics', async () => {
    expect((await gateway.call('getOpenapi', {})).body.openapi).toBe('3.1.0');
    expect((await gateway.call('getJwks', {})).body.keys).toHaveLength(1);
    const metrics = await gateway.send('GET', '/metrics');
    expect(metrics.text).toContain('playgate_http_request_duration_seconds_bucket{operation="getJwks",status="200"');
    expect(metrics.text).toContain('playgate_starts_total{outcome="play",reason="none"');
    expect(metrics.text).toContain('playgate_ledger_call_duration_seconds_count{call="open"');
  });

  it('is ready', async () => {
    const { body } = await gateway.call('getReadiness', {});
    expect(body).toEqual({ checks: { redis: 'ok', database: 'ok', clock: 'ok' }, store: 'memory' });
  });
});

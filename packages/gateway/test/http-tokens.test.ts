// Who a session token speaks for, until when, and what a key sees of its own world only.
import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deriveKey } from '../src/store/sql/secrets.ts';
import { createWorld, GAME_ID, type World } from './support/request-samples.ts';
import { testSecrets } from './support/secrets.ts';
import { ADMIN_TOKEN, TestGateway } from './support/test-gateway.ts';

let gateway: TestGateway;
let world: World;

beforeAll(async () => {
  gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  world = await createWorld(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const beat = (token: string, sessionId = world.ids.sessionId) =>
  gateway.send('POST', `/v1/sessions/${sessionId}/heartbeats`, { token, body: { seq: 1, state: 'active' } });

it('refuses forged session tokens', async () => {
  const [header, payload, signature] = world.credentials.session.split('.') as [string, string, string];
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const none = encode({ alg: 'none', typ: 'session+jwt' });
  const guessed = createHmac('sha256', 'secret').update(`${header}.${payload}`).digest('base64url');
  const other = encode({ ...claims, mode: 'live' });
  const forged = [
    `${none}.${payload}.`,
    `${header}.${payload}.${guessed}`,
    `${header}.${other}.${signature}`,
    world.ageToken,
  ];
  for (const token of forged) expect((await beat(token)).status).toBe(401);
  expect((await beat(world.credentials.session)).status).toBe(200);
});

it('refuses a session token with the right key and the wrong type, and one that has expired in its world', async () => {
  const [master] = testSecrets().masterKeys;
  const key = deriveKey(master!.key, 'session-token');
  const payload = JSON.parse(Buffer.from(world.credentials.session.split('.')[1]!, 'base64url').toString());
  const sign = (typ: string) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'HS256', typ, kid: master!.id }).sign(key);
  expect((await beat(await sign('session+jwt'))).status).toBe(200);
  expect((await beat(await sign('receipt+jwt'))).status).toBe(401);
  const moved = await createWorld(gateway);
  const token = moved.tenant.secretKey;
  await gateway.call('advanceSandboxClock', { token, body: { ms: 5 * 86_400_000 } });
  const late = await beat(moved.credentials.session, moved.ids.sessionId);
  expect([late.status, late.body]).toMatchObject([401, { code: 'unauthenticated' }]);
  expect((await beat(world.credentials.session)).status).toBe(200);
});

it('refuses a key from the moment it is revoked', async () => {
  const { providerId } = world.tenant;
  const request = { token: ADMIN_TOKEN, params: { providerId }, body: { kind: 'secret', mode: 'test' } } as const;
  const { keyId, key } = (await gateway.call('issueKey', request)).body;
  expect((await gateway.send('GET', '/v1/games', { token: key })).status).toBe(200);
  const revoked = await gateway.call('revokeKey', { token: ADMIN_TOKEN, params: { keyId } });
  expect([revoked.status, revoked.text]).toEqual([204, '']);
  expect((await gateway.send('GET', '/v1/games', { token: key })).status).toBe(401);
});

it('keeps test and live apart, and lets no live key move a clock', async () => {
  const { providerId } = world.tenant;
  const request = { token: ADMIN_TOKEN, params: { providerId }, body: { kind: 'secret', mode: 'live' } } as const;
  const { key } = (await gateway.call('issueKey', request)).body;
  expect((await gateway.call('listGames', { token: key })).body.games).toEqual([]);
  const { ageToken } = world;
  const opened = await gateway.send('POST', '/v1/sessions', { token: key, body: { ageToken, gameId: GAME_ID } });
  expect(opened.status).toBe(404);
  for (const [method, path, body] of [
    ['GET', '/v1/sandbox/clock', undefined],
    ['PUT', '/v1/sandbox/clock', { now: '2026-10-14T10:00:00Z' }],
    ['POST', '/v1/sandbox/clock/advance', { ms: 1 }],
    ['DELETE', '/v1/sandbox/clock', undefined],
  ] as const) {
    const answer = await gateway.send(method, path, { token: key, body });
    expect([answer.status, answer.body]).toMatchObject([403, { code: 'forbidden' }]);
  }
});

it('gives another tenant no sight of games, players or sessions', async () => {
  const other = await createWorld(gateway);
  const token = other.tenant.secretKey;
  const { sessionId } = world.ids;
  const body = { beats: [{ sessionId, seq: 9, state: 'active' }] } as const;
  const { results } = (await gateway.call('recordHeartbeats', { token, body })).body;
  expect(results).toEqual([{ sessionId, code: 'not_found' }]);
  const start = { ageToken: world.ageToken, gameId: GAME_ID };
  expect((await gateway.send('POST', '/v1/sessions', { token, body: start })).status).toBe(401);
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ManualClock, TestGateway } from './support/test-gateway.ts';

/** 20:00 in Vietnam. */
const NOW = Date.UTC(2026, 10, 21, 13);
const MINUTE_MS = 60_000;

let dataDir: string;
let clock: ManualClock;
let gateway: TestGateway;
let demo: { readonly providerId: string; readonly secretKey: string; readonly publishableKey: string };

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'playgate-demo-'));
  clock = new ManualClock(NOW);
  gateway = await TestGateway.start({ clock, env: { PLAYGATE_DEMO: 'on', PLAYGATE_DATA_DIR: dataDir } });
  demo = JSON.parse(readFileSync(path.join(dataDir, 'demo.json'), 'utf8'));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  clock.set(NOW);
  await setClock({ real: true });
});

const setClock = (body: unknown) => gateway.send('POST', '/demo/api/clock', { body });
const at = (instant: number, mode: string) => ({ now: new Date(instant).toISOString(), mode });

test('the state tells the page what it needs, and no secret', async () => {
  const { body, status, text } = await gateway.send('GET', '/demo/api/state');
  expect(status).toBe(200);
  expect(body).toMatchObject({ ...at(NOW, 'real'), zone: 'Asia/Ho_Chi_Minh', publishableKey: demo.publishableKey });
  const { players } = body as { players: { playerRef: string; outcome: string; ageBand: string }[] };
  expect(players.map(({ ageBand, outcome, playerRef }) => [playerRef, ageBand, outcome])).toEqual([
    ['bao-11', 'under_12', 'verified'],
    ['an-15', '12_15', 'verified'],
    ['linh-17', '16_17', 'verified'],
    ['hung-30', 'adult', 'verified'],
    ['minh-15', '12_15', 'guardian_required'],
  ]);
  expect(text).not.toContain(demo.secretKey);
  expect(text).not.toContain('+849');
  expect(text).not.toContain('birth');
});

test('an age token of a demo player opens a session and is counted', async () => {
  const { body } = await gateway.send('POST', '/demo/api/age-token', { body: { playerRef: 'linh-17' } });
  const { ageToken } = body as { ageToken: string };
  const opened = await gateway.call('openSession', {
    token: demo.publishableKey,
    body: { ageToken, gameId: 'dua-thuyen-rong' },
  });
  expect(opened.body).toMatchObject({ verdict: 'play', remainingMs: 60 * MINUTE_MS });
  const { sessionId, sessionToken } = opened.body as { sessionId: string; sessionToken: string };
  await setClock({ advanceMs: 30_000 });
  const beat = { token: sessionToken, params: { sessionId }, body: { seq: 1, state: 'active' as const } };
  await gateway.call('recordHeartbeat', beat);
  const playtime = await gateway.send('GET', '/demo/api/playtime?playerRef=linh-17');
  expect(playtime.body).toMatchObject({ totalMs: 30_000, games: [{ gameId: 'dua-thuyen-rong', usedMs: 30_000 }] });
});

test('a moved clock runs on only while it is asked to, and not through a silence', async () => {
  expect((await setClock({ run: true })).body).toEqual(at(NOW, 'real'));
  expect((await setClock({ advanceMs: 10 * MINUTE_MS })).body).toEqual(at(NOW + 10 * MINUTE_MS, 'running'));
  clock.advance(1_000);
  expect((await gateway.send('GET', '/demo/api/state')).body).toMatchObject(at(NOW + 10 * MINUTE_MS, 'running'));
  const moved = NOW + 10 * MINUTE_MS + 1_000;
  expect((await setClock({ run: true })).body).toEqual(at(moved, 'running'));
  clock.advance(3_600_000);
  expect((await setClock({ run: true })).body).toEqual(at(moved, 'running'));
  clock.advance(2_000);
  expect((await setClock({ run: true })).body).toEqual(at(moved + 2_000, 'running'));
  expect((await setClock({ real: true })).body).toEqual(at(clock.now(), 'real'));
});

test('a clock that a key froze is left standing', async () => {
  const frozen = Date.UTC(2027, 0, 1);
  const now = new Date(frozen).toISOString();
  await gateway.call('freezeSandboxClock', { token: demo.secretKey, body: { now } });
  clock.advance(1_000);
  expect((await setClock({ run: true })).body).toEqual(at(frozen, 'frozen'));
});

test('a time of day is the next one that comes, in Vietnam', async () => {
  expect((await setClock({ at: '23:55' })).body).toEqual(at(Date.UTC(2026, 10, 21, 16, 55), 'running'));
  expect((await setClock({ at: '23:55' })).body).toEqual(at(Date.UTC(2026, 10, 22, 16, 55), 'running'));
});

test('only the world of the demo is touched', async () => {
  const other = await gateway.createTenant();
  await setClock({ advanceMs: 60 * MINUTE_MS });
  const { body } = await gateway.call('getSandboxClock', { token: other.secretKey });
  expect(body).toEqual({ frozen: false, now: new Date(NOW).toISOString() });
});

test.each([
  ['a step back', 'POST', '/demo/api/clock', { advanceMs: -1 }, 400, 'invalid_request'],
  ['two orders at once', 'POST', '/demo/api/clock', { advanceMs: 1, real: true }, 400, 'invalid_request'],
  ['a time that no clock shows', 'POST', '/demo/api/clock', { at: '24:00' }, 400, 'invalid_request'],
  ['an order that is none', 'POST', '/demo/api/clock', { real: false }, 400, 'invalid_request'],
  ['half a document', 'POST', '/demo/api/clock', '{', 400, 'invalid_request'],
  ['a stranger', 'POST', '/demo/api/age-token', { playerRef: 'nobody' }, 404, 'not_found'],
  [
    'an age of choice',
    'POST',
    '/demo/api/age-token',
    { playerRef: 'an-15', birthDate: '1990-01-01' },
    400,
    'invalid_request',
  ],
  ['a flood', 'POST', '/demo/api/age-token', 'x'.repeat(5_000), 413, 'payload_too_large'],
  ['no player', 'GET', '/demo/api/playtime', undefined, 400, 'invalid_request'],
  ['another path', 'GET', '/demo/api/elsewhere', undefined, 404, 'not_found'],
] as const)('%s is a problem', async (_name, method, url, body, status, code) => {
  const answer = await gateway.send(method, url, { body });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body).toMatchObject({ status, code });
});

test('the page loads nothing but itself', async () => {
  const { headers } = await gateway.send('GET', '/demo/icon.svg');
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';script-src 'self'/);
});

test('a form of another origin changes nothing', async () => {
  const headers = { 'content-type': 'text/plain' };
  const answer = await gateway.send('POST', '/demo/api/clock', { headers, body: '{"advanceMs":1}' });
  expect(answer.status).toBe(415);
  expect((await gateway.send('GET', '/demo/api/state')).body).toMatchObject(at(NOW, 'real'));
});

test('without the demo there is no page and no file', async () => {
  await using plain = await TestGateway.start({ clock, env: { PLAYGATE_DEMO: 'off', PLAYGATE_DATA_DIR: dataDir } });
  for (const url of ['/demo', '/demo/app.js', '/demo/api/state']) {
    expect((await plain.send('GET', url)).status).toBe(404);
  }
});

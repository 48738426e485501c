// A heartbeat takes a way of its own past the application. Both ways answer alike: the header that says how the body is encoded
// decides between them here.
import { HEADERS } from '@playgate/contract';
import express from 'express';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHILD, createWorld, GAME_ID, type World } from './support/request-samples.ts';
import { ManualClock, TestGateway } from './support/test-gateway.ts';

const application = vi.spyOn(express.application as unknown as { handle(): void }, 'handle');
const LANE = 'application/json';
const APPLICATION = 'application/json; charset=utf-8';
const STARTS_AT = Date.parse('2026-10-14T03:00:00.000Z');
const HEARTBEATS_A_MINUTE = 8;

let gateway: TestGateway;
let world: World;
beforeAll(async () => {
  const env = { PLAYGATE_LOG_LEVEL: 'silent', PLAYGATE_RATE_HEARTBEATS: String(HEARTBEATS_A_MINUTE) };
  gateway = await TestGateway.start({ clock: new ManualClock(STARTS_AT), env });
  world = await createWorld(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());
const running: Opened[] = [];
afterEach(async () => {
  for (const { sessionId } of running.splice(0)) {
    const params = { sessionId };
    await gateway.call('closeSession', { token: world.tenant.secretKey, params, body: { reason: 'quit' } });
  }
});

interface Opened {
  readonly sessionId: string;
  readonly sessionToken: string;
}

async function openSession(): Promise<Opened> {
  const { tenant } = world;
  const verified = await gateway.call('createAgeVerification', { token: tenant.secretKey, body: CHILD });
  const body = { ageToken: verified.body.ageToken!, gameId: GAME_ID };
  const { body: opened } = await gateway.call('openSession', { token: tenant.publishableKey, body });
  if (opened.verdict !== 'play') throw new Error(JSON.stringify(opened));
  running.push(opened);
  // The token is verified by the application once.
  await beat(opened, APPLICATION, '{"seq":1,"state":"active"}');
  return opened;
}

async function beat(opened: Opened, contentType: string, body: string, ofSession = opened.sessionId) {
  const headers = {
    authorization: `Bearer ${opened.sessionToken}`,
    'content-type': contentType,
    [HEADERS.requestId]: 'of-the-test',
  };
  const response = await fetch(`${gateway.baseUrl}/v1/sessions/${ofSession}/heartbeats`, {
    method: 'POST',
    headers,
    body,
  });
  const told = Object.fromEntries(response.headers);
  delete told.date;
  return { status: response.status, headers: told, body: await response.json() };
}

/** Without the seconds until the quota is whole again: one may pass between two requests. */
function untimed({ headers, ...answer }: Awaited<ReturnType<typeof beat>>) {
  const { 'retry-after': _, ratelimit = '', ...others } = headers;
  return { ...answer, headers: { ...others, ratelimit: ratelimit.replace(/t=\d+/, 't') } };
}

/** How often the application was asked meanwhile. */
async function asked<Value>(work: () => Promise<Value>) {
  application.mockClear();
  const value = await work();
  return { value, times: application.mock.calls.length };
}

describe('a heartbeat', () => {
  it('is answered alike on both ways, and by the application on one', async () => {
    const opened = await openSession();
    const short = await asked(() => beat(opened, LANE, '{"seq":2,"state":"active"}'));
    const long = await asked(() => beat(opened, APPLICATION, '{"seq":2,"state":"active"}'));
    expect([short.times, long.times]).toEqual([0, 1]);
    expect(short.value).toEqual(long.value);
    expect(short.value).toMatchObject({ status: 200, body: { verdict: 'continue', seq: 2 } });
  });

  it.each([
    ['no JSON', '{"seq":'],
    ['no object', '7'],
    ['a field too much', '{"seq":2,"state":"active","birthDate":"2010-01-01"}'],
    ['no state', '{"seq":2}'],
    ['a state that is none', '{"seq":2,"state":"flying"}'],
    ['no number', '{"seq":-2,"state":"active"}'],
    ['nothing', ''],
    ['more than a heartbeat needs', JSON.stringify({ seq: 2, state: 'active', receipt: 'x'.repeat(4_000) })],
  ])('with %s is refused alike', async (_what, body) => {
    const opened = await openSession();
    const short = await beat(opened, LANE, body);
    expect(short).toEqual(await beat(opened, APPLICATION, body));
    expect(short.status).toBe(400);
    expect(short.headers['content-type']).toBe('application/problem+json');
    expect(short.body).toMatchObject({ code: 'invalid_request', requestId: 'of-the-test' });
  });

  it.each([
    ['of another session', (opened: Opened, other: Opened) => [opened, other.sessionId] as const, 404],
    ['of no session', (opened: Opened) => [opened, 'ses_000nope'] as const, 404],
    [
      'with a token that is cut',
      (opened: Opened) => [{ ...opened, sessionToken: opened.sessionToken.slice(1) }, opened.sessionId] as const,
      401,
    ],
  ])('%s is refused alike', async (_what, ask, status) => {
    const [opened, other] = [await openSession(), await openSession()];
    const body = '{"seq":2,"state":"active"}';
    const [by, sessionId] = ask(opened, other);
    const short = await beat(by, LANE, body, sessionId);
    expect(short).toEqual(await beat(by, APPLICATION, body, sessionId));
    expect(short.status).toBe(status);
  });

  it('counts towards one quota, and is told of it alike', async () => {
    const opened = await openSession();
    let seq = 1;
    const next = (contentType: string) => {
      seq += 1;
      return beat(opened, contentType, JSON.stringify({ seq, state: 'active' }));
    };
    for (let count = 2; count < HEARTBEATS_A_MINUTE; count += 1) await next(LANE);
    const last = await next(LANE);
    expect(last.status).toBe(200);
    expect(last.headers.ratelimit).toMatch(/;r=0;/);
    const refused = await next(LANE);
    expect(untimed(refused)).toEqual(untimed(await next(APPLICATION)));
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(refused.headers).toHaveProperty('retry-after');
  });
});

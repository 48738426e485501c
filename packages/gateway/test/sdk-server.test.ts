// The server side of the SDK against a real gateway.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createPlaygateServer, GatewayError, verifyWebhook, WebhookVerificationError } from '@playgate/sdk/server';
import express from 'express';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHILD, FREE_RULES, GUARDIAN } from './support/request-samples.ts';
import { TestGateway } from './support/test-gateway.ts';
import { WebhookReceiver } from './support/webhook-receiver.ts';

let gateway: TestGateway;
let playgate: ReturnType<typeof createPlaygateServer>;
let secretKey: string;
beforeAll(async () => {
  gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  ({ secretKey } = await gateway.createTenant());
  await gateway.call('freezeSandboxClock', { token: secretKey, body: { now: '2026-10-14T03:00:00.000Z' } });
  const options = { gatewayUrl: gateway.baseUrl, secretKey };
  playgate = createPlaygateServer({ ...options, beats: { groupEveryMs: 50 }, mayPlay: { cachedMs: 0 } });
  await playgate.games.create({ gameId: 'star', title: 'Star', class: 'G1', rating: '00+' });
});
afterAll(async () => {
  playgate.beats.stop();
  await gateway[Symbol.asyncDispose]();
});

let players = 0;
async function startChild() {
  players += 1;
  const { ageToken, playerId } = await playgate.ages.verify({ ...CHILD, playerRef: `child ${players}` });
  const opened = await playgate.sessions.open({ ageToken, gameId: 'star' });
  if (opened.verdict !== 'play') throw new Error(opened.reason);
  const { sessionId, sessionToken: token } = opened;
  /** As the player's own client does it. */
  const beat = (seq: number) =>
    gateway.call('recordHeartbeat', { token, params: { sessionId }, body: { seq, state: 'active' } });
  const stop = async () => {
    await pause(playerId);
    await beat(2);
  };
  return { playerId, ageToken, sessionId, token, beat, stop };
}

const pause = (playerId: string) => playgate.guardians.setRules(playerId, { ...FREE_RULES, pause: { untilAt: null } });

describe('operations', () => {
  it('games, ages, sessions, playtime', async () => {
    expect(await playgate.games.list()).toMatchObject([{ gameId: 'star' }]);
    const { playerId, sessionId } = await startChild();
    expect(await playgate.sessions.close(sessionId, { reason: 'quit' })).toMatchObject({ reason: 'quit' });
    expect(await playgate.players.playtime(playerId)).toMatchObject({ playerId, date: '2026-10-14', totalMs: 0 });
    expect(await playgate.players.statement(playerId)).toMatchObject({ date: '2026-10-14' });
  });

  it('the same key is the same session', async () => {
    const { ageToken } = await startChild();
    const open = () => playgate.sessions.open({ ageToken, gameId: 'star' }, { idempotencyKey: `start-${players}` });
    const [one, two] = [await open(), await open()];
    expect(two).toEqual(one);
  });

  it('guardians, rules, links, erasure', async () => {
    const { playerId } = await startChild();
    await playgate.guardians.register(playerId, GUARDIAN);
    expect(await playgate.guardians.find(playerId)).toMatchObject({ guardian: { relationship: 'parent' } });
    const { linkId } = await playgate.guardians.createLink(playerId);
    await playgate.guardians.revokeLink(playerId, linkId);
    expect(await playgate.guardians.setRules(playerId, { ...FREE_RULES, dayLimitMs: 60_000 })).toMatchObject({
      rules: { dayLimitMs: 60_000 },
    });
    expect(await playgate.guardians.rules(playerId)).toMatchObject({ version: 1 });
    await playgate.guardians.revoke(playerId);
    await playgate.players.erase(playerId);
    await expect(playgate.players.playtime(playerId)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('corrections', async () => {
    const { playerId } = await startChild();
    const entry = { date: '2026-10-14', gameId: 'star', deltaMs: 60_000, reason: 'played offline' };
    const made = await playgate.corrections.create(playerId, entry);
    expect(await playgate.corrections.list(playerId)).toMatchObject({
      corrections: [{ correctionId: made.correctionId }],
    });
  });

  it('errors name the request', async () => {
    const error = await playgate.players.playtime('ply_nobody').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ status: 404, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });
});

it('beats for its sessions until they end', async () => {
  const { playerId, sessionId } = await startChild();
  await pause(playerId);
  const ended = new Promise((resolve) => void playgate.beats.on('end', resolve));
  playgate.beats.add(sessionId);
  expect(await ended).toEqual({
    sessionId,
    reason: 'guardian_pause',
    closeReason: 'guardian_pause',
    isPredicted: false,
  });
});

describe('whether a player may act', () => {
  it('is read without counting', async () => {
    const { playerId, sessionId, beat } = await startChild();
    expect(await playgate.mayPlay(sessionId)).toMatchObject({ mayPlay: true, source: 'gateway' });
    await pause(playerId);
    await beat(2);
    expect(await playgate.mayPlay(sessionId)).toMatchObject({ mayPlay: false, reason: 'guardian_pause' });
    expect(await playgate.mayPlay('ses_nobody')).toMatchObject({ mayPlay: false, reason: 'unknown_session' });
    expect(await playgate.players.playtime(playerId)).toMatchObject({ totalMs: 0 });
  });

  it('leaves the first beat of the client to the client', async () => {
    const { playerId, sessionId, token } = await startChild();
    const pass = (ms: number) => gateway.call('advanceSandboxClock', { token: secretKey, body: { ms } });
    const paused = (seq: number) =>
      gateway.call('recordHeartbeat', { token, params: { sessionId }, body: { seq, state: 'paused' } });
    await pass(5_000);
    expect(await playgate.mayPlay(sessionId)).toMatchObject({ mayPlay: true, source: 'gateway' });
    await pass(1_000);
    await paused(1);
    await pass(29_000);
    await paused(2);
    expect(await playgate.players.playtime(playerId)).toMatchObject({ totalMs: 6_000 });
  });

  it('stands before handlers of the Fetch API', async () => {
    const { sessionId, stop } = await startChild();
    const guard = playgate.guard((request) => new URL(request.url).searchParams.get('session'));
    const request = new Request(`https://game.example/move?session=${sessionId}`);
    expect(await guard(request)).toBeNull();
    await stop();
    const refused = await guard(request);
    expect(refused?.status).toBe(403);
    expect(await refused?.json()).toEqual({ code: 'play_ended', reason: 'guardian_pause' });
    expect((await guard(new Request('https://game.example/move')))?.status).toBe(403);
  });

  it('stands before handlers of Express', async () => {
    const { sessionId, stop } = await startChild();
    const app = express();
    app.use(playgate.express((request: express.Request) => request.get('x-session')));
    app.get('/move', (_request, response) => void response.json({ moved: true }));
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const move = () =>
      fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/move`, { headers: { 'x-session': sessionId } });
    expect(await (await move()).json()).toEqual({ moved: true });
    await stop();
    const refused = await move();
    expect([refused.status, await refused.json()]).toEqual([403, { code: 'play_ended', reason: 'guardian_pause' }]);
    server.close();
  });

  it('is unknown while the gateway is away', async () => {
    const away = createPlaygateServer({ gatewayUrl: 'http://127.0.0.1:9', secretKey: 'sk_test_x', attemptsMax: 1 });
    const refused = await away.guard(() => 'ses_any')(new Request('https://game.example/'));
    expect([refused?.status, refused?.headers.get('retry-after')]).toEqual([503, '5']);
  });
});

describe('webhooks', () => {
  it('arrive, and are verified', async () => {
    await using receiver = await WebhookReceiver.start();
    const { endpointId, secret } = await playgate.webhooks.createEndpoint({ endpointUrl: receiver.url });
    const { sessionId } = await startChild();
    await playgate.sessions.close(sessionId, { reason: 'quit' });
    const ends = () =>
      receiver.received.filter(({ body }) => body.includes('sessionEnded') && body.includes(sessionId));
    while (ends().length === 0) await receiver.until(receiver.received.length + 1);
    const [got] = ends();
    const { event, eventId } = await playgate.webhooks.verify(got!.body, got!.headers, secret);
    expect(event).toMatchObject({ type: 'sessionEnded', data: { sessionId, reason: 'session_closed' } });
    expect(eventId).toMatch(/^evt_/);
    const replaced = await playgate.webhooks.replaceSecret(endpointId);
    expect(await playgate.webhooks.sendTest(endpointId)).toMatchObject({ delivered: true });
    const test = receiver.received.find(({ body }) => body.includes('"type":"test"'));
    for (const each of [secret, replaced.secret]) {
      expect((await verifyWebhook(test!.body, test!.headers, each)).event.type).toBe('test');
    }
    expect(await playgate.webhooks.listEndpoints()).toMatchObject([{ endpointId, disabledAt: null }]);
    await playgate.webhooks.deleteEndpoint(endpointId);
    expect(await playgate.webhooks.listEndpoints()).toEqual([]);
  });

  const SECRET = 'whsec_C2FtcGxlIHNlY3JldCBvZiAzMiBieXRlcyEhISEhISE=';
  const BODY = '{"type":"test","data":{}}';
  const sign = (at: Date, body = BODY) => ({
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign('evt_1', at, body),
  });

  it('are what the library of the standard signs', async () => {
    const headers = sign(new Date());
    expect((await verifyWebhook(BODY, headers, SECRET)).eventId).toBe('evt_1');
    expect((await verifyWebhook(Buffer.from(BODY), new Headers(headers), [SECRET])).eventId).toBe('evt_1');
    const several = { ...headers, 'webhook-signature': `v1a,AAAA v1,AAAA ${headers['webhook-signature']}` };
    expect((await verifyWebhook(BODY, several, SECRET)).eventId).toBe('evt_1');
  });

  it.each([
    ['another body', 'bad_signature', () => sign(new Date(), '{}')],
    ['an old one', 'bad_timestamp', () => sign(new Date(Date.now() - 301_000))],
    ['one of tomorrow', 'bad_timestamp', () => sign(new Date(Date.now() + 301_000))],
    ['another id', 'bad_signature', () => ({ ...sign(new Date()), 'webhook-id': 'evt_2' })],
    ['no signature', 'missing_header', () => ({ ...sign(new Date()), 'webhook-signature': '' })],
    ['an empty signature', 'bad_signature', () => ({ ...sign(new Date()), 'webhook-signature': 'v1,' })],
    ['a time that is none', 'bad_timestamp', () => ({ ...sign(new Date()), 'webhook-timestamp': 'NaN' })],
  ] as const)('%s is refused', async (_, code, headers) => {
    const error = await verifyWebhook(BODY, headers(), SECRET).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WebhookVerificationError);
    expect(error).toMatchObject({ code });
  });

  it('that are signed and no event are refused', async () => {
    await expect(verifyWebhook('[]', sign(new Date(), '[]'), SECRET)).rejects.toMatchObject({ code: 'bad_body' });
    await expect(verifyWebhook(BODY, sign(new Date()), 'secret')).rejects.toThrow(TypeError);
  });
});

// Webhooks, end to end: what is told, to whom, how it is signed, and what becomes of it when nobody takes it.
import { type WebhookEvent, webhookEvent } from '@playgate/contract';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SqlWebhookOutbox } from '../src/store/sql/sql-webhook-outbox.ts';
import {
  DELIVERY_KEPT_MS,
  DISABLE_AFTER_MS,
  GIVE_UP_AFTER_MS,
  RETRY_FIRST_MS,
  SECRET_OVERLAP_MS,
} from '../src/webhooks/retry-schedule.ts';
import { CLAIM_MS } from '../src/webhooks/webhook-sender.ts';
import { dumpDatabase } from './support/dump-database.ts';
import { CHILD, createWorld, GAME_ID, GUARDIAN, WORLD_STARTS_AT, type World } from './support/request-samples.ts';
import { testSecrets } from './support/secrets.ts';
import { ManualClock, TestGateway } from './support/test-gateway.ts';
import { WebhookReceiver } from './support/webhook-receiver.ts';

const MINUTE_MS = 60_000;
/** For what the gateway does by itself twice a second, on a busy machine. */
const WAIT_MS = 10_000;

const clock = new ManualClock(Date.parse(WORLD_STARTS_AT));
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ clock, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function subscribe({ credentials }: World, endpointUrl: string, eventTypes?: readonly WebhookType[]) {
  const body = { endpointUrl, ...(eventTypes && { eventTypes }) };
  return (await gateway.call('createWebhookEndpoint', { token: credentials.secret, body })).body;
}
type WebhookType = 'limitReached' | 'sessionEnded' | 'statusChanged';

const eventOf = ({ body }: { readonly body: string }): WebhookEvent => webhookEvent.parse(JSON.parse(body));

/** As the library of the standard checks it, but for its clock. */
function verify(secret: string, { headers, body }: { headers: Record<string, unknown>; body: string }): boolean {
  const [id, seconds] = [String(headers['webhook-id']), Number(headers['webhook-timestamp'])];
  const expected = new Webhook(secret).sign(id, new Date(seconds * 1000), body);
  return String(headers['webhook-signature']).split(' ').includes(expected);
}

const close = ({ credentials, ids }: World) =>
  gateway.call('closeSession', {
    token: credentials.secret,
    params: { sessionId: ids.sessionId },
    body: { reason: 'quit' },
  });

const deliveriesOf = async ({ credentials }: World, endpointId: string) =>
  (await gateway.call('listWebhookDeliveries', { token: credentials.secret, params: { endpointId } })).body.deliveries;

/** An attempt is over once the claim on its delivery is gone; the clock stands still meanwhile. */
const settledOf = (world: World, endpointId: string, attempts: number) =>
  vi.waitFor(async () => {
    const [delivery] = await deliveriesOf(world, endpointId);
    const claimedUntilAt = new Date(clock.now() + CLAIM_MS).toISOString();
    if (delivery?.attempts !== attempts || delivery.nextAttemptAt === claimedUntilAt) throw new Error('under way');
    return delivery;
  }, WAIT_MS);

const endpointOf = async ({ credentials }: World, endpointId: string) =>
  (await gateway.call('listWebhookEndpoints', { token: credentials.secret })).body.endpoints.find(
    (endpoint) => endpoint.endpointId === endpointId,
  );

describe('what is told', () => {
  it('the end of a session, signed, once', async () => {
    await using receiver = await WebhookReceiver.start();
    const world = await createWorld(gateway);
    const { endpointId, secret } = await subscribe(world, receiver.url, ['sessionEnded']);
    await close(world);
    await receiver.until(1);
    const [got] = receiver.received;
    expect(eventOf(got!)).toEqual({
      type: 'sessionEnded',
      timestamp: WORLD_STARTS_AT,
      mode: 'test',
      data: {
        sessionId: world.ids.sessionId,
        playerId: world.ids.playerId,
        gameId: GAME_ID,
        agentId: null,
        stationId: null,
        reason: 'session_closed',
        endedAt: WORLD_STARTS_AT,
        used: { gameMs: 0, providerMs: 0 },
      },
    });
    expect(verify(secret, got!)).toBe(true);
    expect(verify(secret, { ...got!, body: `${got!.body} ` })).toBe(false);
    await vi.waitFor(async () => {
      expect(await deliveriesOf(world, endpointId)).toMatchObject([
        { state: 'delivered', attempts: 1, statusCode: 204 },
      ]);
    });
    expect(receiver.received).toHaveLength(1);
  });

  it('a limit that was reached, before the end it brings', async () => {
    await using receiver = await WebhookReceiver.start();
    const world = await createWorld(gateway);
    await subscribe(world, receiver.url, ['limitReached']);
    const { secret } = world.credentials;
    const child = { ...CHILD, playerRef: 'one who plays all day' } as const;
    const { ageToken, playerId } = (await gateway.call('createAgeVerification', { token: secret, body: child })).body;
    const { body: opened } = await gateway.call('openSession', { token: secret, body: { ageToken, gameId: GAME_ID } });
    if (opened.verdict !== 'play') throw new Error(opened.reason);
    const { sessionId, sessionToken: session } = opened;
    for (let minute = 0, verdict = ''; verdict !== 'end'; minute++) {
      const now = new Date(Date.parse(WORLD_STARTS_AT) + minute * MINUTE_MS).toISOString();
      await gateway.call('freezeSandboxClock', { token: secret, body: { now } });
      const beat = { token: session, params: { sessionId }, body: { seq: minute + 1, state: 'active' } } as const;
      ({ verdict } = (await gateway.call('recordHeartbeat', beat)).body);
    }
    await receiver.until(1);
    expect(eventOf(receiver.received[0]!)).toMatchObject({
      type: 'limitReached',
      data: { sessionId, playerId, gameId: GAME_ID, scope: 'game', limitMs: 60 * MINUTE_MS },
    });
  });

  it('a guardian who comes and goes, and a birthday once it shows', async () => {
    await using receiver = await WebhookReceiver.start();
    const world = await createWorld(gateway);
    await subscribe(world, receiver.url, ['statusChanged']);
    const token = world.credentials.secret;
    const child = { ...CHILD, playerRef: 'teen', birthDate: '2010-11-14' } as const;
    const { body: verified } = await gateway.call('createAgeVerification', { token, body: child });
    const { playerId } = verified;
    await receiver.until(1);
    const young = { ageBand: '12_15', hasGuardian: false } as const;
    expect(eventOf(receiver.received[0]!)).toMatchObject({
      type: 'statusChanged',
      data: { playerId, ...young, previous: null },
    });
    await gateway.call('registerGuardian', { token, params: { playerId }, body: GUARDIAN });
    await receiver.until(2);
    const guarded = { ageBand: '12_15', hasGuardian: true } as const;
    expect(eventOf(receiver.received[1]!)).toMatchObject({ data: { playerId, ...guarded, previous: young } });
    // The same again changes nothing.
    await gateway.call('registerGuardian', { token, params: { playerId }, body: GUARDIAN });
    await gateway.call('freezeSandboxClock', { token, body: { now: '2026-11-14T03:00:00.000Z' } });
    const { body: again } = await gateway.call('createAgeVerification', {
      token,
      body: { ...child, playerRef: 'teen' },
    });
    await gateway.call('openSession', { token, body: { ageToken: again.ageToken, gameId: GAME_ID } });
    await receiver.until(3);
    expect(eventOf(receiver.received[2]!)).toMatchObject({
      data: { playerId, ageBand: '16_17', hasGuardian: true, previous: guarded },
    });
  });

  it('nothing of before, of other worlds, or of other types', async () => {
    await using receiver = await WebhookReceiver.start();
    const [world, neighbour] = [await createWorld(gateway), await createWorld(gateway)];
    await close(world);
    await gateway.call('getDailyReport', {
      token: world.credentials.secret,
      query: { from: '2026-10-14', to: '2026-10-14', groupBy: 'game' },
    });
    const { endpointId } = await subscribe(world, receiver.url, ['sessionEnded']);
    await close(neighbour);
    const { body: opened } = await gateway.call('openSession', {
      token: world.credentials.secret,
      body: { ageToken: world.ageToken, gameId: GAME_ID },
    });
    if (opened.verdict !== 'play') throw new Error(opened.reason);
    const params = { sessionId: opened.sessionId };
    await gateway.call('closeSession', { token: world.credentials.secret, params, body: { reason: 'quit' } });
    await receiver.until(1);
    expect(eventOf(receiver.received[0]!)).toMatchObject({ data: { sessionId: opened.sessionId } });
    expect(await deliveriesOf(world, endpointId)).toHaveLength(1);
  });
});

describe('when nobody takes it', () => {
  it('is tried again with the same id, later each time, and given up after a day', async () => {
    await using receiver = await WebhookReceiver.start();
    receiver.status = 500;
    const world = await createWorld(gateway);
    const { endpointId } = await subscribe(world, receiver.url, ['sessionEnded']);
    await close(world);
    await receiver.until(1);
    await settledOf(world, endpointId, 1);
    clock.advance(RETRY_FIRST_MS * 1.1);
    await receiver.until(2);
    const [first, second] = receiver.received;
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(second!.body).toBe(first!.body);
    expect(Number(second!.headers['webhook-timestamp'])).toBeGreaterThan(Number(first!.headers['webhook-timestamp']));
    let delivery = await settledOf(world, endpointId, 2);
    for (let attempts = 3; delivery.nextAttemptAt !== null; attempts++) {
      clock.set(Date.parse(delivery.nextAttemptAt));
      delivery = await settledOf(world, endpointId, attempts);
    }
    expect(delivery).toMatchObject({ state: 'failed', statusCode: 500, fault: 'refused' });
    const triedForMs = clock.now() - Date.parse(delivery.createdAt);
    expect(triedForMs).toBeLessThanOrEqual(GIVE_UP_AFTER_MS);
    expect(triedForMs).toBeGreaterThan(GIVE_UP_AFTER_MS / 2);
    expect(await endpointOf(world, endpointId)).toMatchObject({ disabledAt: null, failingSinceAt: expect.any(String) });
  });

  it('disables an endpoint that took nothing for days; a test event that it takes puts it back', async () => {
    await using receiver = await WebhookReceiver.start();
    receiver.status = 503;
    const world = await createWorld(gateway);
    const { endpointId } = await subscribe(world, receiver.url, ['sessionEnded']);
    await close(world);
    await settledOf(world, endpointId, 1);
    clock.advance(DISABLE_AFTER_MS);
    await vi.waitFor(async () => {
      expect(await endpointOf(world, endpointId)).toMatchObject({ disabledReason: 'failing' });
    }, WAIT_MS);
    const test = { token: world.credentials.secret, params: { endpointId } };
    expect((await gateway.call('createWebhookTest', test)).body).toMatchObject({ delivered: false, statusCode: 503 });
    receiver.status = 200;
    expect((await gateway.call('createWebhookTest', test)).body).toMatchObject({ delivered: true, fault: null });
    expect(eventOf(receiver.received.at(-1)!)).toMatchObject({ type: 'test', data: { endpointId } });
    expect(await endpointOf(world, endpointId)).toMatchObject({ disabledAt: null, failingSinceAt: null });
  });

  it('stops at once where nobody wants more (410), and follows no redirect', async () => {
    await using receiver = await WebhookReceiver.start();
    const world = await createWorld(gateway);
    const { endpointId } = await subscribe(world, receiver.url, ['sessionEnded']);
    const test = { token: world.credentials.secret, params: { endpointId } };
    receiver.status = 307;
    receiver.headers = { location: receiver.url };
    expect((await gateway.call('createWebhookTest', test)).body).toMatchObject({ delivered: false, statusCode: 307 });
    expect(receiver.received).toHaveLength(1);
    receiver.status = 410;
    await close(world);
    await vi.waitFor(async () => {
      expect(await endpointOf(world, endpointId)).toMatchObject({ disabledReason: 'gone' });
    }, WAIT_MS);
  });

  it('one that hangs holds up no other', async () => {
    await using slow = await WebhookReceiver.start();
    await using quick = await WebhookReceiver.start();
    const world = await createWorld(gateway);
    await subscribe(world, slow.url.replace('/hook', '/hang'), ['sessionEnded']);
    await subscribe(world, quick.url, ['sessionEnded']);
    slow.received.push = () => new Promise(() => {}) as unknown as number;
    await close(world);
    await quick.until(1);
  });
});

describe('endpoints', () => {
  it.each([
    ['live', 'http://127.0.0.1:9/'],
    ['live', 'https://127.0.0.1/'],
    ['live', 'https://169.254.169.254/latest/meta-data'],
    ['live', 'http://game.example/'],
    ['test', 'http://10.0.0.1/'],
    ['test', 'https://[fd00::1]/'],
  ] as const)('%s: %s is refused', async (mode, endpointUrl) => {
    const { secretKey: token } = await gateway.createTenant(mode);
    const answer = await gateway.send('POST', '/v1/webhook-endpoints', { token, body: { endpointUrl } });
    expect([answer.status, answer.body]).toMatchObject([422, { code: 'unprocessable' }]);
  });

  it('a name that leads to this machine is refused when it is connected to', async () => {
    const { secretKey: token } = await gateway.createTenant('live');
    const body = { endpointUrl: 'https://localhost/hook' };
    const { endpointId } = (await gateway.call('createWebhookEndpoint', { token, body })).body;
    const test = (await gateway.call('createWebhookTest', { token, params: { endpointId } })).body;
    expect(test).toMatchObject({ delivered: false, statusCode: null, fault: 'address_refused' });
  });

  it('sign with both secrets for a day after one was replaced', async () => {
    await using receiver = await WebhookReceiver.start();
    const world = await createWorld(gateway);
    const { endpointId, secret } = await subscribe(world, receiver.url, ['sessionEnded']);
    const ask = { token: world.credentials.secret, params: { endpointId } };
    const { body: replaced } = await gateway.call('issueWebhookSecret', ask);
    await gateway.call('createWebhookTest', ask);
    const [during] = receiver.received;
    expect([verify(secret, during!), verify(replaced.secret, during!)]).toEqual([true, true]);
    clock.advance(SECRET_OVERLAP_MS);
    await gateway.call('createWebhookTest', ask);
    const [, after] = receiver.received;
    expect([verify(secret, after!), verify(replaced.secret, after!)]).toEqual([false, true]);
  });

  it('keep their secrets sealed, and end with what waits for them', async () => {
    const world = await createWorld(gateway);
    const { endpointId, secret } = await subscribe(world, 'http://127.0.0.1:9/');
    expect(await dumpDatabase(gateway.database)).not.toContain(secret);
    const ask = { token: world.credentials.secret, params: { endpointId } };
    await gateway.call('revokeWebhookEndpoint', ask);
    const again = await gateway.send('DELETE', `/v1/webhook-endpoints/${endpointId}`, { token: ask.token });
    expect(again.status).toBe(404);
  });
});

describe('what is kept', () => {
  it('goes with an erased player, and after a week', async () => {
    await using receiver = await WebhookReceiver.start();
    receiver.status = 500;
    const world = await createWorld(gateway);
    const { endpointId } = await subscribe(world, receiver.url, ['sessionEnded']);
    await close(world);
    await receiver.until(1);
    await gateway.call('erasePlayer', { token: world.credentials.secret, params: { playerId: world.ids.playerId } });
    expect(await deliveriesOf(world, endpointId)).toEqual([]);

    const other = await createWorld(gateway);
    const kept = await subscribe(other, receiver.url, ['sessionEnded']);
    await close(other);
    await receiver.until(2);
    const outbox = new SqlWebhookOutbox(gateway.database.db, testSecrets());
    await outbox.sweep(clock.now() + DELIVERY_KEPT_MS);
    expect(await deliveriesOf(other, kept.endpointId)).toEqual([]);
  });
});

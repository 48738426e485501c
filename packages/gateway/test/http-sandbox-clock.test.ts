// The clock of a test world, from one end of its range to the other: every operation keeps answering.
import { OPERATIONS } from '@playgate/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHILD, createWorld, GAME_ID, sampleOf } from './support/request-samples.ts';
import { ADMIN_TOKEN, ManualClock, pathOf, TestGateway } from './support/test-gateway.ts';

const NOW = Date.UTC(2026, 9, 14, 3);
const clock = new ManualClock(NOW);
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start({ clock, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

it('follows real time until it is frozen, moves only forward by steps, and returns', async () => {
  const { secretKey: token } = await gateway.createTenant();
  const read = async () => (await gateway.call('getSandboxClock', { token })).body;
  expect(await read()).toEqual({ frozen: false, now: '2026-10-14T03:00:00.000Z' });
  clock.advance(1000);
  expect(await read()).toEqual({ frozen: false, now: '2026-10-14T03:00:01.000Z' });
  const body = { now: '2026-12-31T23:59:59.5+07:00' };
  expect((await gateway.call('freezeSandboxClock', { token, body })).body.now).toBe('2026-12-31T16:59:59.500Z');
  clock.advance(1000);
  expect(await read()).toEqual({ frozen: true, now: '2026-12-31T16:59:59.500Z' });
  const moved = await gateway.call('advanceSandboxClock', { token, body: { ms: 500 } });
  expect(moved.body).toEqual({ frozen: true, now: '2026-12-31T17:00:00.000Z' });
  expect((await gateway.call('releaseSandboxClock', { token })).body.frozen).toBe(false);
  clock.set(NOW);
});

it('refuses starts at a time before the first policy', async () => {
  const { tenant, ageToken } = await createWorld(gateway);
  const token = tenant.secretKey;
  await gateway.call('freezeSandboxClock', { token, body: { now: '2000-01-01T00:00:00Z' } });
  const answer = await gateway.send('POST', '/v1/sessions', { token, body: { ageToken, gameId: GAME_ID } });
  expect([answer.status, answer.body]).toMatchObject([422, { code: 'unprocessable' }]);
});

it('starts to stand still with the first step', async () => {
  const { secretKey: token } = await gateway.createTenant();
  const moved = await gateway.call('advanceSandboxClock', { token, body: { ms: 60_000 } });
  expect(moved.body).toEqual({ frozen: true, now: '2026-10-14T03:01:00.000Z' });
});

it('goes no further than it can be set', async () => {
  const { secretKey: token } = await gateway.createTenant();
  await gateway.call('freezeSandboxClock', { token, body: { now: '2100-01-01T00:00:00Z' } });
  const answer = await gateway.send('POST', '/v1/sandbox/clock/advance', { token, body: { ms: 1 } });
  expect([answer.status, answer.body]).toMatchObject([422, { code: 'unprocessable' }]);
});

it.each(['2000-01-01T00:00:00Z', '2026-10-13T00:00:00Z', '2028-02-29T12:00:00Z', '2100-01-01T00:00:00Z'])(
  'never breaks an operation when it jumps to %s',
  async (now) => {
    const world = await createWorld(gateway);
    const token = world.tenant.secretKey;
    const adult = { ...CHILD, playerRef: 'adult', birthDate: '1980-01-01' } as const;
    const { ageToken } = (await gateway.call('createAgeVerification', { token, body: adult })).body;
    const opened = await gateway.call('openSession', { token, body: { ageToken, gameId: GAME_ID } });
    if (opened.body.verdict !== 'play') throw new Error('the adult was refused');
    await gateway.call('freezeSandboxClock', { token, body: { now } });
    for (const operation of OPERATIONS) {
      if (operation.tag === 'Public' || operation.tag === 'Sandbox clock') continue;
      const sample = sampleOf(operation.operationId, world);
      const raw = { token: sample.token ?? ADMIN_TOKEN, body: sample.body ?? undefined };
      const answer = await gateway.send(operation.method, pathOf(operation, sample.params), raw);
      expect([operation.operationId, answer.status < 500, answer.text]).toEqual([
        operation.operationId,
        true,
        answer.text,
      ]);
    }
    const path = `/v1/sessions/${opened.body.sessionId}/heartbeats`;
    const beat = { token: opened.body.sessionToken, body: { seq: 1, state: 'active' } };
    const answer = await gateway.send('POST', path, beat);
    expect([answer.status < 500, answer.text]).toEqual([true, answer.text]);
  },
);

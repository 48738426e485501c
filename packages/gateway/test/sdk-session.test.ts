// The shipped SDK against a real gateway, in virtual time: the device and the gateway share a clock that the test moves.
import { type AnySessionEvent, createPlayGuard, type PlaySession } from '@playgate/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SharedTime } from './support/shared-time.ts';
import { ADMIN_TOKEN, type Tenant, TestGateway } from './support/test-gateway.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const TEN = Date.UTC(2026, 9, 14, 3);

const clock = new SharedTime(TEN);
let gateway: TestGateway;
let tenant: Tenant;
let gameId: string;

beforeAll(async () => {
  gateway = await TestGateway.start({ clock });
  tenant = await gateway.createTenant('live');
  const game = { title: 'A', class: 'G1', rating: '00+' } as const;
  gameId = (await gateway.call('createGame', { token: tenant.secretKey, body: game })).body.gameId;
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function start(playerRef: string, birthDate: string) {
  clock.startAt(TEN);
  const facts = { method: 'attested', birthDate, phone: '+84901234567', phoneVerified: true } as const;
  const verified = await gateway.call('createAgeVerification', {
    token: tenant.secretKey,
    body: { playerRef, ...facts },
  });
  const { ageToken, playerId } = verified.body;
  const device = clock.createDevice();
  const options = {
    gatewayUrl: gateway.baseUrl,
    publishableKey: tenant.publishableKey,
    gameId,
    platform: device.platform,
  };
  const result = await createPlayGuard({ ...options, locale: 'vi' }).startSession({ ageToken: ageToken! });
  if (result.verdict === 'denied') throw new Error(result.reason);
  const events: (AnySessionEvent & { readonly at: number })[] = [];
  listen(result.session, (event) => events.push({ ...event, at: clock.now() - TEN }));
  const playtime = async () =>
    (
      await gateway.call('getPlaytime', {
        token: tenant.secretKey,
        params: { playerId },
        query: { date: '2026-10-14' },
      })
    ).body;
  const of = (type: AnySessionEvent['type']) => events.filter((event) => event.type === type);
  return { session: result.session, device, events, of, playtime };
}

function listen(session: PlaySession, listener: (event: AnySessionEvent) => void): void {
  const types = [
    'warning',
    'notice',
    'limitReached',
    'ended',
    'paused',
    'resumed',
    'offline',
    'online',
    'error',
  ] as const;
  for (const type of types) session.on(type, listener);
}

test('a 17-year-old is warned, told to save, and ended at exactly 60 minutes; the books say 60 minutes', async () => {
  const { events, of, playtime } = await start('kid', '2009-05-01');
  await clock.pass(61 * MINUTE_MS);
  expect(of('warning').map(({ at }) => at)).toEqual([45 * MINUTE_MS, 55 * MINUTE_MS, 59 * MINUTE_MS]);
  const text = 'Chơi quá 180 phút một ngày sẽ ảnh hưởng xấu đến sức khỏe';
  expect(of('notice')).toMatchObject([
    { at: 30 * MINUTE_MS, text },
    { at: 60 * MINUTE_MS, text },
  ]);
  expect(of('limitReached')).toMatchObject([{ at: 59.5 * MINUTE_MS, action: 'save', reason: 'daily_budget_spent' }]);
  expect(of('ended')).toMatchObject([{ at: 60 * MINUTE_MS, action: 'exit', reason: 'daily_budget_spent' }]);
  expect(of('error')).toEqual([]);
  expect(events.at(-1)?.type).toBe('ended');
  expect((await playtime()).totalMs).toBe(60 * MINUTE_MS);
});

test('an outage of a minute ends nothing, and all of it is counted', async () => {
  const { device, of, playtime, session } = await start('kid-2', '2009-05-02');
  await clock.pass(10 * MINUTE_MS);
  device.network.cut();
  await clock.pass(MINUTE_MS);
  device.network.restore();
  await clock.pass(5 * MINUTE_MS);
  expect(of('offline')).toHaveLength(1);
  expect(of('online')).toHaveLength(1);
  expect(of('ended')).toEqual([]);
  await session.end('quit');
  await clock.settle();
  expect((await playtime()).totalMs).toBe(16 * MINUTE_MS);
});

test('with the gateway away for good, play ends when the lease runs out', async () => {
  const { device, of } = await start('kid-3', '2009-05-03');
  await clock.pass(10 * MINUTE_MS);
  device.network.cut();
  await clock.pass(5 * MINUTE_MS);
  const [ended] = of('ended');
  expect(ended).toMatchObject({ reason: 'ledger_unavailable', action: 'exit' });
  expect(ended!.at).toBeLessThanOrEqual(10 * MINUTE_MS + 90 * SECOND_MS);
  expect(ended!.at).toBeGreaterThan(10 * MINUTE_MS + 50 * SECOND_MS);
});

test('paused time does not count, and the countdown waits', async () => {
  const { of, playtime, session } = await start('kid-4', '2009-05-04');
  await clock.pass(10 * MINUTE_MS + 7 * SECOND_MS);
  session.pause();
  await clock.pass(20 * MINUTE_MS);
  expect(session.getRemaining().remainingMs).toBe(50 * MINUTE_MS - 7 * SECOND_MS);
  session.resume();
  await clock.pass(50 * MINUTE_MS - 7 * SECOND_MS);
  expect(of('ended')).toMatchObject([{ at: 80 * MINUTE_MS }]);
  expect((await playtime()).totalMs).toBe(60 * MINUTE_MS);
});

test('an adult plays on without a heartbeat and sees the notice every 30 minutes', async () => {
  const { of, session } = await start('adult', '1990-01-01');
  await clock.pass(95 * MINUTE_MS);
  expect(of('notice').map(({ at }) => at)).toEqual([30, 60, 90].map((minutes) => minutes * MINUTE_MS));
  expect(of('ended')).toEqual([]);
  expect(session.getRemaining()).toMatchObject({ remainingMs: null });
});

test('an operator cannot play', async () => {
  const guard = createPlayGuard({ gatewayUrl: gateway.baseUrl, publishableKey: `pk_live_${ADMIN_TOKEN}`, gameId });
  await expect(guard.startSession({ ageToken: 'x' })).rejects.toMatchObject({ code: 'unauthenticated' });
});

// The rows of docs/failure-matrix.md that are about the books: the SDK against the real gateway in this process, in virtual time.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { templatePath } from '../../gateway/test/support/databases.ts';
import { createPlayGuard, type StartResult } from '../src/index.ts';
import { createPageGuard } from '../src/play-guard.ts';
import { tabSharingOver } from '../src/tabs/join-tabs.ts';
import {
  collectEvents,
  type LocalGame,
  type LocalGateway,
  type LocalPlayer,
  startLocalGateway,
  type VirtualDevice,
} from '../src/testing.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const TEENAGER = '2009-05-01';
/** A request that is under way when the test looks, and the spread of beats. */
const BEAT_MS = 30_000;
const LEASE_AND_REVIVAL_MS = 390_000;

let gateway: LocalGateway;
beforeAll(async () => {
  gateway = await startLocalGateway({ databaseTemplate: await templatePath() });
});
afterAll(() => gateway.stop());

interface Seat {
  readonly game: LocalGame;
  readonly player: LocalPlayer;
  readonly device: VirtualDevice;
}

async function sit(bornOn = TEENAGER): Promise<Seat> {
  const [game, player] = [await gateway.createGame(), await gateway.verifyPlayer(bornOn)];
  return { game, player, device: gateway.createDevice() };
}

function sessionOf(result: StartResult) {
  if (result.verdict === 'denied') throw new Error(result.reason);
  return result.session;
}

async function play({ game, player, device }: Seat) {
  const guard = createPlayGuard(gateway.guardOptions(game, device));
  const session = sessionOf(await gateway.time.until(guard.startSession({ ageToken: player.ageToken })));
  return { guard, session, events: collectEvents(session) };
}

const typesOf = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);
const closesOf = ({ network }: VirtualDevice) => network.sent.filter(({ url }) => url.endsWith('/close'));

test('limit reached while offline: the end is on time, and the close is told when the gateway is back, minutes later', async () => {
  const seat = await sit();
  await gateway.addPlay(seat.player, seat.game, 59 * MINUTE);
  const { session, events } = await play(seat);
  const { network } = seat.device;
  const endsAt = gateway.time.now + MINUTE;
  await gateway.time.advance(40 * SECOND);
  network.cut();
  await gateway.time.advance(60 * SECOND);
  expect(events.at(-1)).toMatchObject({ type: 'ended', by: 'limit', reason: 'daily_budget_spent' });
  expect(Date.parse((events.at(-1) as { endedAt: string }).endedAt) - endsAt).toBeLessThanOrEqual(SECOND);
  // Longer than any number of quick attempts takes.
  await gateway.time.advance(3 * MINUTE);
  expect(session.getRemaining().phase).toBe('closing');
  network.restore();
  await gateway.time.advance(15 * SECOND);
  expect(session.getRemaining().phase).toBe('closed');
  const close = closesOf(seat.device).at(-1)!;
  expect(close.at).toBeGreaterThan(endsAt + 3 * MINUTE);
  expect(JSON.parse(close.request.body)).toMatchObject({
    reason: 'limit',
    enforcement: { verdictSeq: expect.any(Number) },
  });
  expect(await gateway.playedMs(seat.player)).toBe(60 * MINUTE);
});

test('killed tab: the books hold it to its last beat, and the next start is another session with the rest', async () => {
  const seat = await sit();
  const first = await play(seat);
  await gateway.time.advance(10 * MINUTE);
  const lastBeatAt = seat.device.network.sent.at(-1)!.at;
  const playedMs = 10 * MINUTE - (gateway.time.now - lastBeatAt);
  // Nothing of it runs again: no timer, no event of a page, no last request.
  seat.device.sleep();
  await gateway.time.advance(LEASE_AND_REVIVAL_MS + MINUTE);
  const second = await play({ ...seat, device: gateway.createDevice() });
  expect(second.session.sessionId).not.toBe(first.session.sessionId);
  expect(await gateway.playedMs(seat.player)).toBe(playedMs);
  expect(second.session.getRemaining().remainingMs).toBe(60 * MINUTE - playedMs);
  expect(closesOf(seat.device)).toEqual([]);
  await gateway.time.until(second.session.end());
});

test('killed tab, started again at once: what the first proved and the second plays counts once', async () => {
  const seat = await sit();
  await play(seat);
  await gateway.time.advance(10 * MINUTE);
  seat.device.sleep();
  await gateway.time.advance(10 * SECOND);
  const second = await play({ ...seat, device: gateway.createDevice() });
  await gateway.time.advance(5 * MINUTE);
  await gateway.time.until(second.session.end());
  const playedMs = await gateway.playedMs(seat.player);
  expect(playedMs).toBeLessThanOrEqual(15 * MINUTE + 10 * SECOND);
  expect(playedMs).toBeGreaterThan(15 * MINUTE - BEAT_MS);
});

test('reinstalled app: with all storage gone the same account has no more time than before', async () => {
  const seat = await sit();
  const storage = new Map<string, string>();
  const start = async (device: VirtualDevice) => {
    const kept = {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => void storage.set(key, value),
      removeItem: (key: string) => void storage.delete(key),
    };
    const options = { ...gateway.guardOptions(seat.game, device), shareTabs: false };
    const guard = createPageGuard(options, async () => tabSharingOver({ storage: kept }));
    return sessionOf(await gateway.time.until(guard.startSession({ ageToken: seat.player.ageToken })));
  };
  const first = await start(seat.device);
  await gateway.time.advance(20 * MINUTE);
  seat.device.setPage('gone');
  await gateway.time.settle();
  expect(storage.size).toBe(1);
  // With its storage the app goes on with the session, so losing it is what makes the difference.
  const reloaded = gateway.createDevice();
  expect((await start(reloaded)).sessionId).toBe(first.sessionId);
  reloaded.setPage('gone');
  await gateway.time.settle();
  storage.clear();
  const reinstalled = gateway.createDevice();
  reinstalled.setClockAhead(-86_400_000);
  const second = await start(reinstalled);
  expect(second.sessionId).not.toBe(first.sessionId);
  expect(second.getRemaining().remainingMs).toBe(40 * MINUTE);
  await gateway.time.until(second.end());
});

test('lid closed for an hour: the session is lost, the sleep is not counted, and a new one can start', async () => {
  const seat = await sit();
  const { events } = await play(seat);
  await gateway.time.advance(10 * MINUTE);
  seat.device.sleep();
  await gateway.time.advance(60 * MINUTE);
  await seat.device.wake();
  await gateway.time.advance(SECOND);
  expect(typesOf(events)).toEqual(['ended']);
  expect(events[0]).toMatchObject({ by: 'gateway', reason: 'session_lost' });
  expect(await gateway.playedMs(seat.player)).toBeLessThanOrEqual(10 * MINUTE + BEAT_MS);
  const next = await play(seat);
  expect(next.session.getRemaining().remainingMs).toBeGreaterThanOrEqual(49 * MINUTE);
  await gateway.time.until(next.session.end());
});

test.each([
  [429, 'rate_limited', 10],
  [500, 'internal', undefined],
] as const)('%i: nothing ends, it is asked again, and nothing counts twice', async (status, code, retryAfterS) => {
  const seat = await sit();
  const { platform } = seat.device;
  const asked: number[] = [];
  let failures = 0;
  const failing = async (url: string, request: Parameters<typeof platform.fetch>[1]) => {
    if (failures === 0 || !url.endsWith('/heartbeats')) return platform.fetch(url, request);
    failures -= 1;
    asked.push(gateway.time.now);
    const headers = { get: (name: string) => (name === 'Retry-After' ? `${retryAfterS ?? ''}` : null) };
    return { status, headers, text: async () => JSON.stringify({ code, status, detail: code }) };
  };
  const options = { ...gateway.guardOptions(seat.game, seat.device), platform: { ...platform, fetch: failing } };
  const guard = createPlayGuard(options);
  const session = sessionOf(await gateway.time.until(guard.startSession({ ageToken: seat.player.ageToken })));
  const events = collectEvents(session);
  await gateway.time.advance(5 * MINUTE);
  failures = 2;
  await gateway.time.advance(2 * MINUTE);
  expect(typesOf(events)).toEqual(['offline', 'online']);
  expect(events[0]).toMatchObject({ error: { code, status } });
  expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual((retryAfterS ?? 0) * SECOND);
  await gateway.time.until(session.end());
  expect(await gateway.playedMs(seat.player)).toBe(7 * MINUTE);
});

test('midnight: each part counts to its own day, with warnings anew', async () => {
  await gateway.time.advanceTo('2026-11-20T23:10:00+07:00');
  const seat = await sit();
  const { session, events } = await play(seat);
  await gateway.time.advance(49 * MINUTE);
  const [before] = [session.getRemaining()];
  expect(before.used.gameMs).toBe(49 * MINUTE);
  await gateway.passMidnight();
  await gateway.time.advance(BEAT_MS);
  expect(typesOf(events)).toContain('dayReset');
  expect(session.getRemaining()).toMatchObject({ used: { gameMs: BEAT_MS }, remainingMs: 60 * MINUTE - BEAT_MS });
  expect(await gateway.playedMs(seat.player)).toBeLessThanOrEqual(BEAT_MS);
  const reset = typesOf(events).indexOf('dayReset');
  await gateway.time.advance(60 * MINUTE);
  const later = typesOf(events).slice(reset + 1);
  expect(later.filter((type) => type === 'warning').length).toBeGreaterThanOrEqual(3);
  expect(later.at(-1)).toBe('ended');
  const { totalMs } = await gateway.request(`GET /v1/players/${seat.player.playerId}/playtime?date=2026-11-20`);
  expect(totalMs).toBe(50 * MINUTE);
  expect(await gateway.playedMs(seat.player)).toBe(60 * MINUTE);
});

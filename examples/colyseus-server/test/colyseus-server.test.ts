import path from 'node:path';
import { Client, type Room } from '@colyseus/sdk';
import { SandboxGateway } from '@playgate/example-harness/sandbox-gateway';
import { stageExample } from '@playgate/example-harness/stage';
import { VirtualDevice, VirtualTime } from '@playgate/sdk/testing';
import { expect, it } from 'vitest';
import type { ArenaState } from '../src/arena-state.ts';
import { PLAY_ENDED } from '../src/play-time.ts';
import type { startRooms as StartRooms } from '../src/start-rooms.ts';

/** Of a minor who needs no guardian, also where the next year has begun already. */
const BORN_ON = `${new Date().getUTCFullYear() - 16}-01-01`;
const MINUTE_MS = 60_000;
/** The first heartbeat of a session comes within this long; later ones as the gateway asks. */
const BEAT_MS_MAX = 12_000;

/** The staged example in this process, its heartbeats in the test's time. */
async function startInVirtualTime(stack: AsyncDisposableStack, gateway: SandboxGateway, time: VirtualTime) {
  const { folder } = stack.use(stageExample('colyseus-server'));
  const { startRooms }: { startRooms: typeof StartRooms } = await import(path.join(folder, 'src/start-rooms.ts'));
  const { baseUrl: gatewayUrl, games, secretKey } = gateway.sandbox;
  const send = async (url: string, request: RequestInit) => {
    const answer = await fetch(url, request);
    return new Response(await answer.text(), answer);
  };
  const { stop, url } = await startRooms({
    playgate: {
      gatewayUrl,
      secretKey,
      fetch: (...request) => time.hold(send(...request)),
      platform: new VirtualDevice(time).platform,
    },
    gameId: games[0]!.gameId,
    port: 0,
  });
  stack.defer(stop);
  return url;
}

async function verify(gateway: SandboxGateway, playerRef: string, usedMs: number) {
  const phone = { phone: '+84901234567', phoneVerified: true };
  const body = { playerRef, method: 'attested', birthDate: BORN_ON, ...phone };
  const verified = await gateway.call<{ ageToken: string; playerId: string }>('POST', '/v1/age-verifications', body);
  if (usedMs > 0) {
    const date = new Date().toISOString().slice(0, 10);
    const correction = { date, gameId: gateway.sandbox.games[0]?.gameId, deltaMs: usedMs, reason: 'error: before' };
    await gateway.call('POST', `/v1/players/${verified.playerId}/corrections`, correction);
  }
  return { ...verified, usedMs };
}

/** Resolves with the code with which the server ended it. */
const leftWith = (room: Room) => new Promise<number>((resolve) => void room.onLeave(resolve));

it('sends off who is at the limit within one heartbeat, and lets the other play on', async () => {
  await using stack = new AsyncDisposableStack();
  const gateway = stack.use(await SandboxGateway.start());
  const time = new VirtualTime();
  const url = await startInVirtualTime(stack, gateway, time);
  const linh = await verify(gateway, 'linh', 59 * MINUTE_MS);
  const mai = await verify(gateway, 'mai', 0);
  const first = await new Client(url).joinOrCreate<ArenaState>('arena', { ageToken: linh.ageToken });
  const second = await new Client(url).joinOrCreate<ArenaState>('arena', { ageToken: mai.ageToken });
  second.onMessage('warning', () => {});
  expect(second.roomId).toBe(first.roomId);
  const sentOff = leftWith(first);
  let isSecondGone = false;
  second.onLeave(() => {
    isSecondGone = true;
  });

  await gateway.advanceClock(MINUTE_MS);
  await time.advance(BEAT_MS_MAX);
  expect(await sentOff).toBe(PLAY_ENDED);

  second.send('step', { x: 1, y: 0 });
  await expect.poll(() => second.state.players.get(second.sessionId)?.x).toBe(1);
  expect(second.state.players.size).toBe(1);
  expect(isSecondGone).toBe(false);
  const again = new Client(url).joinOrCreate('arena', { ageToken: linh.ageToken });
  await expect(again).rejects.toThrow(/chơi/);
  const date = new Date().toISOString().slice(0, 10);
  const played = await gateway.call<{ totalMs: number }>('GET', `/v1/players/${linh.playerId}/playtime?date=${date}`);
  expect(played.totalMs).toBe(60 * MINUTE_MS);
  await second.leave();
});

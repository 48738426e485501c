import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client, type Room } from '@colyseus/sdk';
import { SandboxGateway } from '@playgate/example-harness/sandbox-gateway';
import { stageExample } from '@playgate/example-harness/stage';
import { expect, it } from 'vitest';
import type { ArenaState } from '../src/arena-state.ts';
import { PLAY_ENDED } from '../src/play-time.ts';

const MINUTE_MS = 60_000;
/** The first heartbeat of a session comes within this long; later ones as the gateway asks. */
const BEAT_MS_MAX = 12_000;

async function startRooms(stack: AsyncDisposableStack, dataDir: string): Promise<string> {
  const stage = stack.use(stageExample('colyseus-server'));
  const args = ['src/main.ts', dataDir, '0'];
  const child = spawn(process.execPath, args, { cwd: stage.folder, stdio: ['ignore', 'pipe', 'inherit'] });
  stack.defer(async () => {
    const ended = once(child, 'exit');
    if (child.kill('SIGKILL')) await ended;
  });
  for await (const said of child.stdout) {
    const url = /rooms at (\S+)/.exec(String(said))?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('the example does not start');
}

async function verify(gateway: SandboxGateway, playerRef: string, usedMs: number) {
  const phone = { phone: '+84901234567', phoneVerified: true };
  const body = { playerRef, method: 'attested', birthDate: '2009-10-01', ...phone };
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
  const url = await startRooms(stack, gateway.dataDir);
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
  const movedAt = performance.now();
  expect(await sentOff).toBe(PLAY_ENDED);
  expect(performance.now() - movedAt).toBeLessThan(BEAT_MS_MAX);

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
}, 60_000);

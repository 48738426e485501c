import { createPlaygateServer } from '@playgate/sdk/server';
import { VirtualDevice, VirtualTime } from '@playgate/sdk/testing';
import { expect, it } from 'vitest';
import { PlayTime } from '../src/play-time.ts';

const BEAT_MS_MAX = 12_000;

it.each([
  ['daily_budget_spent', 'limit'],
  ['agent_closed', 'window'],
  ['guardian_pause', 'guardian_pause'],
])('closes a session that ended for %s as %s', async (reason, closedAs) => {
  const time = new VirtualTime();
  const closed: unknown[] = [];
  const answer = (url: string, body: string): object => {
    if (url.endsWith('/v1/sessions')) return { verdict: 'play', sessionId: 'ses_1' };
    if (url.endsWith('/close')) return { count: closed.push(JSON.parse(body)) };
    const end = { sessionId: 'ses_1', seq: 1, verdict: 'end', reason, remainingMs: 0, endsAt: null };
    return {
      serverAt: new Date(time.now).toISOString(),
      results: [{ ...end, bindingRule: null, nextHeartbeatMs: null }],
    };
  };
  const fetch = async (url: string, { body }: RequestInit) => new Response(JSON.stringify(answer(url, String(body))));
  const { platform } = new VirtualDevice(time);
  const options = { gatewayUrl: 'https://playgate.example', secretKey: 'sk_test_x', fetch, platform };
  const playTime = new PlayTime(createPlaygateServer(options), 'arena');
  const ended = new Promise<string>(
    (resolve) => void playTime.start('linh', 'token', { warn: () => {}, end: resolve }),
  );
  await expect.poll(() => time.timerCount).toBeGreaterThan(0);
  await time.advance(BEAT_MS_MAX);
  expect(await ended).toBe(reason);
  await playTime.stop('linh');
  expect(closed).toEqual([{ reason: closedAs }]);
});

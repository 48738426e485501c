// What React Native has and has not: fetch without a body to read from, no decoder, no page, no storage of a browser.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { templatePath } from '../../gateway/test/support/databases.ts';
import { createPlayGuard } from '../src/index.ts';
import { neutralPlatform } from '../src/platform/neutral.ts';
import { collectEvents, type LocalGateway, startLocalGateway } from '../src/testing.ts';

const MINUTE = 60_000;
const TEENAGER = '2009-05-01';

let gateway: LocalGateway;
beforeAll(async () => {
  gateway = await startLocalGateway({ databaseTemplate: await templatePath() });
});
afterAll(() => gateway.stop());
afterEach(() => vi.unstubAllGlobals());

test('a session is played to its end, and streams are asked for once', async () => {
  const game = await gateway.createGame();
  const player = await gateway.verifyPlayer(TEENAGER);
  const options = gateway.guardOptions(game, gateway.createDevice());
  const realFetch = fetch;
  let streams = 0;
  vi.stubGlobal('fetch', (url: string | URL, request?: RequestInit) => {
    if (!String(url).endsWith('/events')) return realFetch(url, request);
    streams += 1;
    return Promise.resolve({ status: 200, body: undefined });
  });
  vi.stubGlobal('TextDecoder', undefined);
  vi.stubGlobal('navigator', { product: 'ReactNative' });
  const { openStream } = neutralPlatform();
  const guard = createPlayGuard({ ...options, platform: { ...options.platform, openStream } });
  const result = await gateway.time.until(guard.startSession({ ageToken: player.ageToken }));
  if (result.verdict === 'denied') throw new Error(result.reason);
  const events = collectEvents(result.session);
  await gateway.time.advance(61 * MINUTE);
  expect(events.at(-1)).toMatchObject({ type: 'ended', reason: 'daily_budget_spent' });
  expect(await gateway.playedMs(player)).toBe(60 * MINUTE);
  expect(streams).toBe(1);
});

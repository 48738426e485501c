// The README's ten lines, as they are printed, in a plain canvas page: in Chromium, with what the gateway serves.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { launchBrowser } from '@playgate/example-harness/browser';
import { SandboxGateway } from '@playgate/example-harness/sandbox-gateway';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { PlayedPage } from '../src/played-page.ts';

/** Six minutes are left; a page that a busy machine holds up misses a step or two. */
const STEPS_MAX = 30;
/** Of a minor who needs no guardian, also where the next year has begun already. */
const BORN_ON = `${new Date().getUTCFullYear() - 16}-01-01`;
const README = path.join(import.meta.dirname, '../../../packages/sdk/README.md');
const MINUTE_MS = 60_000;
const LINES_MAX = 10;
/** A plain game: a square that wanders while it is played. */
const GAME = `<!doctype html><title>Square</title><link rel="icon" href="data:," /><canvas></canvas><script>
  const pen = document.querySelector('canvas').getContext('2d');
  let isPlaying = false, x = 0;
  const startGame = () => { isPlaying = true; };
  const stopGame = () => { isPlaying = false; };
  setInterval(() => { if (isPlaying) pen.fillRect((x += 3) % 300, 20, 2, 30); }, 100);
</script>`;

const snippet = /^```html\n(.*?)^```$/ms.exec(readFileSync(README, 'utf8'))?.[1] ?? '';
const script = /<script type="module">\n(.*?)<\/script>/s.exec(snippet)?.[1] ?? '';

async function tokenOf(gateway: SandboxGateway, usedMs: number): Promise<string> {
  const phone = { phone: '+84901234567', phoneVerified: true };
  const body = { playerRef: 'me', method: 'attested', birthDate: BORN_ON, ...phone };
  const verified = await gateway.call<{ ageToken: string; playerId: string }>('POST', '/v1/age-verifications', body);
  const date = new Date().toISOString().slice(0, 10);
  const gameId = gateway.sandbox.games[0]?.gameId;
  const correction = { date, gameId, deltaMs: usedMs, reason: 'error: played before this began' };
  await gateway.call('POST', `/v1/players/${verified.playerId}/corrections`, correction);
  return verified.ageToken;
}

async function serve(page: string, stack: AsyncDisposableStack): Promise<string> {
  const server = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end(page));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

interface OpenedGame {
  readonly page: Page;
  readonly gateway: SandboxGateway;
  readonly part: (name: string) => Locator;
  readonly faults: readonly string[];
  readonly open: () => Promise<void>;
}

/** @param gatewayUrl left out: the gateway's own */
async function prepareGame(stack: AsyncDisposableStack, usedMs: number, gatewayUrl?: string): Promise<OpenedGame> {
  const [gateway, browser] = await Promise.all([SandboxGateway.start(), launchBrowser()]);
  stack.use(gateway);
  stack.defer(() => browser.close());
  const { baseUrl, games, publishableKey } = gateway.sandbox;
  const limited = snippet
    .replace("gatewayUrl: 'https://playgate.example'", `gatewayUrl: '${gatewayUrl ?? baseUrl}'`)
    .replaceAll('https://playgate.example', baseUrl)
    .replace('pk_test_...', publishableKey)
    .replace('star-garden', games[0]?.gameId ?? '');
  const token = `<script>const ageToken = ${JSON.stringify(await tokenOf(gateway, usedMs))};</script>`;
  const page = await browser.newPage({ timezoneId: 'Asia/Ho_Chi_Minh' });
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  const url = await serve(GAME + token + limited, stack);
  const part = (name: string) => page.locator(`playgate-overlay [part="${name}"]`);
  return { page, gateway, part, faults, open: async () => void (await page.goto(url)) };
}

it('are ten lines, and end play at the limit', async () => {
  expect(script.trim().split('\n').length).toBeLessThanOrEqual(LINES_MAX);
  await using stack = new AsyncDisposableStack();
  const { faults, gateway, open, page, part } = await prepareGame(stack, 58 * MINUTE_MS);
  const played = await PlayedPage.of(page, gateway);
  await open();
  const moves = async () => {
    const before = await page.evaluate(() => document.querySelector('canvas')?.toDataURL());
    await page.clock.runFor(500);
    return before !== (await page.evaluate(() => document.querySelector('canvas')?.toDataURL()));
  };
  await part('badge').waitFor();
  expect(await moves()).toBe(true);
  await played.playOn(2 * MINUTE_MS);
  await part('end').waitFor();
  expect(await moves()).toBe(false);
  expect(faults).toEqual([]);
});

it('show the end to who moves the clock on as the README says', async () => {
  const step = /clock\/advance.*?'\{"ms": (\d+)\}'; sleep (\d+)/s.exec(readFileSync(README, 'utf8'));
  const [stepMs, pauseS] = [Number(step?.[1]), Number(step?.[2])];
  await using stack = new AsyncDisposableStack();
  const { faults, gateway, open, part } = await prepareGame(stack, 54 * MINUTE_MS);
  await open();
  await part('badge').waitFor();
  for (let count = 0; count < STEPS_MAX && !(await part('end').isVisible()); count++) {
    await gateway.advanceClock(stepMs);
    await setTimeout(pauseS * 1_000);
  }
  await part('end').waitFor();
  expect(await part('title').textContent()).toBe('Hôm nay chơi vậy là đủ rồi');
  expect(faults).toEqual([]);
});

it('say so where the gateway is away at the start, and do not play', async () => {
  await using stack = new AsyncDisposableStack();
  const { faults, open, part } = await prepareGame(stack, MINUTE_MS, 'http://127.0.0.1:1');
  await open();
  await part('end').waitFor();
  expect(await part('end').textContent()).toContain('Chưa kiểm tra được thời gian chơi');
  expect(faults.filter((fault) => !fault.includes('ERR_'))).toEqual([]);
});

// Two pages of a real browser, Web Locks and all, against a real gateway.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlaySession } from '../src/browser.ts';
import { GatewayProcess, NOW } from './gateway-process.ts';
import { type GamePage, launchBrowser, PageServer } from './page-server.ts';

interface GameWindow extends GamePage {
  session: PlaySession;
  told: string[];
}

const started = new AsyncDisposableStack();
let browser: Browser;
let pages: PageServer;
let game: { readonly gatewayUrl: string; readonly publishableKey: string; readonly ageToken: string };
let adultAgeToken: string;

beforeAll(async () => {
  const gateway = started.use(await GatewayProcess.start());
  const { publishableKey, ageToken, ...seeded } = await gateway.seed();
  ({ adultAgeToken } = seeded);
  game = { gatewayUrl: gateway.baseUrl, publishableKey, ageToken };
  pages = started.use(await PageServer.start());
  browser = await launchBrowser();
  started.defer(() => browser.close());
});

afterAll(() => started.disposeAsync());

/** Starts a session in the page and gives its id. */
async function play(page: Page, ageToken = game.ageToken): Promise<string> {
  return page.evaluate(
    async ({ gatewayUrl, publishableKey, ageToken }) => {
      const { createPlayGuard } = (window as unknown as GameWindow).Playgate;
      const guard = createPlayGuard({ gatewayUrl, publishableKey, gameId: 'star-garden' });
      const result = await guard.startSession({ ageToken });
      if (result.verdict !== 'play') throw new Error(result.reason);
      const here = window as unknown as GameWindow;
      here.session = result.session;
      here.told = [];
      for (const type of ['paused', 'resumed', 'ended', 'error'] as const) {
        here.session.on(type, () => here.told.push(type));
      }
      return here.session.sessionId;
    },
    { ...game, ageToken },
  );
}

async function openPage(context: BrowserContext): Promise<{ readonly page: Page; readonly requests: string[] }> {
  const page = await context.newPage();
  const requests: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') requests.push(request.url().split('/').at(-1) ?? '');
  });
  await page.goto(pages.url);
  return { page, requests };
}

const sync = (page: Page) => page.evaluate(() => (window as unknown as GameWindow).session.sync());
const told = (page: Page) => page.evaluate(() => (window as unknown as GameWindow).told);
const isBeat = (request: { url(): string }) => request.url().endsWith('/heartbeats');

test('two pages are one session; the second goes on when the first crashes, and after its own reload', async () => {
  const context = await browser.newContext();
  const one = await openPage(context);
  const sessionId = await play(one.page);
  const two = await openPage(context);
  expect(await play(two.page)).toBe(sessionId);
  expect(two.requests).toEqual([]);

  const beat = one.page.waitForRequest(isBeat);
  await sync(two.page);
  await beat;
  expect(two.requests).toEqual([]);

  const takenOver = two.page.waitForResponse((response) => isBeat(response.request()) && response.ok());
  one.page.goto('chrome://crash').catch(() => {});
  await takenOver;
  expect(await told(two.page)).toEqual([]);

  await two.page.reload();
  expect(two.requests.at(-1)).toBe('heartbeats');
  expect(await play(two.page)).toBe(sessionId);
  expect(two.requests).not.toContain('sessions');

  const closed = two.page.waitForResponse((response) => response.url().endsWith('/close') && response.ok());
  await two.page.evaluate(() => (window as unknown as GameWindow).session.end());
  await closed;
  expect(await told(two.page)).toEqual(['ended']);
  expect(await two.page.evaluate(() => sessionStorage.length)).toBe(0);
  await context.close();
});

test('an end in one page ends the other', async () => {
  const context = await browser.newContext();
  const one = await openPage(context);
  const two = await openPage(context);
  await play(one.page);
  await play(two.page);
  await two.page.evaluate(() => (window as unknown as GameWindow).session.end('lobby'));
  expect(await told(two.page)).toEqual(['ended']);
  await one.page.waitForFunction(() => (window as unknown as GameWindow).told.includes('ended'));
  await context.close();
});

test('an adult who played here starts in a new tab while the gateway is away; a minor does not', async () => {
  const context = await browser.newContext();
  const one = await openPage(context);
  for (const ageToken of [adultAgeToken, game.ageToken]) {
    await play(one.page, ageToken);
    await one.page.evaluate(() => (window as unknown as GameWindow).session.end());
  }
  await one.page.close();
  await context.route(`${game.gatewayUrl}/**`, (route) => route.abort('connectionrefused'));
  const two = await openPage(context);
  // The token is of the sandbox's day.
  await two.page.clock.setSystemTime(NOW);
  await expect(play(two.page)).rejects.toThrow('unreachable');
  await play(two.page, adultAgeToken);
  const left = await two.page.evaluate(() => (window as unknown as GameWindow).session.getRemaining());
  expect(left).toMatchObject({ phase: 'playing', unlimited: true, source: 'fallback' });
  await two.page.evaluate(() => (window as unknown as GameWindow).session.end());
  expect(await told(two.page)).toEqual(['ended']);
  await context.close();
});

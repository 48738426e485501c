// The overlay's words in a real browser, from a real gateway with words of its own, and without one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { SHIPPED_TEXTS } from '../src/overlay/texts.ts';
import type { loadOverlayTexts } from '../src/overlay.ts';
import { GatewayProcess } from './gateway-process.ts';
import { type GamePage, launchBrowser, PageServer } from './page-server.ts';

const OWN_WORDS = 'Chơi đủ rồi, ra sân thôi!';

const started = new AsyncDisposableStack();
let gateway: GatewayProcess;
let stopped: Promise<void> | null = null;
const stopGateway = () => (stopped ??= gateway[Symbol.asyncDispose]());
let publishableKey: string;
let pages: PageServer;
let newContext: () => Promise<BrowserContext>;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'playgate-texts-'));
  started.defer(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'texts.json');
  writeFileSync(file, JSON.stringify({ vi: { deniedTitle: OWN_WORDS } }));
  gateway = await GatewayProcess.start({ PLAYGATE_TEXTS_FILE: file });
  started.defer(stopGateway);
  ({ publishableKey } = await gateway.seed());
  pages = started.use(await PageServer.start());
  const browser = await launchBrowser();
  started.defer(() => browser.close());
  newContext = () => browser.newContext();
});
afterAll(() => started.disposeAsync());
beforeEach(async () => {
  context = await newContext();
  page = await context.newPage();
});
afterEach(() => context.close());

/** The end screen of a refusal, with the words that could be had. */
async function titleOfDenial(): Promise<string | null> {
  await page.goto(pages.url);
  await page.evaluate(
    async (source) => {
      const here = window as unknown as GamePage & {
        PlaygateOverlay: { readonly loadOverlayTexts: typeof loadOverlayTexts };
      };
      const { createOverlay, loadOverlayTexts: load } = here.PlaygateOverlay;
      const overlay = createOverlay({ texts: await load(source) });
      const denial = {
        text: '',
        message: { vi: '', en: '' },
        reason: 'unverified',
        nextAllowedAt: null,
        rating: '12+',
        serverAt: '',
      };
      overlay.showDenial(denial as unknown as Parameters<typeof overlay.showDenial>[0]);
    },
    { gatewayUrl: gateway.baseUrl, publishableKey, locale: 'vi' } as const,
  );
  return page.locator('playgate-overlay').getByRole('heading').textContent();
}

test('the shipped ones are shown where the gateway cannot be reached', async () => {
  await context.route(`${gateway.baseUrl}/**`, (route) => route.abort());
  expect(await titleOfDenial()).toBe(SHIPPED_TEXTS.vi.deniedTitle);
});

test('a text that the operator changed is shown, and is kept for when the gateway has gone', async () => {
  expect(await titleOfDenial()).toBe(OWN_WORDS);
  await stopGateway();
  expect(await titleOfDenial()).toBe(OWN_WORDS);
});

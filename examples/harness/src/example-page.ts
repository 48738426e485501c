// An example with a page, run: staged, served as `npm start` serves it, opened in a browser, with a gateway of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { PlayedPage } from './played-page.ts';
import { SandboxGateway } from './sandbox-gateway.ts';
import { stageExample } from './stage.ts';

/** A player in Vietnam; the overlay's animations would only blur screenshots. */
const PLAYER = {
  viewport: { width: 800, height: 600 },
  locale: 'vi-VN',
  timezoneId: 'Asia/Ho_Chi_Minh',
  reducedMotion: 'reduce',
} as const;

export class ExamplePage implements AsyncDisposable {
  readonly page: Page;
  readonly gateway: SandboxGateway;
  /** What went wrong in the page, in its own words. */
  readonly faults: readonly string[];
  #sessionsOpened = 0;
  readonly #played: PlayedPage;
  readonly #stack: AsyncDisposableStack;

  private constructor(page: Page, gateway: SandboxGateway, played: PlayedPage, stack: AsyncDisposableStack) {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/v1/sessions')) this.#sessionsOpened += 1;
    });
    this.page = page;
    this.gateway = gateway;
    this.faults = faults;
    this.#played = played;
    this.#stack = stack;
  }

  /** @param usedMs of play that the player has already had today */
  static async open(example: string, { usedMs }: { readonly usedMs: number }): Promise<ExamplePage> {
    await using stack = new AsyncDisposableStack();
    const stage = stack.use(stageExample(example));
    const [gateway, browser] = await Promise.all([SandboxGateway.start(), launchBrowser()]);
    stack.use(gateway);
    stack.defer(() => browser.close());
    const url = await serve(stage.folder, path.join(stage.harness, 'src/serve.ts'), gateway, stack);
    await addPlay(gateway, url, usedMs);
    const page = await browser.newPage(PLAYER);
    const opened = new ExamplePage(page, gateway, await PlayedPage.of(page, gateway), stack.move());
    try {
      await page.goto(url);
      return opened;
    } catch (error) {
      await opened[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** How often the page has asked for a session. */
  get sessionsOpened(): number {
    return this.#sessionsOpened;
  }

  /** Of the overlay. */
  part(name: string): Locator {
    return this.page.locator(`playgate-overlay [part="${name}"]`);
  }

  /** As if that much time went by. */
  playOn(ms: number): Promise<void> {
    return this.#played.playOn(ms);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

async function serve(folder: string, program: string, gateway: SandboxGateway, stack: AsyncDisposableStack) {
  const child = spawn(process.execPath, [program, gateway.dataDir, '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stack.defer(async () => {
    const ended = once(child, 'exit');
    if (child.kill()) await ended;
  });
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  const url = /http:\S+/.exec(String(said))?.[0];
  if (url === undefined) throw new Error(`the example does not start: ${said}`);
  return url;
}

/** The player is whom the game server logs in. */
async function addPlay(gateway: SandboxGateway, url: string, usedMs: number): Promise<void> {
  const { ageToken, gameId } = await (await fetch(`${url}login`)).json();
  const { sub: playerId } = JSON.parse(Buffer.from(ageToken.split('.')[1], 'base64url').toString());
  const date = new Date().toISOString().slice(0, 10);
  const correction = { date, gameId, deltaMs: usedMs, reason: 'error: played before this began' };
  await gateway.call('POST', `/v1/players/${playerId}/corrections`, correction);
}

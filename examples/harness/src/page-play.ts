// One game in a browser of its own, as a player sees it: what the overlay has on the screen, and whether the picture moves.
// The page's clock stands until it is moved.
import type { Play, PlayState } from 'playgate-accept';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { AnsweredRequests } from './answered-requests.ts';
import { hearReasons, type Look, watchScreen } from './watch-screen.ts';

/** Of the page's clock, from one look at a game that starts to the next. */
const LOOK_MS = 20;
/** A clock is stopped at an instant that has not come yet. */
const AHEAD_MS = 3_600_000;
const EXIT = '#exit';
const CLOSE = /\/v1\/sessions\/[^/]+\/close$/;
/** Of real time. */
const SAID_MS_MAX = 5_000;
const STARTED_MS_MAX = 30_000;

export interface PagePlayOptions {
  readonly browser: Browser;
  readonly url: string;
  readonly cookie: { readonly name: string; readonly value: string };
}

export class PagePlay implements Play {
  readonly #page: Page;
  readonly #context: BrowserContext;
  readonly #requests: AnsweredRequests;
  #look: Look = { rating: null, isOver: false, shown: [], picture: undefined };
  #isMoving = false;
  #lastPicture: Uint8Array | null = null;

  private constructor(page: Page) {
    this.#page = page;
    this.#context = page.context();
    this.#requests = new AnsweredRequests(page);
  }

  /** Resolves once the game plays or says why not. */
  static async start({ browser, cookie, url }: PagePlayOptions): Promise<PagePlay> {
    const context = await browser.newContext({
      locale: 'vi-VN',
      timezoneId: 'Asia/Ho_Chi_Minh',
      reducedMotion: 'reduce',
    });
    await context.addCookies([{ ...cookie, url }]);
    await context.addInitScript(hearReasons);
    await context.addInitScript(watchScreen);
    const page = await context.newPage();
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + AHEAD_MS);
    const play = new PagePlay(page);
    await page.goto(url);
    await play.#untilItShows();
    return play;
  }

  async state(): Promise<PlayState> {
    const { isOver, rating, shown } = this.#look;
    return { playing: this.#isMoving && !isOver, rating, shown };
  }

  /** As if that much time went by; heartbeats are answered before it returns. */
  async advance(ms: number): Promise<void> {
    if (this.#page.isClosed()) return;
    await this.#page.clock.fastForward(ms);
    await this.#requests.answered();
    await this.#lookAgain();
  }

  /** The player presses the exit, unless play is over anyway, and closes the page. */
  async end(): Promise<void> {
    if (this.#page.isClosed()) return;
    if (!this.#look.isOver) await this.#pressExit();
    await this.#lookAgain();
    this.#lastPicture = await this.screenshot();
    this.#isMoving = false;
    await this.#context.close();
  }

  /** Of a game that was left: as it was then. */
  async screenshot(): Promise<Uint8Array> {
    return this.#lastPicture ?? this.#page.screenshot();
  }

  /** A game that says nothing to the gateway is waited for in vain. */
  async #pressExit(): Promise<void> {
    const said = this.#page.waitForResponse(CLOSE, { timeout: SAID_MS_MAX }).catch(() => null);
    await this.#page.locator(EXIT).click();
    await this.#page.clock.runFor(LOOK_MS);
    await said;
  }

  async #untilItShows(): Promise<void> {
    const deadline = performance.now() + STARTED_MS_MAX;
    while (!this.#isMoving && !this.#look.isOver) {
      if (performance.now() > deadline) throw new Error('the game neither plays nor says why not');
      await this.#page.clock.runFor(LOOK_MS);
      await this.#requests.answered();
      await this.#lookAgain();
    }
  }

  async #lookAgain(): Promise<void> {
    const before = this.#look.picture;
    this.#look = await this.#page.evaluate(() => globalThis.lookAtScreen());
    this.#isMoving = before !== undefined && before !== this.#look.picture;
  }
}

// An example with a page behind the HTTP contract of `playgate-accept --driver http://...`: each play is the page in a browser
// of its own. The same server gives out the page, and tells who plays by a cookie, as a game's login would.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { json as jsonOf } from 'node:stream/consumers';
import type { StartRequest } from 'playgate-accept';
import type { Browser } from 'playwright-core';
import { bundleGame } from './bundle-game.ts';
import { PagePlay } from './page-play.ts';

export interface PageDriverOptions {
  /** The game's, with `index.html`. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly browser: Browser;
  /** What becomes of the page before a browser has it; for a game that gets something wrong. */
  readonly change?: (page: string) => string;
}

const PLAY = /^\/plays\/(\d+)(\/end|\/screenshot)?$/;
const COOKIE = 'play';

export class PageDriver implements AsyncDisposable {
  readonly #options: PageDriverOptions;
  readonly #server: Server;
  readonly #starts: StartRequest[] = [];
  readonly #plays = new Map<number, PagePlay>();

  private constructor(options: PageDriverOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        console.error(error);
        response.writeHead(500).end(String(error));
      });
    });
  }

  static async serve(options: PageDriverOptions): Promise<PageDriver> {
    const driver = new PageDriver(options);
    driver.#server.listen(0, '127.0.0.1');
    await once(driver.#server, 'listening');
    return driver;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const play of this.#plays.values()) await play.end().catch(() => undefined);
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    const send = (type: string, body: string | Uint8Array) => void response.setHeader('Content-Type', type).end(body);
    const script = pathname.endsWith('.js') ? await bundleGame(this.#options.folder, pathname) : null;
    if (pathname === '/') return send('text/html; charset=utf-8', await this.#page());
    if (script !== null) return send('text/javascript; charset=utf-8', script);
    const { 1: id, 2: what } = PLAY.exec(pathname) ?? [];
    const play = id === undefined ? undefined : this.#plays.get(Number(id));
    if (what === '/screenshot' && play !== undefined) return send('image/png', await play.screenshot());
    send('application/json', JSON.stringify((await this.#act(request, pathname, play)) ?? {}));
  }

  async #page(): Promise<string> {
    const page = await readFile(path.join(this.#options.folder, 'index.html'), 'utf8');
    return this.#options.change?.(page) ?? page;
  }

  async #act(request: IncomingMessage, pathname: string, play: PagePlay | undefined): Promise<unknown> {
    const { name, version } = this.#options;
    if (pathname === '/about') return { name, version, canAdvance: true, canShoot: true };
    if (pathname === '/login') return this.#login(request);
    if (pathname === '/plays') return this.#start((await jsonOf(request)) as StartRequest);
    if (pathname === '/advance') return this.#advance(((await jsonOf(request)) as { readonly ms: number }).ms);
    return pathname.endsWith('/end') ? play?.end() : play?.state();
  }

  /** What the page hands to `createPlayGuard` and `startSession`. */
  #login({ headers }: IncomingMessage) {
    const id = new RegExp(`${COOKIE}=(\\d+)`).exec(headers.cookie ?? '')?.[1];
    const start = this.#starts[Number(id)];
    if (start === undefined) throw new Error('nobody plays');
    const { ageToken, gameId, gatewayUrl, publishableKey } = start;
    return { ageToken, gameId, gatewayUrl, publishableKey };
  }

  async #start(start: StartRequest) {
    const id = this.#starts.push(start) - 1;
    const { browser } = this.#options;
    const play = await PagePlay.start({ browser, url: this.url, cookie: { name: COOKIE, value: String(id) } });
    this.#plays.set(id, play);
    return { playId: String(id) };
  }

  async #advance(ms: number): Promise<void> {
    await Promise.all([...this.#plays.values()].map((play) => play.advance(ms)));
  }
}

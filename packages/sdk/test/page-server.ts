// Serves the sources of this package to a real browser, types stripped, next to a page that has nothing but the SDK; and finds that browser.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import type { createPlayGuard } from '../src/browser.ts';
import type { createOverlay } from '../src/overlay.ts';

const ROOT = new URL('../', import.meta.url);
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const BROWSER_FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];
const PAGE = `<!doctype html>
<html lang="vi">
<title>Game</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<script type="module">
import * as sdk from '/src/browser.ts';
import * as overlay from '/src/overlay.ts';
Object.assign(window, { Playgate: sdk, PlaygateOverlay: overlay });
</script>`;

/** What the page has when it is loaded, as with script tags. */
export interface GamePage extends Window {
  readonly Playgate: { readonly createPlayGuard: typeof createPlayGuard };
  readonly PlaygateOverlay: { readonly createOverlay: typeof createOverlay };
}

export class PageServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<PageServer> {
    const server = createServer((request, response) => void serve(request.url ?? '/', response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PageServer(server);
  }

  /** Of the page. */
  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function serve(path: string, response: ServerResponse): Promise<void> {
  if (!/^\/src\/[\w./-]+\.ts$/.test(path) || path.includes('..')) {
    response.writeHead(path === '/' ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' }).end(PAGE);
    return;
  }
  const source = await readFile(new URL(`.${path}`, ROOT), 'utf8').catch(() => null);
  if (source === null) response.writeHead(404).end();
  else response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(stripTypeScriptTypes(source));
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findBrowser(), args: BROWSER_FLAGS });
}

/** Its path. @throws Error when there is none */
export function findBrowser(): string {
  for (const name of BROWSERS) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      // The next one, then.
    }
  }
  throw new Error(`no browser: looked for ${BROWSERS.join(', ')}`);
}

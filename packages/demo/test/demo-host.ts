// The demo as a visitor meets it: the gateway as a process of its own, on a data directory of its own, and a browser.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const START_MS_MAX = 110_000;

export class DemoGateway implements AsyncDisposable {
  readonly baseUrl: string;
  private readonly child: ChildProcess;
  private readonly dataDir: string;

  private constructor(child: ChildProcess, dataDir: string) {
    this.child = child;
    this.dataDir = dataDir;
    this.baseUrl = JSON.parse(readFileSync(path.join(dataDir, 'demo.json'), 'utf8')).baseUrl;
  }

  /** Builds the page and starts the gateway from its sources. */
  static async start(): Promise<DemoGateway> {
    const demo = path.join(ROOT, 'packages/demo');
    execFileSync(path.join(demo, 'node_modules/.bin/tsup'), { cwd: demo });
    const dataDir = mkdtempSync(path.join(tmpdir(), 'playgate-demo-'));
    const child = spawn(
      process.execPath,
      ['--conditions=@playgate/source', path.join(ROOT, 'packages/gateway/src/main.ts')],
      {
        env: {
          PATH: process.env.PATH,
          PORT: '0',
          PLAYGATE_DATA_DIR: dataDir,
          PLAYGATE_STORE: 'memory',
          PLAYGATE_SHED_LOAD: 'off',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the gateway did not start: ${said}`)), START_MS_MAX);
      child.stdout?.on('data', (chunk) => {
        said += chunk;
        if (!said.includes('is ready')) return;
        clearTimeout(late);
        resolve();
      });
      child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${said}`)));
    }).catch((error: unknown) => {
      child.kill();
      rmSync(dataDir, { recursive: true, force: true });
      throw error;
    });
    return new DemoGateway(child, dataDir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export function launchBrowser(): Promise<Browser> {
  const executablePath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) => BROWSERS.map((name) => path.join(folder, name)))
    .find((file) => {
      try {
        return readFileSync(file).length > 0;
      } catch {
        return false;
      }
    });
  if (executablePath === undefined) throw new Error(`a browser is needed on the PATH: one of ${BROWSERS.join(', ')}`);
  return chromium.launch({ executablePath, args: BROWSER_FLAGS });
}

/** A visitor: one window, and a record of everything that a page must not do. */
export class Visitor implements AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors, page errors, violations of the content policy, and requests to other hosts. */
  readonly complaints: string[];

  private constructor(context: BrowserContext, page: Page, complaints: string[]) {
    this.context = context;
    this.page = page;
    this.complaints = complaints;
  }

  static async arrive(browser: Browser, baseUrl: string, width = 1440): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    context.on('page', (page) => listen(page, baseUrl, complaints));
    const page = await context.newPage();
    await page.goto(`${baseUrl}/demo`);
    await page.waitForFunction(() => document.querySelectorAll('#players input').length === 5);
    return new Visitor(context, page, complaints);
  }

  async pick(playerRef: string): Promise<void> {
    await this.page.locator(`input[value="${playerRef}"]`).check({ force: true });
  }

  /** Presses a clock button and waits until the page has gone through that time. */
  async move(button: string, page = this.page): Promise<void> {
    await page.click(button);
    await page.waitForSelector('.clock-buttons [aria-disabled="true"]', { state: 'detached' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }
}

function listen(page: Page, baseUrl: string, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${baseUrl}/`)) complaints.push(`request: ${request.url()}`);
  });
}

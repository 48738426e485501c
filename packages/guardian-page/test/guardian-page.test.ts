import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../demo/test/demo-host.ts';
import { GuardianHost } from './guardian-host.ts';

const MINUTE_MS = 60_000;

let host: GuardianHost;
let browser: Browser;

beforeAll(async () => {
  [host, browser] = await Promise.all([GuardianHost.start(), launchBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await host[Symbol.asyncDispose]();
});

/** A guardian with a phone, and a record of everything that a page must not do. */
class Guardian implements AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: string[] = [];
  readonly urls: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('request', (request) => {
      this.urls.push(request.url());
      if (!request.url().startsWith(`${host.baseUrl}/`)) this.complaints.push(`request: ${request.url()}`);
    });
  }

  static async arrive(link: string, width = 320): Promise<Guardian> {
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const guardian = new Guardian(context, await context.newPage());
    await guardian.page.goto(link);
    await guardian.page.waitForSelector('#open:not([hidden]), #closed:not([hidden])');
    return guardian;
  }

  async text(selector: string): Promise<string> {
    return (await this.page.locator(selector).textContent()) ?? '';
  }

  async said(): Promise<string> {
    await this.page.waitForSelector('#said:not(:empty)');
    return this.text('#said');
  }

  /** What axe-core finds wrong, by rule. */
  async violations(): Promise<readonly string[]> {
    await this.page.evaluate(axe.source);
    const found = await this.page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  /** Pixels by which the page is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }
}

test('a guardian sees the day, sets limits and a bedtime, and the running game follows', async () => {
  await using guardian = await Guardian.arrive(await host.newLink());
  const { page } = guardian;
  expect(await guardian.text('#used-day')).toBe('25 phút');
  expect(await guardian.text('#limit-day')).toContain('3 giờ');
  expect(await guardian.text('#games')).toContain('Vườn Sao');
  expect(await guardian.text('#law-game')).toContain('1 giờ');
  expect(await guardian.violations()).toEqual([]);
  expect(await guardian.overflow()).toBe(0);
  await page.fill('#day-limit', '40');
  await page.click('#add-bedtime');
  await page.locator('.bedtime input[type=time]').first().fill('20:30');
  await page.getByRole('button', { name: 'Lưu giới hạn và giờ nghỉ' }).click();
  expect(await guardian.said()).toContain('Đã lưu');
  expect(await guardian.text('#limit-day')).toContain('40 phút');
  expect(await guardian.text('#history')).toContain('Người giám hộ');
  expect(await host.readRules()).toMatchObject({
    rules: { gameLimitMs: null, dayLimitMs: 40 * MINUTE_MS, bedtimes: [{ from: '20:30', to: '07:00' }] },
    history: [{ author: 'guardian' }],
  });
  expect(await host.play(30_000)).toMatchObject({
    verdict: 'warn',
    bindingRule: { id: 'guardian-provider' },
    remainingMs: 14.5 * MINUTE_MS,
  });
  expect(await guardian.violations()).toEqual([]);
  expect(await guardian.overflow()).toBe(0);
  await page.click('#language-en');
  expect(await guardian.text('h1')).toBe("Your child's play time");
  expect(await page.getAttribute('html', 'lang')).toBe('en');
  expect(await guardian.violations()).toEqual([]);
  expect(guardian.complaints).toEqual([]);
});

test('everything can be done by keyboard: pause, resume, an entry that is wrong', async () => {
  await host.setRules({});
  await using guardian = await Guardian.arrive(await host.newLink());
  const { page } = guardian;
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.id);
  const tabTo = async (name: string) => {
    for (let step = 0; step < 40; step++) {
      if ((await focused()) === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`no way to ${name}`);
  };
  await tabTo('Dừng đến khi tôi cho chơi lại');
  await page.keyboard.press('Enter');
  expect(await guardian.said()).toContain('Đã lưu');
  expect(await focused()).toBe('Cho chơi lại');
  expect(await guardian.text('#pause-state')).toContain('tạm dừng');
  expect(await host.readRules()).toMatchObject({ rules: { pause: { untilAt: null } } });
  expect(await guardian.violations()).toEqual([]);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#resume', { state: 'hidden' });
  expect(await host.readRules()).toMatchObject({ rules: { pause: null } });
  await tabTo('day-limit');
  await page.keyboard.type('2000');
  await tabTo('Lưu giới hạn và giờ nghỉ');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#day-limit-wrong:not([hidden])');
  expect(await focused()).toBe('day-limit');
  expect(await guardian.violations()).toEqual([]);
  expect(guardian.complaints).toEqual([]);
});

test('a change made elsewhere is not overwritten', async () => {
  await host.setRules({});
  await using guardian = await Guardian.arrive(await host.newLink(), 1024);
  await host.setRules({ dayLimitMs: 60 * MINUTE_MS });
  await guardian.page.fill('#game-limit', '20');
  await guardian.page.getByRole('button', { name: 'Lưu giới hạn và giờ nghỉ' }).click();
  expect(await guardian.said()).toContain('Có người khác');
  expect(await guardian.page.inputValue('#day-limit')).toBe('60');
  expect(await host.readRules()).toMatchObject({ rules: { gameLimitMs: null, dayLimitMs: 60 * MINUTE_MS } });
});

test('the token reaches no address: not the bar, not a request', async () => {
  const link = await host.newLink();
  await using guardian = await Guardian.arrive(link);
  expect(guardian.page.url()).toBe(`${host.baseUrl}/guardian`);
  const token = new URL(link).hash.slice(1);
  expect(guardian.urls.filter((url) => url.split('#')[0]?.includes(token.slice(-20)))).toEqual([]);
  await guardian.page.reload();
  await guardian.page.waitForSelector('#open:not([hidden])');
});

test('without a link, with a broken one and after a revocation the page says so', async () => {
  const link = await host.newLink();
  await using late = await Guardian.arrive(link);
  await host.revoke();
  await using after = await Guardian.arrive(link);
  await using broken = await Guardian.arrive(`${host.baseUrl}/guardian#nonsense`);
  await using none = await Guardian.arrive(`${host.baseUrl}/guardian`);
  for (const guardian of [after, broken, none]) {
    expect(await guardian.text('#closed')).toContain('Đường dẫn không còn dùng được');
    expect(await guardian.violations()).toEqual([]);
  }
  await late.page.click('[data-pause-hours="1"]');
  await late.page.waitForSelector('#closed:not([hidden])');
});

test('the page is served with a strict policy', async () => {
  const response = await fetch(`${host.baseUrl}/guardian`);
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(response.headers.get('cache-control')).toBe('no-cache');
});

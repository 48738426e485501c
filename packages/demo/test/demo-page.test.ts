import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DemoGateway, launchBrowser, Visitor } from './demo-host.ts';

const LEGAL_SENTENCE = 'Chơi quá 180 phút một ngày sẽ ảnh hưởng xấu đến sức khỏe';

/** From one heartbeat to the next, 30 s, on a busy machine. */
const HEARTBEAT_MS_MAX = 90_000;
/** An hour from here lies within one day of Vietnam. */
const NOON = '12:00';

let gateway: DemoGateway;
let browser: Browser;
const started = new AsyncDisposableStack();

beforeAll(async () => {
  gateway = started.use(await DemoGateway.start());
  browser = await launchBrowser();
  started.defer(() => browser.close());
});

afterAll(() => started.disposeAsync());

const textOf = async (page: Page, selector: string) => (await page.textContent(selector))?.trim() ?? '';
const isPlaying = (page: Page) => page.waitForSelector('#end:enabled');

/** Where "to the night" goes. */
const NIGHT = '23:55:00';
/** The page draws the clock and the figures in one go, and rounds each. */
const READ_APART_S = 2;

/** Seconds of `1:00:02` or `30:02`. */
const secondsOf = (text: string) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

/** What the clock of the page says, and what it says was played, of one instant. */
const clockAndUsed = async (page: Page) => {
  const [clock, used] = await page.evaluate(() =>
    ['#clock-time', '#used-game'].map((selector) => document.querySelector(selector)?.textContent ?? ''),
  );
  return { clock: clock ?? '', usedS: secondsOf(used ?? '') };
};

test('a minor plays an hour: notice, warnings, time to save, the end, and a refusal with its time', async () => {
  const body = JSON.stringify({ at: NOON });
  const headers = { 'Content-Type': 'application/json' };
  const moved = await fetch(`${gateway.baseUrl}/demo/api/clock`, { method: 'POST', headers, body });
  expect(moved.status).toBe(200);
  await using visitor = await Visitor.arrive(browser, gateway.baseUrl);
  const { page } = visitor;
  await visitor.pick('linh-17');
  await page.click('#start');
  await isPlaying(page);
  await visitor.move('[data-advance="30"]');
  expect(await textOf(page, '#notice-text')).toBe(LEGAL_SENTENCE);
  expect(secondsOf(await textOf(page, '#used-game'))).toBeGreaterThanOrEqual(1800);
  expect(secondsOf(await textOf(page, '#used-game'))).toBeLessThan(1830);
  expect(await textOf(page, '#rating')).toBe('00+');
  expect(await textOf(page, '#rule')).toContain('60 phút');
  expect(await textOf(page, '#policy')).toBe('vn-147-2024 · v1');
  await page.click('#notice-read');
  await visitor.move('[data-advance="30"]');
  expect(await textOf(page, '#screen-title')).toBe('Hết giờ chơi');
  expect(await textOf(page, '#screen-next')).toContain('00:00');
  expect(await textOf(page, '#screen-hotline')).toContain('111');
  expect(await textOf(page, '#used-game')).toBe('1:00:00');
  const log = await page.locator('#log li').allTextContents();
  for (const event of ['còn 15:00', 'còn 5:00', 'còn 1:00', 'Khuyến cáo', 'Lưu ngay', 'Kết thúc: daily_budget_spent']) {
    expect(log.filter((line) => line.includes(event)).length, event).toBeGreaterThanOrEqual(1);
  }
  await page.click('#start');
  await page.waitForSelector('#screen[data-kind="denied"]');
  expect(await textOf(page, '#screen-next')).toContain('00:00');
  await page.click('#language-en');
  expect(await textOf(page, '#screen-text')).toContain('You have played all the time');
  await page.reload();
  await page.waitForSelector('#players input');
  expect(await textOf(page, '#start')).toBe('Start playing');
  expect(visitor.complaints).toEqual([]);
});

test('a 15-year-old without a guardian is refused and told why; an adult is not limited', async () => {
  await using visitor = await Visitor.arrive(browser, gateway.baseUrl);
  const { page } = visitor;
  await visitor.pick('minh-15');
  await page.click('#start');
  await page.waitForSelector('#screen[data-kind="denied"]');
  expect(await textOf(page, '#screen-text')).toContain('người giám hộ');
  expect(await textOf(page, '#screen-cite')).toContain('Nghị định 147/2024/NĐ-CP');
  expect(await page.locator('#log').textContent()).toContain('guardian_required');
  await visitor.pick('hung-30');
  await page.click('#start');
  await isPlaying(page);
  expect(await textOf(page, '#remaining')).toBe('Không giới hạn');
  await visitor.move('[data-advance="30"]');
  expect(await textOf(page, '#notice-text')).toBe(LEGAL_SENTENCE);
  expect(visitor.complaints).toEqual([]);
});

test('two tabs count a minute once, and midnight starts a new day in both', async () => {
  await using visitor = await Visitor.arrive(browser, gateway.baseUrl);
  const { context, page } = visitor;
  await visitor.pick('bao-11');
  await visitor.move('#to-night');
  await page.click('#start');
  await isPlaying(page);
  const [second] = await Promise.all([context.waitForEvent('page'), page.click('#second-tab')]);
  await isPlaying(second);
  await second.waitForSelector('#others:not(:empty)');
  await visitor.move('[data-advance="1"]', second);
  for (const tab of [page, second]) {
    // The other tab learns of it from its stream, or by its own next heartbeat where that is not open yet.
    const counted = () => document.querySelector('#used-game')?.textContent?.match(/^[1-9]:/);
    await tab.waitForFunction(counted, undefined, { timeout: HEARTBEAT_MS_MAX });
    const { clock, usedS } = await clockAndUsed(tab);
    expect(usedS).toBeGreaterThanOrEqual(60);
    // Twice would be more than has passed.
    expect(usedS).toBeLessThanOrEqual(secondsOf(clock) - secondsOf(NIGHT) + READ_APART_S);
  }
  await visitor.move('[data-advance="10"]', second);
  for (const tab of [page, second]) {
    const { clock, usedS } = await clockAndUsed(tab);
    expect(clock).toMatch(/^00:0[6-9]/);
    expect(Math.abs(usedS - secondsOf(clock))).toBeLessThanOrEqual(READ_APART_S);
  }
  expect(await page.locator('#log').textContent()).toContain('Sang ngày mới');
  expect(visitor.complaints).toEqual([]);
});

test('the clock cannot be moved while a start is under way', async () => {
  await using visitor = await Visitor.arrive(browser, gateway.baseUrl);
  const { context, page } = visitor;
  let hold = (_route: Route) => {};
  const asked = new Promise<Route>((resolve) => {
    hold = resolve;
  });
  await context.route('**/demo/api/age-token', (route) => hold(route));
  await page.click('#start');
  const held = await asked;
  const locked = page.locator('.clock-buttons [aria-disabled="true"]');
  expect(await locked.count()).toBe(await page.locator('.clock-buttons button').count());
  await held.continue();
  await isPlaying(page);
  expect(await locked.count()).toBe(0);
  await visitor.move('[data-advance="1"]');
  expect(secondsOf(await textOf(page, '#used-game'))).toBeGreaterThanOrEqual(60);
  expect(visitor.complaints).toEqual([]);
});

test('it is usable by keyboard and fits a narrow telephone', async () => {
  await using visitor = await Visitor.arrive(browser, gateway.baseUrl, 360);
  const { page } = visitor;
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await page.locator('input[value="linh-17"]').focus();
  await page.keyboard.press('ArrowUp');
  expect(await page.locator('input[value="an-15"]').isChecked()).toBe(true);
  await page.locator('#start').focus();
  await page.keyboard.press('Enter');
  await isPlaying(page);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('canvas');
  await page.locator('#end').focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('#screen[data-kind="ended"]');
  expect(visitor.complaints).toEqual([]);
});

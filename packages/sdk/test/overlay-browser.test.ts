// The overlay in a real browser: what is seen, what a screen reader finds, and what still reaches the game.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AnySessionEvent } from '../src/index.ts';
import type { PlaygateOverlay } from '../src/overlay.ts';
import { type GamePage, launchBrowser, PageServer } from './page-server.ts';

const MINUTE = 60_000;
const LEGAL_SENTENCE = 'Chơi quá 180 phút một ngày sẽ ảnh hưởng xấu đến sức khỏe';
const NOTICE = {
  type: 'notice',
  action: 'continue',
  id: 'health-180',
  text: LEGAL_SENTENCE,
  texts: { vi: LEGAL_SENTENCE, en: 'Playing more than 180 minutes a day will harm your health' },
} as const satisfies AnySessionEvent;
const ENDED = {
  type: 'ended',
  action: 'exit',
  by: 'limit',
  reason: 'daily_budget_spent',
  bindingRule: null,
  endedAt: '2026-11-20T13:00:00.000Z',
  nextAllowedAt: '2026-11-20T17:00:00.000Z',
  text: null,
} as const satisfies AnySessionEvent;

interface Now {
  readonly remainingMs: number | null;
  readonly phase: string;
  readonly unlimited: boolean;
}

interface GameWindow extends GamePage {
  overlay: PlaygateOverlay;
  now: Now & { readonly used: { readonly gameMs: number } };
  clicks: number;
  exits: number;
  tell(event: object): void;
}

const started = new AsyncDisposableStack();
let browser: Browser;
let pages: PageServer;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  pages = started.use(await PageServer.start());
  browser = await launchBrowser();
  started.defer(() => browser.close());
});
afterAll(() => started.disposeAsync());
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  page = await context.newPage();
});
afterEach(() => context.close());

/** A page with a game that counts its clicks, and an overlay that follows a session the test plays. */
async function openGame(locale: 'vi' | 'en' = 'vi'): Promise<void> {
  await page.goto(pages.url);
  await page.evaluate(async (language) => {
    const here = window as unknown as GameWindow;
    document.body.innerHTML =
      '<main><button id="game" style="position:fixed;inset:0;border:0;background:green">Game</button></main>';
    here.clicks = here.exits = 0;
    document.querySelector('#game')?.addEventListener('click', () => {
      here.clicks += 1;
    });
    here.now = { remainingMs: 3_600_000, phase: 'playing', unlimited: false, used: { gameMs: 3_600_000 } };
    const listeners = new Map<string, ((event: object) => void)[]>();
    here.tell = (event) => {
      for (const listener of listeners.get((event as { type: string }).type) ?? []) listener(event);
    };
    const session = {
      rating: '12+',
      getRemaining: () => here.now,
      on: (type: string, listener: (event: object) => void) => {
        listeners.set(type, [...(listeners.get(type) ?? []), listener]);
        return () => {};
      },
    };
    here.overlay = here.PlaygateOverlay.createOverlay({ locale: language, timeZone: 'Asia/Ho_Chi_Minh' });
    here.overlay.addEventListener('playgate-exit', () => {
      here.exits += 1;
    });
    here.overlay.follow(session as unknown as Parameters<PlaygateOverlay['follow']>[0]);
  }, locale);
}

const tell = (event: object) => page.evaluate((it) => (window as unknown as GameWindow).tell(it), event);
const read = (name: 'clicks' | 'exits') => page.evaluate((it) => (window as unknown as GameWindow)[it], name);
const set = (now: Partial<Now>) =>
  page.evaluate((it) => {
    const here = window as unknown as GameWindow;
    here.now = { ...here.now, ...it };
    here.tell({ type: 'tick' });
  }, now);
/** Playwright looks into open shadow trees. */
const part = (name: string) => page.locator(`[part="${name}"]`);

describe('while play goes on', () => {
  test('the rating is always there; the countdown comes when it matters', async () => {
    await openGame();
    expect(await part('badge').textContent()).toBe('12+');
    expect(await part('badge').getAttribute('aria-label')).toBe('Phân loại độ tuổi 12+');
    expect(await part('countdown').isVisible()).toBe(false);
    await set({ remainingMs: 15 * MINUTE });
    expect(await part('countdown').textContent()).toBe('Còn 15 phút');
    await set({ remainingMs: 4 * MINUTE + 58_001 });
    expect(await part('countdown').textContent()).toBe('Còn 4:59');
    await set({ phase: 'paused' });
    expect(await part('countdown').textContent()).toBe('Tạm dừng · 4:59');
    await set({ remainingMs: null, unlimited: true, phase: 'playing' });
    expect(await part('countdown').isVisible()).toBe(false);
    expect(await part('badge').isVisible()).toBe(true);
  });

  test('a click on anything but a button reaches the game', async () => {
    await openGame();
    await tell({ type: 'warning', stepMs: 5 * MINUTE });
    for (const name of ['badge', 'warning']) {
      const box = await part(name).boundingBox();
      await page.mouse.click(box!.x + 8, box!.y + box!.height / 2);
    }
    expect(await read('clicks')).toBe(2);
    await part('close').click();
    expect(await part('warning').count()).toBe(0);
    expect(await read('clicks')).toBe(2);
  });

  test.each(['vi', 'en'] as const)('the notice has the law’s words in %s and cannot be closed', async (locale) => {
    await openGame(locale);
    await tell(NOTICE);
    const sentence = part('notice').locator('[lang="vi"]');
    expect(await sentence.textContent()).toBe(LEGAL_SENTENCE);
    expect(await part('notice').locator('button').count()).toBe(0);
    const hasEnglish = (await part('notice').textContent())?.includes(NOTICE.texts.en);
    expect(hasEnglish).toBe(locale === 'en');
    expect(await part('notice').evaluate((notice) => notice.closest('[role]')?.getAttribute('role'))).toBe('status');
  });

  test('time to save interrupts a screen reader', async () => {
    await openGame();
    await tell({ type: 'limitReached' });
    expect(await part('save').evaluate((toast) => toast.parentElement?.getAttribute('role'))).toBe('alert');
    await tell({ type: 'extended', addedMs: 10 * MINUTE });
    expect(await part('save').count()).toBe(0);
    expect(await part('extended').textContent()).toContain('10 phút');
  });

  test('words from outside never become markup', async () => {
    await openGame();
    await tell({ ...NOTICE, texts: { vi: '<img src=x onerror=alert(1)>', en: '' } });
    await tell({ ...ENDED, text: '<b id="no">x</b>' });
    expect(await page.locator('img, #no').count()).toBe(0);
  });

  test('stays above what goes full-screen later', async () => {
    await openGame();
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          document.addEventListener('fullscreenchange', () => requestAnimationFrame(resolve));
          void document.querySelector('main')?.requestFullscreen();
        }),
    );
    const { x, y, height } = (await part('badge').boundingBox())!;
    const pixelAt = (left: number) =>
      page.screenshot({ clip: { x: left, y: Math.round(y + height / 2), width: 1, height: 1 } });
    expect(await pixelAt(Math.round(x) + 6)).not.toEqual(await pixelAt(900));
  });
});

describe('the end', () => {
  test('says why, when play is allowed again, and who listens', async () => {
    await openGame('en');
    await tell(ENDED);
    const text = (await part('end').textContent()) ?? '';
    expect(text).toContain('You can play again tomorrow from 00:00.');
    expect(text).toContain('60 min of this game were played today');
    expect(await part('number').getAttribute('href')).toBe('tel:111');
    expect(await part('badge').isVisible()).toBe(true);
  });

  test('takes the focus, keeps keys from the game, and gives both back', async () => {
    await openGame();
    await page.focus('#game');
    await tell(ENDED);
    const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('part'));
    expect(await focused()).toBe('title');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('number');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('exit');
    await page.keyboard.press('Enter');
    expect(await read('clicks')).toBe(0);
    expect(await read('exits')).toBe(1);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('game');
    await tell(ENDED);
    await page.keyboard.press('Escape');
    expect(await read('exits')).toBe(2);
  });

  test('is not shown when the game itself ended the session', async () => {
    await openGame();
    await tell({ ...ENDED, by: 'game', reason: 'quit' });
    expect(await part('end').isVisible()).toBe(false);
  });

  test('without a told time names tomorrow for a spent day, and nothing for an outage', async () => {
    await openGame('en');
    await tell({ ...ENDED, nextAllowedAt: null });
    expect(await part('next').textContent()).toBe('You can play again tomorrow.');
    await tell({ ...ENDED, nextAllowedAt: null, reason: 'ledger_unavailable' });
    expect(await part('next').count()).toBe(0);
    expect(await part('end').textContent()).toContain('Play time can’t be checked');
  });

  test('shows a refusal in the gateway’s words', async () => {
    await openGame();
    await page.evaluate(() => {
      const message = { vi: 'Bạn cần cha mẹ đăng ký', en: 'A parent has to register you' };
      const reason = 'guardian_required';
      const denial = { text: message.vi, message, reason, nextAllowedAt: null, rating: '16+', serverAt: '' };
      (window as unknown as GameWindow).overlay.showDenial(
        denial as unknown as Parameters<PlaygateOverlay['showDenial']>[0],
      );
    });
    expect(await part('end').textContent()).toContain('Bạn cần cha mẹ đăng ký');
    expect(await part('badge').textContent()).toBe('16+');
  });

  test.each([
    ['guardian_required', 1],
    ['unverified', 0],
    ['agent_closed', 0],
  ])(
    'refuses for %s in the overlay’s language, with the hotline only where it is a minor: %i',
    async (reason, count) => {
      await openGame('en');
      await deny({ reason, text: 'Chưa chơi được', message: { vi: 'Chưa chơi được', en: 'Not now' } });
      expect(await part('end').textContent()).toContain('Not now');
      expect(await part('hotline').count()).toBe(count);
    },
  );

  test('has words for a gateway that could not be asked', async () => {
    await openGame('en');
    await deny(null);
    expect(await part('end').textContent()).toContain('Play time can’t be checked right now');
    expect(await part('hotline').count()).toBe(0);
  });
});

test('a new language drops texts of the old one, and keeps them otherwise', async () => {
  await openGame('vi');
  const offline = () => tell({ type: 'offline' });
  const configure = (options: object) =>
    page.evaluate((given) => (window as unknown as GameWindow).overlay.configure(given), options);
  await configure({ texts: { offline: 'Mất mạng rồi' } });
  await configure({ countdown: 'never' });
  await offline();
  expect(await part('offline').textContent()).toContain('Mất mạng rồi');
  await configure({ locale: 'en' });
  await offline();
  expect(await part('offline').textContent()).toContain('No connection');
});

test('a child is warned at a field before and while it gives itself away, and nothing is sent', async () => {
  await openGame();
  await page.evaluate(() => {
    const field = document.createElement('input');
    field.setAttribute('aria-label', 'Chat');
    field.style.cssText = 'position:fixed;bottom:0';
    document.body.append(field);
    (window as unknown as GameWindow).overlay.warnPersonalInformation(field);
  });
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.focus('input');
  expect(await part('privacy').textContent()).toContain('Giữ kín thông tin');
  await page.keyboard.type('xin chào 0912 345 678');
  expect(await part('privacy').textContent()).toContain('số điện thoại');
  expect(requests).toEqual([]);
});

function deny(denial: object | null): Promise<void> {
  return page.evaluate((given) => {
    const whole = given === null ? null : { nextAllowedAt: null, serverAt: '', ...given };
    const { overlay } = window as unknown as GameWindow;
    overlay.showDenial(whole as Parameters<PlaygateOverlay['showDenial']>[0]);
  }, denial);
}

describe('every screen', () => {
  const sizes = [
    [320, 568],
    [1280, 720],
    [3840, 2160],
  ] as const;
  const screens = {
    running: () => set({ remainingMs: 10 * MINUTE }),
    warning: () => tell({ type: 'warning', stepMs: 5 * MINUTE }),
    notice: () => tell(NOTICE),
    save: () => tell({ type: 'limitReached' }),
    end: () => tell(ENDED),
  };

  test.each(sizes)(
    'fits %i x %i in both languages and is clean for axe',
    async (width, height) => {
      await page.setViewportSize({ width, height });
      for (const locale of ['vi', 'en'] as const) {
        for (const [name, show] of Object.entries(screens)) {
          await openGame(locale);
          await page.emulateMedia({ reducedMotion: 'reduce' });
          await show();
          const found = await new AxeBuilder({ page }).include('playgate-overlay').analyze();
          expect(found.violations.map(({ id, nodes }) => [name, id, nodes[0]?.html])).toEqual([]);
          const cut = await page.evaluate(() => {
            const root = document.querySelector('playgate-overlay')?.shadowRoot;
            const seen = [...(root?.querySelectorAll('[part]') ?? [])].map((element) =>
              element.getBoundingClientRect(),
            );
            return seen.filter(({ left, right }) => left < 0 || right > innerWidth).length;
          });
          expect(cut, `${name} ${locale} is cut off`).toBe(0);
        }
      }
    },
    120_000,
  );
});

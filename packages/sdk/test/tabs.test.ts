import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PlayGuardOptions } from '../src/options.ts';
import { createPageGuard } from '../src/play-guard.ts';
import type { AnySessionEvent, SessionEventType } from '../src/session/events.ts';
import type { PlaySession } from '../src/session/play-session.ts';
import { JOIN_WAIT_MS } from '../src/tabs/tab-circle.ts';
import { DENIAL, FakeGateway } from './fake-gateway.ts';
import { FakeBrowser, type FakeTab } from './fake-tabs.ts';

const MINUTE = 60_000;
const TYPES: readonly SessionEventType[] = [
  ...(['warning', 'notice', 'limitReached', 'ended', 'paused', 'resumed'] as const),
  ...(['extended', 'dayReset', 'offline', 'online', 'error'] as const),
];
/** Of two players; only the middle part is read. */
const TOKENS = ['player-a', 'player-b'].map((sub) => `e30.${btoa(JSON.stringify({ sub }))}.sig`) as [string, string];

let browser: FakeBrowser;
let gateway: FakeGateway;
let first: FakeTab;

beforeEach(async () => {
  browser = new FakeBrowser();
  first = browser.openTab();
  gateway = await FakeGateway.start(first.host);
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const tab of browser.tabs.filter(({ isDead }) => !isDead)) {
    expect(tab.host.timerCount, 'timers left').toBe(0);
    expect(tab.host.pageListenerCount, 'page listeners left').toBe(0);
  }
});

interface Played {
  readonly session: PlaySession;
  readonly events: AnySessionEvent[];
}

async function play(tab: FakeTab, options: Partial<PlayGuardOptions> = {}, ageToken = TOKENS[0]): Promise<Played> {
  const settings = {
    gatewayUrl: gateway.url,
    publishableKey: 'pk_test_key',
    gameId: 'star-garden',
    platform: tab.host.platform,
    ...options,
  };
  const guard = createPageGuard(settings, tab.loadTabs);
  const result = await browser.until(guard.startSession({ ageToken }));
  if (result.verdict !== 'play') throw new Error('denied');
  const events: AnySessionEvent[] = [];
  for (const type of TYPES) result.session.on(type, (event) => void events.push(event));
  await tab.host.advance(0);
  await browser.settle();
  return { session: result.session, events };
}

const typesOf = ({ events }: Played) => events.map(({ type }) => type);
const requestsOf = (tab: FakeTab, last: string) => tab.host.requests.filter(({ url }) => url.endsWith(last));
const beatsOf = (tab: FakeTab) =>
  requestsOf(tab, 'heartbeats').map(({ request }) => JSON.parse(request.body) as { seq: number; state: string });

describe('two tabs of one player', () => {
  test('are one session: one beats, both are told the same', async () => {
    const one = await play(first);
    const second = browser.openTab();
    const two = await play(second);
    expect(two.session.sessionId).toBe(one.session.sessionId);
    expect(gateway.sessions).toHaveLength(1);
    await browser.advance(46 * MINUTE, 1_000);
    expect(second.host.requests).toEqual([]);
    expect(typesOf(one)).toEqual(['notice', 'warning']);
    expect(two.events).toEqual(one.events);
    const [mine, theirs] = [one.session.getRemaining(), two.session.getRemaining()];
    expect(Math.abs(mine.remainingMs! - theirs.remainingMs!)).toBeLessThan(1_001);
    await browser.until(one.session.end());
    await browser.settle();
    expect(two.events.at(-1)).toMatchObject({ type: 'ended', by: 'game', reason: 'quit' });
    expect(two.session.getRemaining().phase).toBe('closed');
  });

  test('end together when the one that follows ends it', async () => {
    const one = await play(first);
    const two = await play(browser.openTab());
    await browser.until(two.session.end('lobby'));
    expect(one.events).toMatchObject([{ type: 'ended', reason: 'lobby' }]);
    expect(gateway.sessions[0]?.closed).toEqual({ reason: 'lobby' });
  });

  test('another takes over when the one that leads dies, with a number above any it may have used', async () => {
    await play(first);
    const second = browser.openTab();
    const two = await play(second);
    await browser.advance(5 * MINUTE, 1_000);
    const lastSeq = beatsOf(first).at(-1)!.seq;
    browser.kill(first);
    await browser.advance(2 * MINUTE, 1_000);
    expect(beatsOf(second)[0]!.seq).toBeGreaterThan(lastSeq);
    expect(gateway.sessions).toHaveLength(1);
    expect(gateway.sessions[0]!.usedMs).toBeGreaterThan(6 * MINUTE);
    expect(typesOf(two)).toEqual([]);
    await browser.advance(60 * MINUTE, 1_000);
    expect(two.events.at(-1)).toMatchObject({ type: 'ended', by: 'limit', reason: 'daily_budget_spent' });
    expect(gateway.sessions[0]?.closed).toMatchObject({ reason: 'limit' });
  });

  test('what was told once is not told again by the one that takes over', async () => {
    await play(first);
    const two = await play(browser.openTab());
    await browser.advance(46 * MINUTE, 1_000);
    browser.kill(first);
    await browser.advance(MINUTE, 1_000);
    expect(typesOf(two)).toEqual(['notice', 'warning']);
    await browser.until(two.session.end());
  });

  test('pause when neither plays, and resume when one does', async () => {
    const one = await play(first);
    const second = browser.openTab();
    const two = await play(second);
    first.host.setPage('hidden');
    await browser.advance(1_000);
    expect(typesOf(one)).toEqual([]);
    two.session.pause();
    await browser.advance(1_000);
    expect(typesOf(one)).toEqual(['paused']);
    expect(typesOf(two)).toEqual(['paused']);
    expect(gateway.sessions[0]?.state).toBe('paused');
    first.host.setPage('visible');
    await browser.advance(1_000);
    expect(typesOf(two)).toEqual(['paused', 'resumed']);
    first.host.setPage('hidden');
    second.host.setPage('hidden');
    await browser.advance(1_000);
    expect(two.events.at(-1)).toMatchObject({ type: 'paused' });
    await browser.until(one.session.end());
  });

  test('the one that is seen leads, since timers of hidden pages are slowed down', async () => {
    await play(first);
    const second = browser.openTab();
    const two = await play(second);
    first.host.setPage('hidden');
    await browser.advance(1_000);
    const beatsBefore = beatsOf(first).length;
    await browser.advance(2 * MINUTE, 1_000);
    expect(beatsOf(first)).toHaveLength(beatsBefore);
    expect(beatsOf(second).length).toBeGreaterThan(2);
    first.host.setPage('visible');
    await browser.settle();
    second.host.setPage('hidden');
    await browser.advance(MINUTE, 1_000);
    expect(beatsOf(first).length).toBeGreaterThan(beatsBefore);
    expect(typesOf(two)).toEqual([]);
    await browser.until(two.session.end());
  });

  test('a tab that died hidden or not is not waited for', async () => {
    const one = await play(first);
    const second = browser.openTab();
    await play(second);
    first.host.setPage('hidden');
    await browser.advance(1_000);
    browser.kill(second);
    await browser.advance(1_000);
    expect(one.events).toMatchObject([{ type: 'paused', by: 'page' }]);
    first.host.setPage('visible');
    await browser.until(one.session.end());
  });

  test('an outage is told to both', async () => {
    const one = await play(first);
    const two = await play(browser.openTab());
    gateway.troubles = ['busy'];
    await browser.advance(MINUTE, 1_000);
    expect(typesOf(two)).toEqual(['offline', 'online']);
    expect(two.events[0]).toMatchObject({ error: { code: 'ledger_unavailable' } });
    await browser.until(one.session.end());
  });

  test('a second start while the first waits for the gateway joins it', async () => {
    gateway.troubles = ['busy'];
    const second = browser.openTab();
    const [one, two] = await Promise.all([play(first), play(second)]);
    expect(gateway.sessions).toHaveLength(1);
    expect(two.session.sessionId).toBe(one.session.sessionId);
    await browser.until(one.session.end());
  });

  test('each asks for itself when the start of the first is refused', async () => {
    gateway.denial = DENIAL;
    const second = browser.openTab();
    await expect(Promise.all([play(first), play(second)])).rejects.toThrow('denied');
    await browser.advance(1_000);
    expect(gateway.received).toHaveLength(2);
  });
});

describe('tabs that are not one session', () => {
  test('of two players', async () => {
    const one = await play(first);
    const two = await play(browser.openTab(), {}, TOKENS[1]);
    expect(gateway.sessions).toHaveLength(2);
    await browser.until(Promise.all([one.session.end(), two.session.end()]));
  });

  test('by choice, or where the host cannot do it', async () => {
    const one = await play(first, { shareTabs: false });
    const two = await play(browser.openTab(), { shareTabs: false });
    const lonely = new FakeBrowser({ canShare: false });
    const third = lonely.openTab();
    const playing = play(third);
    for (let turn = 0; turn < 20; turn += 1) await third.host.advance(100);
    const three = await playing;
    expect(gateway.sessions).toHaveLength(3);
    await browser.until(Promise.all([one.session.end(), two.session.end()]));
    await third.host.advanceUntil(three.session.end());
  });

  test('when the one that leads is stuck', async () => {
    const one = await play(first);
    first.isFrozen = true;
    const second = browser.openTab();
    const startedAt = second.host.monotonicMs;
    const two = await play(second);
    expect(second.host.monotonicMs - startedAt).toBeGreaterThanOrEqual(JOIN_WAIT_MS);
    expect(two.session.sessionId).toBe('ses_1');
    first.isFrozen = false;
    await browser.until(Promise.all([one.session.end(), two.session.end()]));
  });
});

describe('a reload', () => {
  test('pauses, and goes on with the same session: nothing counts in between', async () => {
    const one = await play(first);
    await browser.advance(46 * MINUTE, 1_000);
    await browser.leave(first);
    expect(first.host.requests.at(-1)).toMatchObject({ request: { keepalive: true } });
    expect(gateway.sessions[0]?.state).toBe('paused');
    expect(one.events.at(-1)).toMatchObject({ type: 'paused', by: 'page' });
    const usedMs = gateway.sessions[0]!.usedMs;
    await browser.advance(3 * MINUTE, 1_000);
    const again = browser.openTab(first.storage);
    const two = await play(again);
    expect(two.session.sessionId).toBe(one.session.sessionId);
    expect(gateway.sessions).toHaveLength(1);
    expect(gateway.sessions[0]!.usedMs).toBe(usedMs);
    expect(again.storage.entries.size).toBe(0);
    await browser.advance(MINUTE, 1_000);
    expect(typesOf(two)).toEqual([]);
    await browser.advance(15 * MINUTE, 1_000);
    const told = typesOf(two).filter((type) => type !== 'notice');
    expect(told).toEqual(['warning', 'warning', 'limitReached', 'ended']);
  });

  test('of a session that is over by then starts a new one', async () => {
    await play(first);
    await browser.advance(MINUTE, 1_000);
    await browser.leave(first);
    gateway.sessions[0]!.closed = { reason: 'silence' };
    const two = await play(browser.openTab(first.storage));
    expect(two.session.sessionId).toBe('ses_1');
    await browser.until(two.session.end());
  });

  test('leaves nothing behind after an end, and nothing for another player', async () => {
    const one = await play(first);
    first.host.setPage('hidden');
    await browser.settle();
    expect(first.storage.entries.size).toBe(1);
    expect(JSON.stringify([...first.storage.entries])).not.toContain('player-a');
    first.host.setPage('visible');
    expect(first.storage.entries.size).toBe(0);
    await browser.until(one.session.end());
    const two = await play(first);
    await browser.leave(first);
    const other = await play(browser.openTab(first.storage), {}, TOKENS[1]);
    expect(other.session.sessionId).not.toBe(two.session.sessionId);
    await browser.until(other.session.end());
  });

  test('without the gateway goes on with nothing', async () => {
    await play(first);
    await browser.leave(first);
    gateway.troubles = ['busy', 'busy', 'busy'];
    await expect(play(browser.openTab(first.storage))).rejects.toMatchObject({ code: 'ledger_unavailable' });
  });

  test('closes the session when the game chose so', async () => {
    const one = await play(first, { resumeAfterReload: false });
    await browser.leave(first);
    expect(one.events).toMatchObject([{ type: 'ended', by: 'page' }]);
    expect(gateway.sessions[0]?.closed).toEqual({ reason: 'quit' });
    expect(first.storage.entries.size).toBe(0);
  });

  test('does not put off the notice of a player who is not counted', async () => {
    gateway.rules = { ...gateway.rules, budgetMs: null, intervalMs: null };
    await play(first);
    await browser.advance(20 * MINUTE, 1_000);
    await browser.leave(first);
    expect(gateway.sessions[0]?.closed).toEqual({ reason: 'quit' });
    const two = await play(browser.openTab(first.storage));
    await browser.advance(11 * MINUTE, 1_000);
    expect(typesOf(two)).toEqual(['notice']);
    await browser.until(two.session.end());
  });
});

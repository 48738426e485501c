// A start while the gateway is away: adults whom it let play here before, and nobody else.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PlayGuardOptions } from '../src/options.ts';
import { createPageGuard, type StartOptions } from '../src/play-guard.ts';
import type { PlaySession } from '../src/session/play-session.ts';
import { DENIAL, FakeGateway, type Trouble } from './fake-gateway.ts';
import { FakeBrowser, type FakeTab } from './fake-tabs.ts';

const MINUTE = 60_000;
const DAY_S = 86_400;
const ADULTS = { budgetMs: null, intervalMs: null };

let browser: FakeBrowser;
let gateway: FakeGateway;
let first: FakeTab;

beforeEach(async () => {
  browser = new FakeBrowser();
  first = browser.openTab();
  gateway = await FakeGateway.start(first.host);
  gateway.rules = { ...gateway.rules, ...ADULTS };
});

afterEach(() => gateway[Symbol.asyncDispose]());

function tokenOf(claims: object): string {
  const exp = first.host.wallMs / 1000 + DAY_S;
  return `e30.${btoa(JSON.stringify({ sub: 'player-a', age_band: 'adult', exp, ...claims }))}.sig`;
}

interface Start {
  readonly options?: Partial<PlayGuardOptions>;
  readonly asked?: Partial<StartOptions>;
}

async function start(tab: FakeTab, { asked, options }: Start = {}): Promise<PlaySession> {
  const { platform } = tab.host;
  const settings = { gatewayUrl: gateway.url, publishableKey: 'pk_test_key', gameId: 'star-garden', platform };
  const guard = createPageGuard({ ...settings, ...options }, tab.loadTabs);
  const result = await browser.until(guard.startSession({ ageToken: tokenOf({}), ...asked }));
  if (result.verdict !== 'play') throw new Error('denied');
  return result.session;
}

/** Plays with the gateway, ends, and lets it go away. */
async function playBefore(given: Start = {}): Promise<void> {
  await browser.until((await start(first, given)).end());
  goAway('reset');
}

function goAway(trouble: Trouble): void {
  gateway.troubles = Array.from({ length: 50 }, () => trouble);
}

const pathsOf = (from: number) => gateway.received.slice(from).map(({ path }) => path);

test('an adult who played here before plays, with rating and notices as before, and it says that nobody was asked', async () => {
  await playBefore();
  const asked = gateway.received.length;
  const session = await start(browser.openTab());
  expect(pathsOf(asked)).toEqual(['/v1/sessions', '/v1/sessions', '/v1/sessions']);
  const notices: string[] = [];
  session.on('notice', ({ id }) => void notices.push(id));
  await browser.advance(61 * MINUTE, 1_000);
  expect(notices).toEqual(['health', 'health']);
  expect(session.rating).toBe('12+');
  const left = { unlimited: true, remainingMs: null, source: 'fallback', isOffline: true };
  expect(session.getRemaining()).toMatchObject(left);
  await browser.until(session.end());
  expect(session.getRemaining().phase).toBe('closed');
  expect(pathsOf(asked)).toHaveLength(3);
});

test('the end of such a session waits for nobody, and the next start asks the gateway again', async () => {
  await playBefore();
  const session = await start(first);
  const endedFrom = first.host.monotonicMs;
  const sent = first.host.requests.length;
  await browser.until(session.end());
  expect(first.host.monotonicMs).toBe(endedFrom);
  expect(first.host.requests).toHaveLength(sent);
  gateway.troubles = [];
  const next = await start(first);
  expect(next.getRemaining().source).toBe('live');
  expect(next.sessionId).toBe('ses_1');
  await browser.until(next.end());
});

test('each such session has a name of its own', async () => {
  await playBefore();
  const names = [];
  for (const tab of [first, browser.openTab()]) {
    const session = await start(tab);
    names.push(session.sessionId);
    await browser.until(session.end());
  }
  expect(new Set(names).size).toBe(2);
});

test.each<Trouble>(['busy', 'proxy_404', 'not_json'])('%s is away too', async (trouble) => {
  await playBefore();
  goAway(trouble);
  const session = await start(first);
  expect(session.getRemaining().source).toBe('fallback');
  await browser.until(session.end());
});

test('a reload goes on with it, asks for a new session only, and puts off no notice', async () => {
  await playBefore();
  await start(first);
  await browser.advance(20 * MINUTE, 1_000);
  first.host.setPage('hidden');
  browser.kill(first);
  const asked = gateway.received.length;
  const second = browser.openTab(first.storage);
  const session = await start(second);
  expect(new Set(pathsOf(asked))).toEqual(new Set(['/v1/sessions']));
  const notices: string[] = [];
  session.on('notice', ({ id }) => void notices.push(id));
  await browser.advance(11 * MINUTE, 1_000);
  expect(notices).toEqual(['health']);
  await browser.until(session.end());
});

test('a session that the gateway knows and a reload left behind is closed there in the end', async () => {
  await start(first);
  await browser.advance(MINUTE, 1_000);
  first.host.setPage('hidden');
  browser.kill(first);
  goAway('reset');
  const session = await start(browser.openTab(first.storage));
  expect(session.getRemaining().source).toBe('fallback');
  gateway.troubles = [];
  await browser.until(session.end());
  expect(gateway.sessions.map(({ closed }) => closed)).toEqual([{ reason: 'quit' }]);
});

test('its tabs are one session', async () => {
  await playBefore();
  const [one, two] = [await start(first), await start(browser.openTab())];
  expect(two.getRemaining()).toMatchObject({ unlimited: true, source: 'fallback' });
  await browser.until(two.end());
  await browser.settle();
  expect([one, two].map((session) => session.getRemaining().phase)).toEqual(['closed', 'closed']);
});

test.each<[string, Start]>([
  ['another player of this browser', { asked: { ageToken: tokenText({ sub: 'player-b' }) } }],
  ['whose token says another band', { asked: { ageToken: tokenText({ age_band: '16_17' }) } }],
  ['whose token is over', { asked: { ageToken: tokenText({ exp: 1 }) } }],
  ['whose token never ends', { asked: { ageToken: tokenText({ exp: null }) } }],
  ['whose token cannot be read', { asked: { ageToken: 'player-a' } }],
  ['not verified', { asked: { ageToken: null } }],
  ['at a station', { asked: { stationToken: 'seat-1' } }],
  ['in another game', { options: { gameId: 'other-game' } }],
  ['in a page that shares and keeps nothing', { options: { shareTabs: false, resumeAfterReload: false } }],
])('nobody else does: %s', async (_who, given) => {
  await playBefore();
  await expect(start(first, given)).rejects.toMatchObject({ code: 'unreachable' });
});

test('nor an adult who never played here', async () => {
  goAway('reset');
  await expect(start(first)).rejects.toMatchObject({ code: 'unreachable' });
});

test.each([
  ['counts adults', { intervalMs: 30_000 }],
  ['limits adults', { budgetMs: 60 * MINUTE, intervalMs: 30_000 }],
])('nor where the policy %s by now', async (_what, rules) => {
  await playBefore();
  gateway.troubles = [];
  gateway.rules = { ...gateway.rules, ...rules };
  await playBefore();
  await expect(start(first)).rejects.toMatchObject({ code: 'unreachable' });
});

test('what is learned at a seat is not kept', async () => {
  const given = { asked: { stationToken: 'seat-1' } };
  await playBefore(given);
  expect(browser.lasting.entries.size).toBe(0);
  await expect(start(first, given)).rejects.toMatchObject({ code: 'unreachable' });
});

test('a gateway that refuses is not away, and whom it refused is known no more', async () => {
  await playBefore();
  goAway('unknown');
  await expect(start(first)).rejects.toMatchObject({ code: 'not_found' });
  goAway('reset');
  await expect(start(first)).rejects.toMatchObject({ code: 'unreachable' });
});

test('nor whom it denied play since', async () => {
  await playBefore();
  gateway.troubles = [];
  gateway.denial = DENIAL;
  await expect(start(first)).rejects.toThrow('denied');
  goAway('reset');
  await expect(start(first)).rejects.toMatchObject({ code: 'unreachable' });
});

test('nor whose token has expired by the clock of the device', async () => {
  await playBefore();
  const ageToken = tokenOf({});
  first.host.wallMs += (DAY_S + 1) * 1000;
  await expect(start(first, { asked: { ageToken } })).rejects.toMatchObject({ code: 'unreachable' });
});

test('a storage that forbids everything only means that nobody is known', async () => {
  const forbid = () => {
    throw new Error('forbidden');
  };
  Object.assign(browser.lasting, { getItem: forbid, setItem: forbid, removeItem: forbid });
  await playBefore();
  await expect(start(first)).rejects.toMatchObject({ code: 'unreachable' });
});

test('what is kept names no player', async () => {
  await playBefore();
  const kept = JSON.stringify([...browser.lasting.entries]);
  expect(kept).toContain('vn-147-2024');
  for (const word of ['player-a', 'ses_', 'pk_test', tokenOf({})]) expect(kept).not.toContain(word);
});

/** As of a page whose clock stands where every test starts. */
function tokenText(claims: object): string {
  const exp = 1_700_000_000 + DAY_S;
  return `e30.${btoa(JSON.stringify({ sub: 'player-a', age_band: 'adult', exp, ...claims }))}.sig`;
}

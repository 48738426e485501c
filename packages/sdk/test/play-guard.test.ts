import { afterEach, describe, expect, test, vi } from 'vitest';
import { ConnectionError, GatewayError, ListenerError } from '../src/errors.ts';
import type { PlayGuardOptions } from '../src/options.ts';
import { createPlayGuard } from '../src/play-guard.ts';
import type { AnySessionEvent, SessionEventType } from '../src/session/events.ts';
import { END_AWAITED_MS_MAX, type PlaySession } from '../src/session/play-session.ts';
import { DENIAL, FakeGateway } from './fake-gateway.ts';
import { FakeHost } from './fake-host.ts';
import { NOTICE_TEXT, RULES } from './model-gateway.ts';

const MINUTE = 60_000;
const TYPES: readonly SessionEventType[] = [
  ...(['warning', 'notice', 'limitReached', 'ended', 'paused', 'resumed'] as const),
  ...(['dayReset', 'offline', 'online', 'error'] as const),
];

const hosts: FakeHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) {
    expect(host.timerCount, 'timers left').toBe(0);
    expect(host.pageListenerCount, 'page listeners left').toBe(0);
  }
});

async function setUp(options: Partial<PlayGuardOptions> = {}) {
  const host = new FakeHost();
  hosts.push(host);
  const gateway = await FakeGateway.start(host);
  const guard = createPlayGuard({
    gatewayUrl: `${gateway.url}/`,
    publishableKey: 'pk_test_key',
    gameId: 'star-garden',
    platform: host.platform,
    ...options,
  });
  const events: AnySessionEvent[] = [];
  const start = async (): Promise<PlaySession> => {
    const result = await host.advanceUntil(guard.startSession({ ageToken: 'age-token' }));
    if (result.verdict !== 'play') throw new Error('denied');
    for (const type of TYPES) result.session.on(type, (event) => void events.push(event));
    return result.session;
  };
  return { host, gateway, guard, events, start };
}

/** What tells players apart; nobody checks the signature here. */
function tokenOf(subject: string, issue: number): string {
  return `e30.${btoa(JSON.stringify({ sub: subject, issue }))}.${issue}`;
}

function typesOf(events: readonly AnySessionEvent[]): string[] {
  return events.map(({ type }) => type);
}

describe('a start', () => {
  test('asks with the key, the game and an idempotency key', async () => {
    const { host, gateway, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    expect(session).toMatchObject({ sessionId: 'ses_0', rating: '12+' });
    expect(gateway.received).toMatchObject([
      {
        path: '/v1/sessions',
        headers: { authorization: 'Bearer pk_test_key', 'content-type': 'application/json' },
        body: { ageToken: 'age-token', gameId: 'star-garden' },
      },
    ]);
    expect(gateway.received[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
    await host.advanceUntil(session.end());
  });

  test('that is refused is an answer with words for the player, and the next start asks anew', async () => {
    const { host, gateway, guard } = await setUp();
    await using _ = gateway;
    gateway.denial = DENIAL;
    const refused = await host.advanceUntil(guard.startSession({ ageToken: null }));
    expect(refused).toEqual({ ...DENIAL, text: DENIAL.message.vi });
    await host.advanceUntil(guard.startSession({ ageToken: null }));
    expect(gateway.received).toHaveLength(2);
  });

  test('twice is the same session; after its end it is another one', async () => {
    const { host, gateway, guard } = await setUp();
    await using _ = gateway;
    const first = guard.startSession({ ageToken: 'age-token' });
    expect(guard.startSession({ ageToken: 'age-token' })).toBe(first);
    const result = await host.advanceUntil(first);
    expect(guard.startSession({ ageToken: 'age-token' })).toBe(first);
    if (result.verdict !== 'play') throw new Error('denied');
    await host.advanceUntil(result.session.end());
    const second = await host.advanceUntil(guard.startSession({ ageToken: 'age-token' }));
    if (second.verdict !== 'play') throw new Error('denied');
    expect(second.session.sessionId).toBe('ses_1');
    await host.advanceUntil(second.session.end());
  });

  test('with a new token of the same player is the same session', async () => {
    const { host, gateway, guard } = await setUp();
    await using _ = gateway;
    const first = guard.startSession({ ageToken: tokenOf('ann', 1) });
    expect(guard.startSession({ ageToken: tokenOf('ann', 2) })).toBe(first);
    const result = await host.advanceUntil(first);
    if (result.verdict !== 'play') throw new Error('denied');
    await host.advanceUntil(result.session.end());
  });

  test.each(['while the first runs', 'while the first starts'])(
    'of another player, %s, ends it first',
    async (when) => {
      const { host, gateway, guard } = await setUp();
      await using _ = gateway;
      const adult = guard.startSession({ ageToken: tokenOf('adult', 1) });
      if (when === 'while the first runs') await host.advanceUntil(adult);
      const child = await host.advanceUntil(guard.startSession({ ageToken: tokenOf('child', 1) }));
      const left = await adult;
      if (left.verdict !== 'play' || child.verdict !== 'play') throw new Error('denied');
      expect(child.session.sessionId).not.toBe(left.session.sessionId);
      expect(left.session.getRemaining().phase).toMatch(/clos/);
      await host.advance(1_000);
      expect(gateway.sessions.map(({ closed }) => closed)).toEqual([{ reason: 'player_changed' }, null]);
      expect(gateway.received.filter(({ path }) => path === '/v1/sessions').at(-1)?.body).toMatchObject({
        ageToken: tokenOf('child', 1),
      });
      // The end of the one does not make the guard forget the other.
      expect(await guard.startSession({ ageToken: tokenOf('child', 2) })).toBe(child);
      await host.advanceUntil(child.session.end());
    },
  );

  test('takes what was asked before it: listeners, a pause, an end', async () => {
    const { host, gateway, guard } = await setUp();
    await using _ = gateway;
    const heard: string[] = [];
    const stop = guard.on('paused', () => void heard.push('not any more'));
    guard.on('paused', ({ by }) => void heard.push(`paused by ${by}`));
    guard.on('ended', ({ reason }) => void heard.push(reason));
    guard.pause();
    const starting = guard.startSession({ ageToken: 'age-token' });
    stop();
    const result = await host.advanceUntil(starting);
    if (result.verdict !== 'play') throw new Error('denied');
    await host.advance(1_000);
    expect(heard).toEqual(['paused by game']);
    expect(result.session.getRemaining().phase).toBe('paused');
    await host.advanceUntil(guard.end('menu'));
    expect(heard).toEqual(['paused by game', 'menu']);
    void guard.startSession({ ageToken: 'age-token' });
    await host.advanceUntil(guard.end('changed_mind'));
    expect(gateway.sessions[1]?.closed).toEqual({ reason: 'changed_mind' });
  });

  test('is tried again with the same idempotency key, as late as the gateway asks', async () => {
    const { host, gateway, start } = await setUp();
    await using _ = gateway;
    gateway.troubles = ['busy'];
    const session = await start();
    const [first, second] = gateway.received;
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(host.requests[1]!.atMs - host.requests[0]!.atMs).toBeGreaterThanOrEqual(7_000);
    await host.advanceUntil(session.end());
  });

  test('fails with a typed error when the gateway is broken, refuses the request or is not there', async () => {
    const { host, gateway, guard } = await setUp();
    const start = () => host.advanceUntil(guard.startSession({ ageToken: 'age-token' }));
    gateway.troubles = ['busy', 'busy', 'busy'];
    await expect(start()).rejects.toMatchObject({ code: 'ledger_unavailable', status: 503, requestId: 'req_1' });
    gateway.troubles = ['unknown'];
    await expect(start()).rejects.toBeInstanceOf(GatewayError);
    gateway.troubles = ['not_json', 'not_json', 'not_json'];
    await expect(start()).rejects.toMatchObject({ code: 'bad_reply' });
    await gateway[Symbol.asyncDispose]();
    const failure = await start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure).toMatchObject({ code: 'unreachable', cause: expect.any(TypeError) });
  });
});

describe('a session', () => {
  test('is played to its limit and acknowledges the end', async () => {
    const { host, gateway, events, start } = await setUp({ locale: 'en' });
    await using _ = gateway;
    const session = await start();
    await host.advance(30 * MINUTE);
    expect(session.getRemaining()).toMatchObject({
      remainingMs: 30 * MINUTE,
      endsAt: '2026-11-20T13:00:00.000Z',
      used: { gameMs: 30 * MINUTE },
      phase: 'playing',
    });
    expect(events).toMatchObject([{ type: 'notice', text: NOTICE_TEXT.en, texts: NOTICE_TEXT }]);
    await host.advance(31 * MINUTE);
    expect(typesOf(events).slice(1)).toEqual(['warning', 'warning', 'warning', 'limitReached', 'notice', 'ended']);
    expect(gateway.sessions[0]?.closed).toMatchObject({
      reason: 'limit',
      enforcement: { endedAt: '2026-11-20T13:00:00.000Z' },
    });
    expect(gateway.received.at(-1)).toMatchObject({
      path: '/v1/sessions/ses_0/close',
      headers: { authorization: 'Bearer token-of-ses_0' },
    });
    expect(session.getRemaining()).toMatchObject({ remainingMs: 0, phase: 'closed' });
  });

  test('first tells what is due after the game could subscribe', async () => {
    const { host, gateway, events, start } = await setUp();
    await using _ = gateway;
    gateway.rules = { ...RULES, usedMs: 56 * MINUTE };
    const session = await start();
    await host.advance(0);
    expect(typesOf(events)).toEqual(['warning']);
    await host.advanceUntil(session.end());
  });

  test('gives up a beat that hangs and sends the same one again', async () => {
    const { host, gateway, events, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    gateway.troubles = ['hang'];
    host.unanswered = 1;
    await host.advance(16_500 + 5_000);
    expect(events).toMatchObject([{ type: 'offline', error: { code: 'timeout' } }]);
    expect(session.getRemaining().isOffline).toBe(true);
    host.unanswered = 0;
    await host.advance(10_000);
    expect(typesOf(events)).toEqual(['offline', 'online']);
    expect(gateway.received.slice(1).map(({ body }) => body)).toEqual([
      { seq: 1, state: 'active' },
      { seq: 1, state: 'active' },
    ]);
    await host.advanceUntil(session.end());
  });

  test('waits as long as a busy gateway asks', async () => {
    const { host, gateway, events, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    gateway.troubles = ['busy'];
    await host.advance(30_000);
    const [, first, second] = host.requests;
    expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(7_000);
    expect(typesOf(events)).toEqual(['offline', 'online']);
    await host.advanceUntil(session.end());
  });

  test.each(['reset', 'proxy_404', 'not_json'] as const)(
    'goes on after %s: that is not the gateway speaking',
    async (trouble) => {
      const { host, gateway, events, start } = await setUp();
      await using _ = gateway;
      const session = await start();
      gateway.troubles = [trouble];
      await host.advance(40_000);
      expect(typesOf(events)).toEqual(['offline', 'online']);
      await host.advanceUntil(session.end());
    },
  );

  test('that the gateway does not know ends without asking again', async () => {
    const { host, gateway, events, start } = await setUp();
    await using _ = gateway;
    await start();
    gateway.troubles = ['unknown'];
    await host.advance(10 * MINUTE);
    expect(events).toMatchObject([
      { type: 'error', action: 'exit', error: { code: 'not_found' } },
      { type: 'ended', reason: 'session_closed' },
    ]);
    expect(gateway.received).toHaveLength(2);
  });

  test('survives listeners that throw, and says so', async () => {
    const { host, gateway, events, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    const failure = new Error('of the game');
    session.on('paused', () => {
      throw failure;
    });
    session.pause();
    session.resume();
    await host.advance(1_000);
    expect(typesOf(events)).toEqual(['paused', 'error', 'resumed']);
    const error = events.find((event) => event.type === 'error')?.error;
    expect(error).toBeInstanceOf(ListenerError);
    expect(error?.cause).toBe(failure);
    await host.advanceUntil(session.end());
  });

  test('survives async listeners that reject, and says so', async () => {
    const { host, gateway, events, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    const failure = new Error('of the game');
    session.on('paused', async () => {
      throw failure;
    });
    session.pause();
    await host.advance(1_000);
    expect(events).toMatchObject([{ type: 'paused' }, { type: 'error', error: { cause: failure } }]);
    await host.advanceUntil(session.end());
  });

  test.each([
    ['there is no console', undefined],
    [
      'the console throws',
      {
        error: () => {
          throw new Error('full');
        },
      },
    ],
  ])('survives listeners that throw where %s', async (_name, console) => {
    const { host, gateway, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    let calls = 0;
    session.on('tick', () => {
      calls += 1;
      throw new Error('of the game');
    });
    vi.stubGlobal('console', console);
    try {
      await host.advance(3_500);
    } finally {
      vi.unstubAllGlobals();
    }
    expect(calls).toBe(3);
    await host.advanceUntil(session.end());
  });

  test('does not keep a game waiting for its own end while the gateway is away', async () => {
    const { host, gateway, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    gateway.troubles = Array.from({ length: 20 }, () => 'reset' as const);
    const from = host.monotonicMs;
    await host.advanceUntil(session.end());
    expect(host.monotonicMs - from).toBeLessThanOrEqual(END_AWAITED_MS_MAX + 1_000);
    expect(session.getRemaining().phase).toBe('closing');
    gateway.troubles = [];
    await host.advance(15_000);
    expect(gateway.sessions[0]?.closed).toEqual({ reason: 'quit' });
  });

  test('calls a listener no more once it is unsubscribed', async () => {
    const { host, gateway, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    let ticks = 0;
    const stop = session.on('tick', () => {
      ticks += 1;
    });
    await host.advance(3_500);
    stop();
    await host.advance(3_000);
    expect(ticks).toBe(3);
    await host.advanceUntil(session.end());
  });

  test('ends with a word of the game, from a listener too, and refuses a bad one on the spot', async () => {
    const { host, gateway, events, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    expect(() => session.end('Good bye!')).toThrow(TypeError);
    session.on('paused', () => void session.end('menu'));
    session.pause();
    await host.advance(1_000);
    expect(typesOf(events)).toEqual(['paused', 'ended']);
    expect(gateway.sessions[0]?.closed).toEqual({ reason: 'menu' });
  });
});

describe('the page', () => {
  test('hidden pauses and tells so with a request that outlives it; shown again resumes', async () => {
    const { host, gateway, events, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    await host.advance(1_000);
    host.setPage('hidden');
    await host.advance(1_000);
    expect(host.requests.at(-1)?.request).toMatchObject({ keepalive: true, body: '{"seq":1,"state":"paused"}' });
    host.setPage('visible');
    await host.advance(1_000);
    expect(typesOf(events)).toEqual(['paused', 'resumed']);
    expect(gateway.sessions[0]?.state).toBe('active');
    await host.advanceUntil(session.end());
  });

  test('left closes the session with a request that outlives it', async () => {
    const { host, gateway, events, start } = await setUp();
    await using _ = gateway;
    await start();
    await host.advance(0);
    host.setPage('gone');
    expect(host.requests.at(-1)).toMatchObject({
      url: `${gateway.url}/v1/sessions/ses_0/close`,
      request: { keepalive: true },
    });
    await host.settle();
    expect(events).toMatchObject([{ type: 'ended', by: 'page' }]);
    expect(gateway.sessions[0]?.closed).toEqual({ reason: 'quit' });
  });
});

describe('clocks', () => {
  test.each([86_400_000, -86_400_000])('a wall clock set by %i ms changes nothing', async (ms) => {
    const { host, gateway, events, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    await host.advance(10 * MINUTE);
    host.wallMs += ms;
    await host.advance(10 * MINUTE);
    expect(session.getRemaining()).toMatchObject({ remainingMs: 40 * MINUTE, endsAt: '2026-11-20T13:00:00.000Z' });
    expect(events).toEqual([]);
    await host.advanceUntil(session.end());
  });

  test('a lid closed for an hour: the gateway is asked before anything is ended', async () => {
    const { host, gateway, events, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    await host.advance(10 * MINUTE);
    host.freeze(60 * MINUTE);
    await host.advance(1_000);
    // An hour of sleep is no play, and no reason to tell the player to rest.
    expect(typesOf(events)).toEqual([]);
    expect(session.getRemaining().remainingMs).toBeGreaterThan(48 * MINUTE);
    await host.advanceUntil(session.end());
  });

  test('a lid closed on a machine whose monotonic clock stands still meanwhile: asked at once', async () => {
    const { host, gateway, start } = await setUp();
    await using _ = gateway;
    const session = await start();
    await host.advance(1_000);
    host.wallMs += 60 * MINUTE;
    await host.advance(2_000);
    expect(gateway.received.slice(1)).toMatchObject([{ body: { seq: 1, state: 'active' } }]);
    await host.advanceUntil(session.end());
  });
});

// The server side against a gateway that fails: retries, keys, grouping, what is done while it is away.
import { describe, expect, it, vi } from 'vitest';
import { Beats } from '../src/server/beats.ts';
import { GatewayRequests } from '../src/server/gateway-requests.ts';
import { MayPlay } from '../src/server/may-play.ts';
import { resolveServerOptions } from '../src/server/server-options.ts';
import { type BeatEvents, ConnectionError, createPlaygateServer, GatewayError } from '../src/server.ts';
import { VirtualDevice } from '../src/testing/virtual-device.ts';
import { VirtualTime } from '../src/testing/virtual-time.ts';

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
type Reply = Response | Error | ((sent: Sent) => Response);

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const problem = (status: number, code: string, headers?: Record<string, string>) =>
  json(status, { code, status, detail: 'no', requestId: 'req-1' }, headers);
/** Quick, and as the gateway would ask for it. */
const AT_ONCE = { 'Retry-After': '0' };

/** The last reply is given again and again. */
function fakeGateway(...replies: readonly Reply[]) {
  const sent: Sent[] = [];
  const fetch = async (url: string, request: RequestInit): Promise<Response> => {
    const headers = request.headers as Record<string, string>;
    const one = {
      method: request.method!,
      url,
      headers,
      body: request.body ? JSON.parse(request.body as string) : null,
    };
    sent.push(one);
    const reply = replies[Math.min(sent.length, replies.length) - 1]!;
    if (reply instanceof Error) throw reply;
    return typeof reply === 'function' ? reply(one) : reply.clone();
  };
  const options = { gatewayUrl: 'https://gate.example/base/', secretKey: 'sk_test_x', fetch };
  return { sent, options, requests: new GatewayRequests(resolveServerOptions(options)) };
}

describe('requests', () => {
  it('carry one idempotency key through all attempts', async () => {
    const { options, sent } = fakeGateway(
      problem(503, 'overloaded', AT_ONCE),
      problem(429, 'rate_limited', AT_ONCE),
      json(201, { gameId: 'g' }),
    );
    const game = { title: 'A', class: 'G1', rating: '00+' } as const;
    expect(await createPlaygateServer(options).games.create(game)).toEqual({ gameId: 'g' });
    expect(sent).toHaveLength(3);
    const keys = new Set(sent.map(({ headers }) => headers['Idempotency-Key']));
    expect(keys.size).toBe(1);
    expect([...keys][0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent[0]).toMatchObject({
      url: 'https://gate.example/base/v1/games',
      headers: { Authorization: 'Bearer sk_test_x' },
    });
  });

  it('wait for an attempt whose answer was lost and that is still under way', async () => {
    const lost = problem(502, 'internal', AT_ONCE);
    const { options, sent } = fakeGateway(lost, problem(409, 'conflict', AT_ONCE), json(201, {}));
    vi.useFakeTimers();
    const created = createPlaygateServer(options).games.create({ title: 'A', class: 'G1', rating: '00+' });
    await vi.runAllTimersAsync();
    vi.useRealTimers();
    await created;
    expect(sent).toHaveLength(3);
  });

  it('are not sent again once they were refused, and say why', async () => {
    const { options, sent } = fakeGateway(problem(409, 'conflict'));
    const create = createPlaygateServer(options).games.create({ title: 'A', class: 'G1', rating: '00+' });
    const error = await create.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: 'conflict', status: 409, requestId: 'req-1' });
    expect(sent).toHaveLength(1);
  });

  it('that can be carried out once only are sent once', async () => {
    const { options, sent } = fakeGateway(new TypeError('reset'));
    const error = createPlaygateServer(options).ages.completePresentation('ver_1', { presentation: 'a.b.c~' });
    await expect(error).rejects.toBeInstanceOf(ConnectionError);
    expect(sent).toHaveLength(1);
  });

  it('encode what stands in a path, and leave out what is not asked', async () => {
    const { options, sent } = fakeGateway(json(200, {}));
    await createPlaygateServer(options).players.playtime('a/../b', {});
    expect(sent[0]!.url).toBe('https://gate.example/base/v1/players/a%2F..%2Fb/playtime');
  });

  it.each([
    ['gatewayUrl', { gatewayUrl: 'gate.example' }],
    ['secretKey', { secretKey: 'pk_test_x' }],
    ['timeoutMs', { timeoutMs: 1 }],
    ['attemptsMax', { attemptsMax: 0 }],
  ])('a bad %s is named', (name, bad) => {
    const { options } = fakeGateway(json(200, {}));
    expect(() => createPlaygateServer({ ...options, ...bad })).toThrow(new RegExp(`^${name} must be`));
  });
});

/** A server's time, and a chance that is always the same. */
function fakeTime() {
  const time = new VirtualTime();
  const { platform } = new VirtualDevice(time);
  return { time, platform: { ...platform, random: () => 0.5 } };
}

interface Beat {
  readonly sessionId: string;
  readonly seq: number;
  readonly state: string;
  readonly receipt?: string;
}
const beatsIn = ({ body }: Sent): readonly Beat[] => (body as { readonly beats: readonly Beat[] }).beats;
const SERVER_AT = '2026-11-20T12:00:00.000Z';
const going = {
  verdict: 'continue',
  remainingMs: 600_000,
  endsAt: null,
  bindingRule: null,
  nextHeartbeatMs: 30_000,
  leaseExpiresAt: '2026-11-20T12:01:30.000Z',
} as const;
const continued = (sent: Sent) =>
  json(200, {
    serverAt: SERVER_AT,
    results: beatsIn(sent).map(({ seq, sessionId }) => ({ sessionId, seq, ...going })),
  });

function startBeats(...replies: readonly Reply[]) {
  const gateway = fakeGateway(...replies);
  const { platform, time } = fakeTime();
  const beats = new Beats(gateway.requests, {}, platform);
  const heard: { readonly type: string; readonly event: unknown }[] = [];
  const types = ['warn', 'end', 'unknown', 'error', 'offline', 'online'] as const satisfies (keyof BeatEvents)[];
  for (const type of types) beats.on(type, (event) => heard.push({ type, event }));
  return { ...gateway, time, beats, heard, typesHeard: () => heard.map(({ type }) => type) };
}

const fail = (): never => {
  throw new Error('a bug');
};

interface Told {
  readonly endsInMs: number;
  readonly scope: string;
  readonly leaseMs?: number;
  readonly nextHeartbeatMs?: number;
}

/** Answers in the gateway's own time, which begins at the device's and goes on whatever the device's clock says. */
function startTold({ endsInMs, leaseMs = 90_000, nextHeartbeatMs = 30_000, scope }: Told) {
  const time = new VirtualTime();
  const device = new VirtualDevice(time);
  const endsAt = new Date(time.now + endsInMs).toISOString();
  const bindingRule = { id: 'rule', scope, limitMs: null };
  let isAway = false;
  const told = (sent: Sent) => {
    if (isAway) throw new TypeError('refused');
    const leaseExpiresAt = new Date(time.now + leaseMs).toISOString();
    const told = { ...going, nextHeartbeatMs, leaseExpiresAt, endsAt, bindingRule };
    const results = beatsIn(sent).map(({ seq, sessionId }) => ({ sessionId, seq, ...told }));
    return json(200, { serverAt: new Date(time.now).toISOString(), results });
  };
  const beats = new Beats(fakeGateway(told).requests, {}, device.platform);
  const heard: BeatEvents['end'][] = [];
  beats.on('end', (end) => void heard.push(end));
  const set = (to: boolean) => () => {
    isAway = to;
  };
  return { away: set(true), back: set(false), beats, device, ends: () => heard, time };
}

describe('beats', () => {
  it('go together, at most 1,000 a request, each once an interval', async () => {
    const { beats, time, sent } = startBeats(continued);
    for (let index = 0; index < 2_500; index++) beats.add(`ses_${index}`);
    await time.advance(120_000);
    const all = sent.flatMap(beatsIn);
    expect(Math.max(...sent.map((one) => beatsIn(one).length))).toBeLessThanOrEqual(1_000);
    const ofOne = all.filter(({ sessionId }) => sessionId === 'ses_7').map(({ seq }) => seq);
    expect(ofOne).toEqual(ofOne.map((_, index) => index + 1));
    expect(ofOne.length).toBeGreaterThanOrEqual(4);
    expect(ofOne.length).toBeLessThanOrEqual(6);
  });

  it('end a session as they are told, so that its player can be kicked', async () => {
    const end = (sent: Sent) =>
      json(200, {
        serverAt: SERVER_AT,
        results: beatsIn(sent).map(({ seq, sessionId }) =>
          sessionId === 'ses_b'
            ? { sessionId, code: 'not_found' }
            : { sessionId, seq, ...going, verdict: 'end', reason: 'daily_budget_spent', remainingMs: 0 },
        ),
      });
    const { beats, time, heard } = startBeats(end);
    beats.add('ses_a');
    beats.add('ses_b');
    await time.advance(20_000);
    expect(heard).toEqual([
      {
        type: 'end',
        event: { sessionId: 'ses_a', reason: 'daily_budget_spent', closeReason: 'limit', isPredicted: false },
      },
      { type: 'unknown', event: { sessionId: 'ses_b', code: 'not_found' } },
    ]);
    expect([beats.size, time.timerCount]).toEqual([0, 0]);
  });

  it('say at once that play was paused', async () => {
    const { beats, time, sent } = startBeats(continued);
    beats.add('ses_a');
    await time.advance(10_000);
    beats.add('ses_a', 'paused');
    await time.advance(1_000);
    expect(beatsIn(sent.at(-1)!)).toEqual([{ sessionId: 'ses_a', seq: 2, state: 'paused' }]);
  });

  it('send the latest receipt of each session, and as many beats as then fit', async () => {
    const receipted = (sent: Sent) =>
      json(200, {
        serverAt: SERVER_AT,
        results: beatsIn(sent).map(({ seq, sessionId }) => {
          const receipt = `${seq},${sessionId}`.padEnd(1_000, 'x');
          return { sessionId, seq, ...going, ...(seq !== 2 && { receipt }) };
        }),
      });
    const { beats, time, sent } = startBeats(receipted);
    for (let index = 0; index < 2_000; index++) beats.add(`ses_${index}`);
    await time.advance(150_000);
    const ofOne = sent.flatMap(beatsIn).filter(({ sessionId }) => sessionId === 'ses_7');
    expect(ofOne.slice(0, 4).map(({ receipt }) => receipt?.slice(0, 8))).toEqual([
      undefined,
      '1,ses_7x',
      '1,ses_7x',
      '3,ses_7x',
    ]);
    expect(sent.every(({ body }) => (body as { readonly receipts: unknown }).receipts === true)).toBe(true);
    expect(Math.max(...sent.map(({ body }) => JSON.stringify(body).length))).toBeLessThanOrEqual(262_144);
    expect(beats.remove('ses_7')).toEqual({ receipt: expect.stringContaining(',ses_7') });
    expect(beats.remove('ses_7')).toEqual({});
  });

  it('beat again for a session that is being restored', async () => {
    const restoring = (sent: Sent) =>
      json(200, {
        serverAt: SERVER_AT,
        results: beatsIn(sent).map(({ sessionId }) => ({ sessionId, code: 'ledger_unavailable' })),
      });
    const { beats, time, sent, typesHeard } = startBeats(restoring, restoring, continued);
    beats.add('ses_a');
    await time.advance(10_000);
    expect(sent.flatMap(beatsIn).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect([beats.size, typesHeard()]).toEqual([1, []]);
  });

  it.each([
    ['the lease', null, 'ledger_unavailable'],
    ['the end that was told', '2026-11-20T12:00:40.000Z', 'daily_budget_spent'],
  ])('end play that is not answered for at %s, while others are answered', async (_at, endsAt, reason) => {
    const bindingRule = { id: 'rule', scope: 'game', limitMs: null };
    const partly = (sent: Sent) =>
      json(200, {
        serverAt: SERVER_AT,
        results: beatsIn(sent).map(({ seq, sessionId }) => {
          if (sessionId === 'ses_lost' && seq > 1) return { sessionId, code: 'ledger_unavailable' };
          return { sessionId, seq, ...going, ...(sessionId === 'ses_lost' && { endsAt, bindingRule }) };
        }),
      });
    const { beats, heard, sent, time } = startBeats(partly);
    beats.add('ses_lost');
    beats.add('ses_kept');
    const leaseMs = endsAt === null ? 90_000 : 40_000;
    await time.advance(leaseMs);
    expect([heard, beats.size]).toEqual([[], 2]);
    await time.advance(10_000);
    const ends = [{ type: 'end', event: { sessionId: 'ses_lost', isPredicted: true } }];
    expect(heard).toMatchObject(ends);
    expect(heard).toMatchObject([{ event: { reason } }]);
    await time.advance(1_000_000);
    expect([heard.length, beats.size]).toEqual([1, 1]);
    const ofLost = sent.flatMap(beatsIn).filter(({ sessionId }) => sessionId === 'ses_lost');
    // A back-off, not a hammer.
    expect(ofLost.length).toBeLessThan(20);
  });

  it('end play whose request failed, while those of others are answered', async () => {
    const ofOthers = (sent: Sent) => {
      const isFirst = beatsIn(sent).some(({ sessionId }) => sessionId === 'ses_0');
      if (isFirst && beatsIn(sent).some(({ seq }) => seq > 1)) throw new TypeError('refused');
      return continued(sent);
    };
    const { beats, time } = startBeats(ofOthers);
    const ended = new Set<string>();
    beats.on('end', ({ sessionId }) => void ended.add(sessionId));
    for (let index = 0; index < 2_000; index++) beats.add(`ses_${index}`);
    await time.advance(600_000);
    expect(ended).toContain('ses_0');
    expect(ended.size).toBeLessThanOrEqual(1_000);
    expect(beats.size).toBe(2_000 - ended.size);
  });

  it('go on where another process left off', async () => {
    const ahead = (sent: Sent) =>
      json(200, {
        serverAt: SERVER_AT,
        results: beatsIn(sent).map(({ seq, sessionId }) => ({ sessionId, ...going, seq: Math.max(41, seq) })),
      });
    const { beats, time, sent } = startBeats(ahead);
    beats.add('ses_a');
    await time.advance(12_000);
    expect(sent.flatMap(beatsIn).map(({ seq }) => seq)).toEqual([1, 42]);
  });

  it('come back after an outage, and end nobody before the lease is over', async () => {
    const away = new TypeError('refused');
    const { beats, time, sent, typesHeard } = startBeats(away, away, away, continued);
    beats.add('ses_a');
    await time.advance(40_000);
    expect(typesHeard()).toEqual(['offline', 'error', 'error', 'error', 'online']);
    expect(beats.size).toBe(1);
    // A back-off, not a hammer.
    expect(sent.length).toBeLessThan(8);
  });

  it('end play that nobody vouches for any more', async () => {
    const { beats, time, heard } = startBeats(new TypeError('refused'));
    beats.add('ses_a');
    await time.advance(100_000);
    const ends = heard.filter(({ type }) => type === 'end');
    expect(ends).toEqual([
      {
        type: 'end',
        event: {
          sessionId: 'ses_a',
          reason: 'ledger_unavailable',
          closeReason: 'ledger_unavailable',
          isPredicted: true,
        },
      },
    ]);
  });

  it.each([
    ['game', 'daily_budget_spent', 'limit'],
    ['window', 'outside_window', 'window'],
    ['agent_hours', 'agent_closed', 'window'],
  ])(
    'end play at the end that was told, also while the gateway is away, by the rule of it: %s',
    async (scope, reason, closeReason) => {
      const { away, beats, ends, time } = startTold({ endsInMs: 40_000, scope });
      beats.add('ses_a');
      await time.advance(12_000);
      away();
      await time.advance(48_000);
      expect(ends()).toEqual([{ sessionId: 'ses_a', reason, closeReason, isPredicted: true }]);
    },
  );

  it.each([
    [60_000, 180_000],
    [120_000, 360_000],
  ])('keep to %i ms between beats and to the lease of %i ms that a loaded gateway tells', async (nextMs, leaseMs) => {
    const told = { endsInMs: 3_000_000, scope: 'game', leaseMs, nextHeartbeatMs: nextMs };
    const { away, beats, ends, time } = startTold(told);
    beats.add('ses_a');
    beats.add('ses_b');
    await time.advance(12_000);
    away();
    beats.add('ses_b', 'paused');
    await time.advance(leaseMs - 14_000);
    expect([ends(), beats.size]).toEqual([[], 2]);
    await time.advance(16_000);
    expect(ends().map(({ reason }) => reason)).toEqual(Array(2).fill('ledger_unavailable'));
  });

  it.each([3_600_000, -3_600_000])('end nobody by the wall clock of the server, %d ms off', async (aheadMs) => {
    const { away, back, beats, device, ends, time } = startTold({ endsInMs: 3_000_000, scope: 'game' });
    device.setClockAhead(aheadMs);
    beats.add('ses_a');
    await time.advance(40_000);
    away();
    await time.advance(45_000);
    back();
    await time.advance(10_000);
    expect([ends(), beats.size]).toEqual([[], 1]);
  });

  it.each([
    ['throws', () => fail()],
    ['rejects', async () => fail()],
  ])('report a listener that %s, and go on', async (_how, listener) => {
    const { beats, heard, time } = startBeats(continued);
    const later: unknown[] = [];
    beats.on('result', listener);
    beats.on('result', (result) => void later.push(result));
    beats.add('ses_a');
    await time.advance(12_000);
    expect(heard).toMatchObject([{ type: 'error', event: { code: 'listener_failed', cause: { message: 'a bug' } } }]);
    expect([later.length, beats.size]).toEqual([1, 1]);
  });

  it('say it on the console where a listener for errors throws, or there is none', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { platform, time } = fakeTime();
    const beats = new Beats(fakeGateway(continued).requests, {}, platform);
    beats.on('result', fail);
    beats.add('ses_a');
    await time.advance(12_000);
    expect(said).toHaveBeenCalledTimes(1);
    beats.on('error', fail);
    await time.advance(30_000);
    expect(said).toHaveBeenCalledTimes(2);
    said.mockRestore();
  });
});

describe('whether a player may act', () => {
  it('is asked together, and remembered', async () => {
    const { requests, sent } = fakeGateway(continued);
    let nowMs = 0;
    const mayPlay = new MayPlay(requests, {}, () => nowMs);
    const [one, same, other] = await Promise.all([mayPlay.ask('ses_a'), mayPlay.ask('ses_a'), mayPlay.ask('ses_b')]);
    expect([one, same, other]).toMatchObject([{ mayPlay: true }, { mayPlay: true }, { mayPlay: true }]);
    expect(sent.map(beatsIn)).toEqual([
      [
        { sessionId: 'ses_a', seq: 0, state: 'active' },
        { sessionId: 'ses_b', seq: 0, state: 'active' },
      ],
    ]);
    nowMs = 4_999;
    expect(await mayPlay.ask('ses_a')).toMatchObject({ mayPlay: true, source: 'remembered' });
    nowMs = 5_000;
    expect(await mayPlay.ask('ses_a')).toMatchObject({ mayPlay: true, source: 'gateway' });
    expect(sent).toHaveLength(2);
  });

  it('stands for a lease while the gateway is away, and no longer', async () => {
    const { options } = fakeGateway(continued, new TypeError('refused'));
    const requests = new GatewayRequests(resolveServerOptions({ ...options, attemptsMax: 1 }));
    let nowMs = 0;
    const mayPlay = new MayPlay(requests, {}, () => nowMs);
    await mayPlay.ask('ses_a');
    nowMs = 89_000;
    expect(await mayPlay.ask('ses_a')).toMatchObject({ mayPlay: true, source: 'away' });
    nowMs = 90_000;
    expect(await mayPlay.ask('ses_a')).toMatchObject({ mayPlay: false, reason: 'ledger_unavailable', source: 'away' });
    expect(await mayPlay.ask('ses_never_seen')).toMatchObject({ mayPlay: false, reason: 'ledger_unavailable' });
  });

  it.each([
    ['ledger_unavailable', { mayPlay: true, source: 'away' }],
    ['not_found', { mayPlay: false, reason: 'unknown_session' }],
  ])(
    'is by the last answer where a code says that it cannot be asked now, and not that it is unknown: %s',
    async (code, told) => {
      const { requests } = fakeGateway(continued, (sent) =>
        json(200, { serverAt: SERVER_AT, results: beatsIn(sent).map(({ sessionId }) => ({ sessionId, code })) }),
      );
      let nowMs = 0;
      const mayPlay = new MayPlay(requests, {}, () => nowMs);
      await mayPlay.ask('ses_a');
      nowMs = 6_000;
      expect(await mayPlay.ask('ses_a')).toMatchObject(told);
    },
  );

  it('is an error where the gateway refuses the key', async () => {
    const { requests } = fakeGateway(problem(401, 'unauthenticated'));
    await expect(new MayPlay(requests).ask('ses_a')).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

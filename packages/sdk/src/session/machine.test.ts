import { describe, expect, test, vi } from 'vitest';
import { CONFIG, type Fate, PROMPT, Simulation, type SimulationOptions } from '../../test/simulation.ts';
import { NEXT_DAY_AT, RULES } from '../testing/model-gateway.ts';
import { BACKOFF_MS_MAX } from '../transport/backoff.ts';
import { CLOSE_AFTER_LEASE_MS_MAX, UNSEEN_PLAY_MS_MAX } from './machine.ts';

const MINUTE = 60_000;
const LOST: Fate = { kind: 'lost', thereMs: 0, backMs: 0 };

function withTypes(simulation: Simulation, type: string) {
  return simulation.events.filter((event) => event.type === type);
}

function beats(simulation: Simulation) {
  return simulation.sent.flatMap(({ at, request }) => (request.kind === 'beat' ? [{ at, ...request.body }] : []));
}

function closes(simulation: Simulation) {
  return simulation.sent.flatMap(({ at, request }) => (request.kind === 'close' ? [{ at, ...request.body }] : []));
}

/** The network works except from `fromMs` to `toMs`. */
function outage(fromMs: number, toMs: number, options: SimulationOptions = {}): Simulation {
  const simulation: Simulation = new Simulation({
    ...options,
    fate: () => (simulation.now >= fromMs && simulation.now < toMs ? LOST : PROMPT),
  });
  return simulation;
}

describe('an hour of play', () => {
  const simulation = new Simulation().runUntil(70 * MINUTE);

  test('warns at each step, gives time to save and ends exactly at the limit', () => {
    expect(simulation.types()).toEqual(['notice', 'warning', 'warning', 'warning', 'limitReached', 'notice', 'ended']);
    expect(withTypes(simulation, 'warning')).toMatchObject([
      { stepMs: 15 * MINUTE, remainingMs: 15 * MINUTE },
      { stepMs: 5 * MINUTE, remainingMs: 5 * MINUTE },
      { stepMs: MINUTE, remainingMs: MINUTE, endsAt: '2026-11-20T13:00:00.000Z' },
    ]);
    expect(withTypes(simulation, 'limitReached')).toMatchObject([
      { action: 'save', reason: 'daily_budget_spent', remainingMs: 30_000 },
    ]);
    expect(withTypes(simulation, 'ended')).toMatchObject([
      {
        action: 'exit',
        by: 'limit',
        reason: 'daily_budget_spent',
        endedAt: '2026-11-20T13:00:00.000Z',
        nextAllowedAt: NEXT_DAY_AT,
      },
    ]);
  });

  test('acknowledges the end with the answer that told it and the moment play stopped', () => {
    const { verdictSeq } = closes(simulation)[0]?.enforcement ?? {};
    expect(closes(simulation)).toEqual([
      { at: 60 * MINUTE, reason: 'limit', enforcement: { verdictSeq, endedAt: '2026-11-20T13:00:00.000Z' } },
    ]);
    expect(beats(simulation).map(({ seq }) => seq)).toContain(verdictSeq);
    expect(simulation.state.phase).toBe('closed');
  });

  test('beats once an interval', () => {
    const sentAt = beats(simulation).map(({ at }) => at);
    const gaps = sentAt.slice(1, -1).map((at, index) => at - (sentAt[index] ?? 0));
    expect(new Set(gaps)).toEqual(new Set([30_000]));
  });
});

describe('the end', () => {
  test.each([
    [{ windowClosesMs: 10 * MINUTE }, 'outside_window', 'window', 10 * MINUTE],
    [{ usedMs: 59 * MINUTE }, 'daily_budget_spent', 'limit', MINUTE],
    [{ usedMs: 59 * MINUTE + 59_999 }, 'daily_budget_spent', 'limit', 1],
  ])('with %o comes as %s', (rules, reason, closeReason, at) => {
    const simulation = new Simulation({ rules }).runUntil(at - 1);
    expect(simulation.state.phase).not.toBe('closed');
    simulation.runUntil(at);
    expect(withTypes(simulation, 'ended')).toMatchObject([{ by: 'limit', reason }]);
    expect(closes(simulation)).toMatchObject([{ at, reason: closeReason }]);
  });

  test('comes at once when the gateway says so, with its words', () => {
    const simulation = new Simulation().runUntil(10_000);
    simulation.gateway.usedMs = 60 * MINUTE;
    simulation.runUntil(MINUTE);
    expect(simulation.types()).toEqual(['ended']);
    expect(simulation.events.at(-1)).toMatchObject({ by: 'gateway', reason: 'daily_budget_spent', text: 'Time is up' });
    expect(closes(simulation)).toMatchObject([{ reason: 'limit', enforcement: { verdictSeq: 2 } }]);
  });

  test('that the game calls for is closed with its word and without enforcement', () => {
    const simulation = new Simulation().runUntil(5_000).input({ type: 'end', reason: 'quit' }).runUntil(6_000);
    expect(withTypes(simulation, 'ended')).toMatchObject([{ by: 'game', reason: 'quit' }]);
    expect(closes(simulation)).toEqual([{ at: 5_000, reason: 'quit' }]);
  });

  test('moves away when time is granted, and time to save is announced again', () => {
    const simulation = new Simulation({ rules: { usedMs: 58 * MINUTE } }).runUntil(100_000);
    expect(simulation.state.phase).toBe('saving');
    simulation.gateway.usedMs -= 10 * MINUTE;
    simulation.input({ type: 'sync' }).runUntil(101_000);
    expect(simulation.state.phase).toBe('playing');
    simulation.runUntil(20 * MINUTE);
    expect(withTypes(simulation, 'limitReached')).toHaveLength(2);
    expect(withTypes(simulation, 'ended')).toHaveLength(1);
    expect(
      withTypes(simulation, 'warning').filter((event) => 'stepMs' in event && event.stepMs === MINUTE),
    ).toHaveLength(1);
  });

  test('is not announced when graceToSaveMs is 0', () => {
    const simulation = new Simulation({
      rules: { usedMs: 59 * MINUTE, warningsMs: [], noticeEveryMs: null },
      config: { graceToSaveMs: 0 },
    });
    expect(simulation.runUntil(MINUTE).types()).toEqual(['ended']);
  });

  test('is closed again and again until it could not be revived any more, never for ever', () => {
    const simulation = outage(0, Number.POSITIVE_INFINITY).runUntil(1_000).input({ type: 'end', reason: 'quit' });
    const givenUpAt = RULES.leaseMs + CLOSE_AFTER_LEASE_MS_MAX;
    simulation.runUntil(givenUpAt);
    expect(simulation.state.phase).toBe('closing');
    simulation.runUntil(givenUpAt + BACKOFF_MS_MAX + CONFIG.confirmMs);
    expect(simulation.state.phase).toBe('closed');
    expect(closes(simulation).at(-1)!.at).toBeGreaterThan(givenUpAt - BACKOFF_MS_MAX - CONFIG.confirmMs);
  });

  test('that could not be told is told once the page is seen or the network is back, without waiting', () => {
    const simulation: Simulation = outage(0, 61_500).runUntil(1_000).input({ type: 'end', reason: 'quit' });
    while (simulation.now < 61_500 || simulation.state.outgoing?.sentAt != null)
      simulation.runUntil(simulation.now + 500);
    const { now } = simulation;
    expect(simulation.state.outgoing!.retryAt).toBeGreaterThan(now);
    simulation.input({ type: 'page', page: 'visible' }).runUntil(now);
    expect(closes(simulation).at(-1)).toMatchObject({ at: now });
    expect(simulation.state.phase).toBe('closed');
  });

  test('of a page being left closes at once, also when a close was waiting to be tried again', () => {
    const simulation = outage(0, 7_000).runUntil(1_000).input({ type: 'end', reason: 'quit' }).runUntil(6_100);
    simulation.input({ type: 'page', page: 'gone' });
    expect(closes(simulation).map(({ at }) => at)).toEqual([1_000, 6_100]);
    expect(new Simulation().input({ type: 'page', page: 'gone' }).types()).toEqual(['ended']);
  });
});

describe('warnings', () => {
  test('crossed together fire as one, the tightest', () => {
    const simulation = new Simulation({ rules: { usedMs: 56 * MINUTE } }).runUntil(1_000);
    expect(withTypes(simulation, 'warning')).toMatchObject([{ stepMs: 5 * MINUTE }]);
  });

  test('fire again on a new day', () => {
    const simulation = new Simulation({ rules: { usedMs: 56 * MINUTE } }).runUntil(10_000);
    simulation.gateway.usedMs = 0;
    simulation.runUntil(70 * MINUTE);
    expect(withTypes(simulation, 'dayReset')).toHaveLength(1);
    expect(withTypes(simulation, 'warning').map((event) => 'stepMs' in event && event.stepMs)).toEqual([
      5 * MINUTE,
      15 * MINUTE,
      5 * MINUTE,
      MINUTE,
    ]);
  });
});

describe('extended', () => {
  const added = (simulation: Simulation) =>
    withTypes(simulation, 'extended').map((event) => 'addedMs' in event && event.addedMs);

  test('is told when a correction gave time back', () => {
    const simulation = new Simulation().runUntil(20 * MINUTE);
    simulation.gateway.usedMs -= 10 * MINUTE;
    simulation.runUntil(21 * MINUTE);
    expect(added(simulation)).toEqual([10 * MINUTE]);
    expect(withTypes(simulation, 'extended')).toMatchObject([
      { action: 'continue', endsAt: '2026-11-20T13:10:00.000Z' },
    ]);
  });

  test('is told when a limit was raised, also during a pause', () => {
    const simulation = new Simulation()
      .runUntil(20 * MINUTE)
      .input({ type: 'pause' })
      .runUntil(21 * MINUTE);
    simulation.gateway.bonusMs = 15 * MINUTE;
    simulation.runUntil(22 * MINUTE);
    expect(added(simulation)).toEqual([15 * MINUTE]);
  });

  test('is not told of what only looks like it: a pause, a silence, a sleep, an outage, a new day', () => {
    const paused = new Simulation()
      .runUntil(5 * MINUTE)
      .input({ type: 'pause' })
      .runUntil(15 * MINUTE);
    paused.input({ type: 'resume' }).runUntil(20 * MINUTE);
    const asleep = new Simulation()
      .runUntil(5 * MINUTE)
      .sleep(30 * MINUTE)
      .runUntil(40 * MINUTE);
    const offline = outage(5 * MINUTE, 6 * MINUTE).runUntil(20 * MINUTE);
    const tomorrow = new Simulation({ rules: { usedMs: 30 * MINUTE } }).runUntil(MINUTE);
    tomorrow.gateway.usedMs = 0;
    tomorrow.runUntil(2 * MINUTE);
    for (const simulation of [paused, asleep, offline, tomorrow]) expect(added(simulation)).toEqual([]);
    expect(withTypes(tomorrow, 'dayReset')).toHaveLength(1);
  });
});

describe('a page that may come back', () => {
  const config = { keepWhenLeft: true };

  test('pauses as it is left, past a beat that is under way', () => {
    const simulation = new Simulation({ config, fate: () => ({ kind: 'answered', thereMs: 200, backMs: 200 }) });
    simulation.runUntil(3_100).input({ type: 'page', page: 'gone' });
    expect(beats(simulation)).toEqual([
      { at: 3_000, seq: 1, state: 'active' },
      { at: 3_100, seq: 2, state: 'paused' },
    ]);
    expect(simulation.types()).toEqual(['paused']);
    simulation.runUntil(10_000);
    expect(simulation.gateway.state).toBe('paused');
  });

  test('says nothing twice when it was hidden before', () => {
    const simulation = new Simulation({ config }).runUntil(10_000).input({ type: 'page', page: 'hidden' });
    simulation.runUntil(11_000).input({ type: 'page', page: 'gone' });
    expect(beats(simulation).map(({ state }) => state)).toEqual(['active', 'paused']);
  });

  test('tells it now when the pause was waiting to be tried again', () => {
    const simulation = outage(5_000, 11_100, { config }).runUntil(6_000).input({ type: 'page', page: 'hidden' });
    simulation.runUntil(11_200).input({ type: 'page', page: 'gone' });
    expect(beats(simulation).at(-1)).toMatchObject({ at: 11_200, state: 'paused' });
  });

  test('closes where nobody asks for heartbeats: a new start costs nothing', () => {
    const simulation = new Simulation({ config, rules: { budgetMs: null, intervalMs: null } }).runUntil(5_000);
    simulation.input({ type: 'page', page: 'gone' });
    expect(closes(simulation)).toMatchObject([{ reason: 'quit' }]);
  });
});

describe('notices', () => {
  test('come every half hour to a player whom nothing limits, without a single heartbeat', () => {
    const simulation = new Simulation({ rules: { budgetMs: null, intervalMs: null } }).runUntil(95 * MINUTE);
    expect(simulation.types()).toEqual(['notice', 'notice', 'notice']);
    expect(simulation.sent).toEqual([]);
  });

  test('count play, not pauses, and what was played today before', () => {
    const simulation = new Simulation({ rules: { budgetMs: 180 * MINUTE, usedMs: 20 * MINUTE } }).runUntil(5 * MINUTE);
    simulation
      .input({ type: 'pause' })
      .runUntil(25 * MINUTE)
      .input({ type: 'resume' })
      .runUntil(30 * MINUTE - 1);
    expect(withTypes(simulation, 'notice')).toHaveLength(0);
    simulation.runUntil(30 * MINUTE);
    expect(withTypes(simulation, 'notice')).toMatchObject([{ id: 'health' }]);
  });

  test('do not count sleep: of more than the lease one interval is play, as the gateway has it', () => {
    const simulation = new Simulation({ rules: { budgetMs: 180 * MINUTE } }).runUntil(10 * MINUTE).sleep(60 * MINUTE);
    simulation.runUntil(70 * MINUTE + 20 * MINUTE - RULES.intervalMs! - 1);
    expect(simulation.types()).toEqual([]);
    simulation.runUntil(70 * MINUTE + 20 * MINUTE - RULES.intervalMs!);
    expect(simulation.types()).toEqual(['notice']);
  });

  test('count a sleep within the lease, as the gateway does', () => {
    const simulation = new Simulation({ rules: { budgetMs: 180 * MINUTE } }).runUntil(10 * MINUTE).sleep(MINUTE);
    expect(simulation.runUntil(30 * MINUTE - 1).types()).toEqual([]);
    expect(simulation.runUntil(30 * MINUTE).types()).toEqual(['notice']);
  });

  test('count nothing of the sleep of somebody who sends no beats', () => {
    const simulation = new Simulation({ rules: { budgetMs: null, intervalMs: null } }).runUntil(10 * MINUTE);
    simulation.sleep(UNSEEN_PLAY_MS_MAX + 1_001);
    const wokeAt = simulation.now;
    expect(simulation.runUntil(wokeAt + 20 * MINUTE - 1).types()).toEqual([]);
    expect(simulation.runUntil(wokeAt + 20 * MINUTE).types()).toEqual(['notice']);
  });
});

describe('a pause', () => {
  test('is told at once, stops the countdown and is lifted at once', () => {
    const simulation = new Simulation()
      .runUntil(100_000)
      .input({ type: 'pause' })
      .runUntil(20 * MINUTE);
    simulation.input({ type: 'resume' }).runUntil(90 * MINUTE);
    const told = beats(simulation).filter(({ state }, index, all) => state !== all[index - 1]?.state);
    expect(told.map(({ at, state }) => [at, state])).toEqual([
      [3_000, 'active'],
      [100_000, 'paused'],
      [20 * MINUTE, 'active'],
    ]);
    expect(closes(simulation)).toMatchObject([{ at: 80 * MINUTE - 100_000, reason: 'limit' }]);
  });

  test('by the game and by the page lasts until both are over', () => {
    const simulation = new Simulation().input({ type: 'pause' }).input({ type: 'page', page: 'hidden' });
    simulation.input({ type: 'resume' });
    expect(simulation.types()).toEqual(['paused']);
    simulation.input({ type: 'page', page: 'visible' });
    expect(simulation.events.filter(({ type }) => type !== 'tick')).toMatchObject([{ by: 'game' }, { by: 'page' }]);
  });

  test('does not follow a hidden page when the game chose so', () => {
    const simulation = new Simulation({ config: { pauseWhenHidden: false } }).input({ type: 'page', page: 'hidden' });
    expect(simulation.types()).toEqual([]);
  });

  test('during a beat waits for its answer and takes the next seq', () => {
    const simulation = new Simulation({ fate: () => ({ kind: 'answered', thereMs: 200, backMs: 200 }) }).runUntil(
      3_100,
    );
    simulation.input({ type: 'pause' }).runUntil(5_000);
    expect(beats(simulation)).toEqual([
      { at: 3_000, seq: 1, state: 'active' },
      { at: 3_400, seq: 2, state: 'paused' },
    ]);
  });

  test('never stops play on return before the gateway was asked, and not for long if it is away', () => {
    const simulation = outage(110_000, 500_000, { rules: { usedMs: 58 * MINUTE } }).runUntil(100_000);
    simulation.input({ type: 'pause' }).runUntil(300_000).input({ type: 'resume' });
    simulation.runUntil(300_000 + CONFIG.confirmMs - 1);
    expect(withTypes(simulation, 'ended')).toHaveLength(0);
    simulation.runUntil(300_000 + CONFIG.confirmMs);
    expect(withTypes(simulation, 'ended')).toHaveLength(1);
  });
});

describe('the gateway is away', () => {
  test('play goes on, and goes on after', () => {
    const simulation = outage(20_000, 50_000).runUntil(5 * MINUTE);
    expect(simulation.types()).toEqual(['offline', 'online']);
    expect(simulation.events.find(({ type }) => type === 'offline')).toMatchObject({
      error: { code: 'timeout' },
      playUntilAt: '2026-11-20T12:01:33.000Z',
    });
    const seqs = beats(simulation).map(({ seq }) => seq);
    expect(seqs.filter((seq) => seq === 2).length).toBeGreaterThan(1);
    expect(simulation.gateway.usedMs).toBe(beats(simulation).at(-1)?.at);
  });

  test('play ends when the lease is over, with time to save', () => {
    const simulation = outage(20_000, Number.POSITIVE_INFINITY).runUntil(10 * MINUTE);
    expect(simulation.types()).toEqual(['offline', 'limitReached', 'ended']);
    expect(simulation.events.at(-1)).toMatchObject({ by: 'limit', reason: 'ledger_unavailable', nextAllowedAt: null });
    expect(closes(simulation)[0]).toMatchObject({ at: 93_000, reason: 'ledger_unavailable' });
  });

  test('play ends at the limit when that is nearer than the lease', () => {
    const simulation = outage(20_000, Number.POSITIVE_INFINITY, { rules: { usedMs: 59 * MINUTE } }).runUntil(
      10 * MINUTE,
    );
    expect(closes(simulation)[0]).toMatchObject({ at: MINUTE, reason: 'limit' });
  });

  test('nothing ends for a player whom nothing limits', () => {
    const simulation = outage(20_000, Number.POSITIVE_INFINITY, { rules: { budgetMs: null, noticeEveryMs: null } });
    expect(simulation.runUntil(60 * MINUTE).types()).toEqual(['offline']);
  });

  test('a session the gateway does not know ends, and is not asked about again', () => {
    const simulation = new Simulation({ fate: () => ({ kind: 'gone', thereMs: 0, backMs: 0 }) }).runUntil(10 * MINUTE);
    expect(simulation.types()).toEqual(['error', 'ended']);
    expect(simulation.events.at(-1)).toMatchObject({ reason: 'session_closed' });
    expect(simulation.sent).toHaveLength(1);
  });
});

describe('a machine that slept', () => {
  test('asks before it believes its clock', () => {
    const simulation = new Simulation()
      .runUntil(10 * MINUTE)
      .sleep(120 * MINUTE)
      .runUntil(131 * MINUTE);
    expect(withTypes(simulation, 'ended')).toHaveLength(0);
    expect(beats(simulation).find(({ at }) => at >= 130 * MINUTE)).toMatchObject({ at: 130 * MINUTE });
  });

  test('ends soon after when nobody answers', () => {
    const simulation = outage(10 * MINUTE, Number.POSITIVE_INFINITY)
      .runUntil(10 * MINUTE)
      .sleep(120 * MINUTE);
    simulation.runUntil(130 * MINUTE + CONFIG.confirmMs);
    expect(withTypes(simulation, 'ended')).toHaveLength(1);
  });

  test('asks at once when only the wall clock tells of it', () => {
    const simulation = new Simulation().runUntil(10_000).input({ type: 'slept' });
    expect(beats(simulation).at(-1)).toMatchObject({ at: 10_000, seq: 2 });
  });
});

test('every request carries the latest receipt, the close too', () => {
  const simulation = new Simulation();
  const { gateway } = simulation;
  const beat = gateway.beat.bind(gateway);
  vi.spyOn(gateway, 'beat').mockImplementation((request, now) => {
    const { seq } = request;
    // An answer without one says nothing about the last.
    return { ...beat(request, now), ...(seq % 2 === 1 && { receipt: `after ${seq}` }) };
  });
  simulation.runUntil(70 * MINUTE);
  const last = beats(simulation).at(-1)!.seq;
  expect(beats(simulation).slice(0, 4)).toMatchObject([
    { seq: 1 },
    { receipt: 'after 1' },
    { receipt: 'after 1' },
    { receipt: 'after 3' },
  ]);
  expect(beats(simulation)[0]).not.toHaveProperty('receipt');
  expect(closes(simulation)).toMatchObject([{ receipt: `after ${last % 2 === 1 ? last : last - 1}` }]);
});

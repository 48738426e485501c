// The rows of docs/failure-matrix.md that no other test shows, each in virtual time.
import { describe, expect, test } from 'vitest';
import { createPlayGuard } from '../src/play-guard.ts';
import type { AnySessionEvent, SessionEventType } from '../src/session/events.ts';
import { FakeGateway } from './fake-gateway.ts';
import { FakeHost } from './fake-host.ts';
import { type Fate, PROMPT, Simulation } from './simulation.ts';

const MINUTE = 60_000;
const SECOND = 1_000;
const LOST: Fate = { kind: 'lost', thereMs: 0, backMs: 0 };

async function play(host: FakeHost, gateway: FakeGateway) {
  const guard = createPlayGuard({
    gatewayUrl: gateway.url,
    publishableKey: 'pk_test_key',
    gameId: 'star-garden',
    platform: host.platform,
  });
  const result = await host.advanceUntil(guard.startSession({ ageToken: 'age-token' }));
  if (result.verdict !== 'play') throw new Error('denied');
  const events: AnySessionEvent[] = [];
  const types: SessionEventType[] = ['warning', 'limitReached', 'ended', 'dayReset', 'extended', 'offline', 'online'];
  for (const type of types) result.session.on(type, (event) => void events.push(event));
  return { session: result.session, events };
}

test('gateway slow: answers that take 4 s neither end play early nor let it outlast the limit by more than the grace', () => {
  const simulation = new Simulation({ fate: () => ({ kind: 'answered', thereMs: 2 * SECOND, backMs: 2 * SECOND }) });
  simulation.runUntil(70 * MINUTE);
  const closes = simulation.sent.filter(({ request }) => request.kind === 'close');
  expect(closes).toHaveLength(1);
  expect(closes[0]!.at).toBeGreaterThan(60 * MINUTE - 4 * SECOND);
  expect(closes[0]!.at).toBeLessThanOrEqual(60 * MINUTE + SECOND);
  expect(simulation.types()).not.toContain('offline');
});

test('limit reached while offline: play ends on time, and what came before settles once the gateway is back', () => {
  const simulation: Simulation = new Simulation({
    rules: { usedMs: 59 * MINUTE },
    fate: () => (simulation.now < 20 * SECOND || simulation.now > 70 * SECOND ? PROMPT : LOST),
  });
  simulation.runUntil(5 * MINUTE);
  const ended = simulation.events.find(({ type }) => type === 'ended');
  expect(ended).toMatchObject({ by: 'limit', reason: 'daily_budget_spent', endedAt: '2026-11-20T12:01:00.000Z' });
  expect(simulation.gateway.closed).toMatchObject({
    reason: 'limit',
    enforcement: { endedAt: '2026-11-20T12:01:00.000Z' },
  });
});

test('midnight: the day of the answers counts, not the device’s; play goes on with a new day', async () => {
  const host = new FakeHost();
  await using gateway = await FakeGateway.start(host);
  gateway.rules = { ...gateway.rules, usedMs: 50 * MINUTE };
  const { session, events } = await play(host, gateway);
  await host.advance(6 * MINUTE);
  expect(events).toMatchObject([{ type: 'warning' }, { type: 'warning', stepMs: 5 * MINUTE }]);
  gateway.sessions[0]!.usedMs = 0;
  await host.advance(MINUTE);
  expect(events.slice(2)).toMatchObject([{ type: 'dayReset' }]);
  expect(session.getRemaining().remainingMs).toBeGreaterThan(58 * MINUTE);
  await host.advance(54 * MINUTE);
  expect(events.slice(3)).toMatchObject([{ type: 'warning', stepMs: 15 * MINUTE }, { type: 'warning' }]);
  await host.advanceUntil(session.end());
});

test('reinstalled app: nothing on the device is believed, the gateway knows what was played', async () => {
  const host = new FakeHost();
  await using gateway = await FakeGateway.start(host);
  const first = await play(host, gateway);
  await host.advance(20 * MINUTE);
  await host.advanceUntil(first.session.end());
  gateway.rules = { ...gateway.rules, usedMs: gateway.sessions[0]!.usedMs };
  host.wallMs -= 86_400_000;
  const second = await play(host, gateway);
  expect(second.session.sessionId).not.toBe(first.session.sessionId);
  expect(second.session.getRemaining().remainingMs).toBeLessThanOrEqual(41 * MINUTE);
  await host.advanceUntil(second.session.end());
});

test('killed tab: nothing is sent any more, and the gateway counts to the last beat', () => {
  const simulation = new Simulation().runUntil(10 * MINUTE).sleep(60 * MINUTE);
  const lastBeat = simulation.sent.at(-1)!;
  expect(simulation.gateway.usedMs).toBe(lastBeat.at);
  expect(simulation.gateway.closed).toBeNull();
});

describe('1,000 players on a network that loses and delays', () => {
  /** Deterministic, one stream per player (mulberry32). */
  function randomOf(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
  }

  function fateOf(random: () => number): Fate {
    const luck = random();
    const delays = { thereMs: Math.floor(random() * 400), backMs: Math.floor(random() * 400) };
    if (luck < 0.1) return { kind: 'lost', ...delays };
    if (luck < 0.2) return { kind: 'unanswered', ...delays };
    return luck < 0.25 ? { kind: 'busy', ...delays } : { kind: 'answered', ...delays };
  }

  test('end within 1 s of the limit, and none before it', () => {
    for (let player = 1; player <= 1_000; player += 1) {
      const random = randomOf(player);
      const usedMs = Math.floor((50 + 9 * random()) * MINUTE);
      const simulation = new Simulation({ rules: { usedMs }, random, fate: () => fateOf(random) });
      const limitAt = 60 * MINUTE - usedMs;
      simulation.runUntil(limitAt + 10 * SECOND);
      expect(
        simulation.types().filter((type) => type === 'ended'),
        `player ${player}`,
      ).toEqual(['ended']);
      const ended = simulation.sent.find(({ request }) => request.kind === 'close');
      expect(ended?.request.body, `player ${player}`).toMatchObject({ reason: 'limit' });
      expect(ended!.at - limitAt, `player ${player}`).toBeGreaterThanOrEqual(0);
      expect(ended!.at - limitAt, `player ${player}`).toBeLessThanOrEqual(SECOND);
    }
  }, 60_000);

  test('none is kicked who has time left, through an hour of it', () => {
    let offline = 0;
    for (let player = 1; player <= 1_000; player += 1) {
      const random = randomOf(player);
      const simulation = new Simulation({ rules: { budgetMs: null }, random, fate: () => fateOf(random) });
      simulation.runUntil(60 * MINUTE);
      expect(simulation.types(), `player ${player}`).not.toContain('ended');
      expect(simulation.state.phase, `player ${player}`).toBe('playing');
      offline += simulation.types().filter((type) => type === 'offline').length;
    }
    // The network was as bad as it is said to be.
    expect(offline).toBeGreaterThan(10_000);
  }, 60_000);
});

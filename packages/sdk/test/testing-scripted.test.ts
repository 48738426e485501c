import { expect, test } from 'vitest';
import { createPlayGuard } from '../src/index.ts';
import {
  collectEvents,
  recordSession,
  replaySession,
  type Scenario,
  ScriptedGateway,
  VirtualTime,
} from '../src/testing.ts';

const MINUTE = 60_000;

async function play(scenario: Scenario) {
  const gateway = new ScriptedGateway(scenario);
  const guard = createPlayGuard({ ...gateway.guardOptions, locale: 'en' });
  const result = await gateway.time.until(guard.startSession({ ageToken: 'any' }));
  if (result.verdict === 'denied') throw new Error(result.reason);
  return { gateway, session: result.session, events: collectEvents(result.session) };
}

const typesOf = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);

test('a scenario without a word is an hour of play', async () => {
  const { gateway, events } = await play({});
  await gateway.time.advance(61 * MINUTE);
  const expected = ['notice', 'warning', 'warning', 'warning', 'limitReached', 'notice', 'ended'];
  expect(typesOf(events).sort()).toEqual(expected.sort());
});

test('refuses as often as it is told to', async () => {
  const gateway = new ScriptedGateway({ starts: [{ reason: 'outside_window' }, 'play'] });
  const guard = createPlayGuard(gateway.guardOptions);
  const start = () => gateway.time.until(guard.startSession({ ageToken: 'any' }));
  expect(await start()).toMatchObject({ verdict: 'denied', reason: 'outside_window' });
  expect(await start()).toMatchObject({ verdict: 'play' });
});

test.each([
  [[{ atMs: 2 * MINUTE, do: 'end', reason: 'guardian_pause' }], ['ended'], 'guardian_pause'],
  [[{ atMs: 2 * MINUTE, do: 'network', state: 'down' }], ['offline', 'limitReached', 'ended'], 'ledger_unavailable'],
  [[{ atMs: 2 * MINUTE, do: 'network', state: 'silent' }], ['offline', 'limitReached', 'ended'], 'ledger_unavailable'],
] as const)('%o leads to %o', async (steps, types, reason) => {
  const { gateway, events } = await play({ steps });
  await gateway.time.advance(10 * MINUTE);
  expect(typesOf(events)).toEqual(types);
  expect(events.at(-1)).toMatchObject({ reason });
});

test.each([
  { atMs: 2 * MINUTE, do: 'fail', status: 503, code: 'ledger_unavailable', count: 2, retryAfterS: 5 },
  { atMs: 2 * MINUTE, do: 'loseAnswers', count: 2 },
] as const)('$do is a short outage that counts nothing twice', async (step) => {
  const { gateway, events, session } = await play({ steps: [step] });
  await gateway.time.advance(5 * MINUTE);
  session.sync();
  await gateway.time.settle();
  expect(typesOf(events)).toEqual(['offline', 'online']);
  expect(gateway.sessions[0]?.usedMs).toBe(5 * MINUTE);
});

test('time that is granted moves the end away, a new day starts it anew', async () => {
  const steps = [
    { atMs: 10 * MINUTE, do: 'grant', ms: 8 * MINUTE },
    { atMs: 20 * MINUTE, do: 'newDay' },
  ] as const;
  const { gateway, events } = await play({ steps, rules: { noticeEveryMs: null } });
  await gateway.time.advance(15 * MINUTE);
  expect(typesOf(events)).toEqual(['extended']);
  await gateway.time.advance(10 * MINUTE);
  expect(typesOf(events)).toEqual(['extended', 'dayReset']);
});

test('answers may take their time', async () => {
  const { gateway, session } = await play({ steps: [{ atMs: MINUTE, do: 'delay', delayMs: 700 }] });
  await gateway.time.advance(10 * MINUTE);
  expect(session.getRemaining().isOffline).toBe(false);
});

test('a sleeping device runs no timer and asks when it wakes', async () => {
  const { gateway, events, session } = await play({ rules: { noticeEveryMs: null } });
  await gateway.time.advance(10 * MINUTE);
  gateway.device.sleep();
  const sentBefore = gateway.device.network.sent.length;
  await gateway.time.advance(60 * MINUTE);
  expect(gateway.device.network.sent).toHaveLength(sentBefore);
  await gateway.device.wake();
  expect(gateway.device.network.sent.length).toBeGreaterThan(sentBefore);
  expect(typesOf(events)).not.toContain('ended');
  expect(session.getRemaining().phase).toBe('playing');
});

test('setting the clock of the device changes nothing', async () => {
  const { gateway, events } = await play({ rules: { noticeEveryMs: null, warningsMs: [] } });
  gateway.device.setClockAhead(24 * 60 * MINUTE);
  await gateway.time.advance(59 * MINUTE);
  gateway.device.setClockAhead(-24 * 60 * MINUTE);
  expect(typesOf(events)).toEqual([]);
  await gateway.time.advance(MINUTE);
  expect(typesOf(events)).toEqual(['limitReached', 'ended']);
});

test('a hidden page pauses', async () => {
  const { gateway, events } = await play({});
  await gateway.time.advance(0);
  gateway.device.setPage('hidden');
  gateway.device.setPage('visible');
  expect(typesOf(events)).toEqual(['paused', 'resumed']);
});

test('a recording is told again at its own times', async () => {
  const { gateway, session } = await play({ steps: [{ atMs: 2 * MINUTE, do: 'end', reason: 'agent_closed' }] });
  const recording = recordSession(session, () => gateway.time.now);
  await gateway.time.advance(5 * MINUTE);
  const time = new VirtualTime();
  const replayed = replaySession(JSON.parse(JSON.stringify(recording)), time);
  const events = collectEvents(replayed);
  await time.advance(MINUTE);
  expect(events).toEqual([]);
  await time.advance(4 * MINUTE);
  expect(events).toMatchObject([{ type: 'ended', reason: 'agent_closed' }]);
  expect(replayed.getRemaining()).toMatchObject({ phase: 'closed', remainingMs: 0 });
});

test('time does not go back', async () => {
  const time = new VirtualTime();
  await expect(time.advanceTo(time.now - 1)).rejects.toThrow(RangeError);
  expect(() => new VirtualTime('yesterday')).toThrow(TypeError);
});

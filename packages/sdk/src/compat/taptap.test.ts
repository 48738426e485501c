import { REFUSAL_REASONS, SESSION_END_REASONS } from '@playgate/policy';
import { expect, test } from 'vitest';
import { createPlayGuard } from '../index.ts';
import { type Scenario, type ScenarioStep, ScriptedGateway } from '../testing.ts';
import { startWithTapTapCodes, TAPTAP_CODES, type TapTapExtra, tapTapCodeOf } from './taptap.ts';

const MINUTE_MS = 60_000;

async function start(scenario: Scenario = {}, before: readonly ScenarioStep[] = []) {
  const gateway = new ScriptedGateway(scenario);
  for (const step of before) gateway.perform(step);
  const told: (readonly [number, TapTapExtra['type']])[] = [];
  const extras: TapTapExtra[] = [];
  const guard = createPlayGuard(gateway.guardOptions);
  const starting = startWithTapTapCodes(guard, { ageToken: 'any' }, (code, extra) => {
    told.push([code, extra.type]);
    extras.push(extra);
  });
  return { gateway, session: await gateway.time.until(starting), told, extras };
}

test('the numbers are those a game has in its switch', () => {
  expect(Object.values(TAPTAP_CODES)).toEqual([500, 1000, 1001, 1030, 1050, 1100, 1200, 9002]);
});

test.each([
  ['daily_budget_spent', 1050],
  ['too_little_left', 1050],
  ['outside_window', 1030],
  ['guardian_window', 1030],
  ['guardian_pause', 1030],
  ['agent_closed', 1030],
  ['age_rating', 1100],
  ['unverified', 9002],
  ['phone_required', 9002],
  ['guardian_required', 9002],
  ['ledger_unavailable', 1200],
  ['concurrent_session', 1000],
] as const)('a start refused for %s is %i', async (reason, code) => {
  const { session, told, extras } = await start({ starts: [{ reason }] });
  expect(session).toBeNull();
  expect(told).toEqual([[code, 'denied']]);
  expect(extras[0]).toMatchObject({ denial: { reason } });
});

test('every reason has a code, and only that of a player who may play is 500', () => {
  for (const reason of [...REFUSAL_REASONS, ...SESSION_END_REASONS]) {
    const code = tapTapCodeOf(reason);
    expect(Object.values(TAPTAP_CODES)).toContain(code);
    expect([500, 1001]).not.toContain(code);
  }
});

test('an hour of play is 500, then 1050', async () => {
  const { gateway, session, told } = await start();
  expect(told).toEqual([[500, 'started']]);
  await gateway.time.advance(59 * MINUTE_MS);
  expect(told).toHaveLength(1);
  await gateway.time.advance(2 * MINUTE_MS);
  expect(told.slice(1)).toEqual([[1050, 'ended']]);
  expect(session?.getRemaining().phase).toBe('closed');
});

test.each([
  ['guardian_pause', 1030],
  ['agent_ended', 1000],
  ['session_taken_over', 1000],
] as const)('play ended for %s is %i', async (reason, code) => {
  const { gateway, told } = await start({ steps: [{ atMs: MINUTE_MS, do: 'end', reason }] });
  await gateway.time.advance(2 * MINUTE_MS);
  expect(told).toEqual([
    [500, 'started'],
    [code, 'ended'],
  ]);
});

test.each(['quit', 'constructor', 'a_word_of_the_game'])('the game’s own end, %s, is 1000', async (reason) => {
  const { gateway, session, told } = await start();
  await gateway.time.until(session!.end(reason));
  expect(told.at(-1)).toEqual([1000, 'ended']);
});

test.each([
  [{ atMs: 0, do: 'fail', status: 401, code: 'unauthenticated', count: 1 }, 'unauthenticated'],
  [{ atMs: 0, do: 'network', state: 'down' }, 'unreachable'],
] as const)('a start that %o broke is 1200, and nothing is thrown', async (step, code) => {
  const { session, told, extras } = await start({}, [step]);
  expect(session).toBeNull();
  expect(told).toEqual([[1200, 'broken']]);
  expect(extras[0]).toMatchObject({ error: { code } });
});

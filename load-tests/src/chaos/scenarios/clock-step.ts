// The gateway's clock jumps, as it does when a machine is set right: the clock of a test world is moved under a session.
import { atMost, type Outcome } from '../finding.ts';
import { LONG_POLICY } from '../policy.ts';
import type { Scenario } from '../scenario.ts';
import { ADMIN_TOKEN, Stage, type Suite } from '../stage.ts';

const STEP_MS = 600_000;
const BEAT_MS = 1_000;
const BEATS_BEFORE = 10;
const BEATS_AFTER = 10;
const PACE = { intervalMs: BEAT_MS, leaseMs: 12_000, reviveMs: 2 * STEP_MS, shortLimitMs: 8_000 };

export const clockStep: Scenario = {
  name: 'clock-step',
  targets: [5],
  what: 'the clock of the gateway jumps by ten minutes, there and back: the error is an interval at most',
  run: stepClock,
};

async function stepClock(suite: Suite): Promise<Outcome> {
  await using stage = await Stage.open(suite, { pace: PACE });
  const forwardErrorMs = await errorOfStep(stage, STEP_MS);
  const backErrorMs = await errorOfStep(stage, -STEP_MS);
  return {
    bounds: { forwardErrorMs: atMost(PACE.intervalMs), backErrorMs: atMost(PACE.intervalMs) },
    measured: { forwardErrorMs: Math.abs(forwardErrorMs), backErrorMs: Math.abs(backErrorMs) },
    failures: [],
  };
}

/** Counted less played, of a player under whom the clock is moved once. */
async function errorOfStep(stage: Stage, stepMs: number): Promise<number> {
  const { client } = stage;
  const provider = await client.must<{ providerId: string }>('/v1/admin/providers', ADMIN_TOKEN, {
    name: `Step ${stepMs}`,
  });
  const key = await stage.makeKey(provider.providerId, 'secret', 'test');
  const startsAt = Date.parse(`${new Date().toISOString().slice(0, 10)}T05:00:00.000Z`);
  let now = startsAt;
  const setClock = (at: number) => client.must('/v1/sandbox/clock', key, { now: new Date(at).toISOString() }, 'PUT');
  await setClock(now);
  const game = { gameId: 'step', title: 'Step', class: 'G1', rating: '00+', policyId: LONG_POLICY };
  await client.must('/v1/games', key, game);
  const { ageToken, playerId } = await stage.verify('stepped', false, key);
  const opened = await client.must<{ sessionId: string; sessionToken: string }>('/v1/sessions', key, {
    ageToken,
    gameId: game.gameId,
  });
  const at = `/v1/sessions/${opened.sessionId}`;
  for (let seq = 1; seq <= BEATS_BEFORE + BEATS_AFTER; seq++) {
    now += BEAT_MS + (seq === BEATS_BEFORE + 1 ? stepMs : 0);
    await setClock(now);
    await client.must(`${at}/heartbeats`, opened.sessionToken, { seq, state: 'active' });
  }
  const day = new Date(startsAt).toISOString().slice(0, 10);
  const playtime = `/v1/players/${playerId}/playtime?date=${day}`;
  const { totalMs } = await client.must<{ totalMs: number }>(playtime, key, null, 'GET');
  if (totalMs < 0) throw new Error(`counted ${totalMs} ms`);
  return totalMs - (BEATS_BEFORE + BEATS_AFTER) * BEAT_MS;
}

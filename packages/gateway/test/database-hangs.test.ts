// A PostgreSQL that does not answer and does not hang up either, while the day changes.
import { expect, test } from 'vitest';
import { LOOK_UP_MS_MAX } from '../src/sessions/plan-renewal.ts';
import { startPostgres } from './support/postgres-server.ts';
import { ManualClock, TestGateway } from './support/test-gateway.ts';

/** What an answer may take beside the look-up on a busy machine. */
const SLACK_MS = 600;
const MIDNIGHT = Date.UTC(2026, 9, 14, 17);
const INTERVAL_MS = 30_000;

test('heartbeats of the new day are answered by the old facts', async () => {
  const postgres = await startPostgres();
  try {
    const clock = new ManualClock(MIDNIGHT - 10_000);
    await using gateway = await TestGateway.start({ databaseUrl: await postgres.createDatabase(), clock });
    const { secretKey: token } = await gateway.createTenant();
    const game = { title: 'A', class: 'G1', rating: '00+' } as const;
    const { gameId } = (await gateway.call('createGame', { token, body: game })).body;
    const facts = { method: 'attested', birthDate: '2010-01-01', phone: '+84901234567', phoneVerified: true } as const;
    const verified = await gateway.call('createAgeVerification', { token, body: { playerRef: 'kid', ...facts } });
    const opened = await gateway.call('openSession', { token, body: { ageToken: verified.body.ageToken, gameId } });
    if (opened.body.verdict !== 'play') throw new Error(opened.body.reason);
    const { sessionId, sessionToken } = opened.body;
    let seq = 0;
    const beat = async (now: number) => {
      clock.set(now);
      const startedAt = performance.now();
      const answer = await gateway.send('POST', `/v1/sessions/${sessionId}/heartbeats`, {
        token: sessionToken,
        body: { seq: ++seq, state: 'active' },
      });
      return { ...answer, tookMs: performance.now() - startedAt };
    };
    expect((await beat(MIDNIGHT - 1)).status).toBe(200);
    await postgres.freeze();
    try {
      for (const now of [MIDNIGHT + 1_000, MIDNIGHT + INTERVAL_MS, MIDNIGHT + 2 * INTERVAL_MS]) {
        const { body, status, tookMs } = await beat(now);
        expect({ status, body }).toMatchObject({ status: 200, body: { verdict: 'continue' } });
        expect(tookMs).toBeLessThan(LOOK_UP_MS_MAX + SLACK_MS);
      }
    } finally {
      await postgres.thaw();
    }
    expect(await beat(MIDNIGHT + 3 * INTERVAL_MS)).toMatchObject({ status: 200, body: { used: { gameMs: 90_000 } } });
  } finally {
    await postgres.stop();
  }
});

// From play to the report, through the whole gateway: what a child played and was told is in the figures, and once the day is
// closed they stay as they are, also for a gateway that starts anew on the same database.
import { createHash } from 'node:crypto';
import { HEADERS } from '@playgate/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REPORT_GRACE_MS } from '../src/compliance/reports/report-days.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { type Tenant, TestGateway } from './support/test-gateway.ts';

const DAY = '2026-10-14';
const STARTS_AT = `${DAY}T03:00:00.000Z`;
const BEAT_MS = 30_000;
const HOUR_MS = 3_600_000;

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** Plays a game until told to end. */
async function playOut(gateway: TestGateway, token: string) {
  const game = { gameId: 'star', title: 'Star', class: 'G1', rating: '00+' } as const;
  await gateway.call('createGame', { token, body: game });
  const child = {
    playerRef: 'child',
    method: 'attested',
    birthDate: '2010-01-01',
    phone: '+84912345678',
    phoneVerified: true,
  } as const;
  const { body: verified } = await gateway.call('createAgeVerification', { token, body: child });
  const start = { token, body: { ageToken: verified.ageToken!, gameId: 'star' } };
  const { body: opened } = await gateway.call('openSession', start);
  if (opened.verdict !== 'play') throw new Error('no play');
  const ofSession = { token: opened.sessionToken, params: { sessionId: opened.sessionId } };
  let seq = 0;
  const beat = async () => {
    await gateway.call('advanceSandboxClock', { token, body: { ms: BEAT_MS } });
    seq += 1;
    return (await gateway.call('recordHeartbeat', { ...ofSession, body: { seq, state: 'active' } })).body;
  };
  while ((await beat()).verdict !== 'end');
  /** Two seconds later. */
  const confirm = async () => {
    await gateway.call('advanceSandboxClock', { token, body: { ms: 2_000 } });
    const { now } = (await gateway.call('getSandboxClock', { token })).body;
    const enforcement = { verdictSeq: seq, endedAt: now };
    await gateway.call('closeSession', { ...ofSession, body: { seq: seq + 1, reason: 'limit', enforcement } });
    expect((await gateway.call('openSession', start)).body).toMatchObject({ verdict: 'denied' });
  };
  return { beat, confirm };
}

it('tells how long a game went on that never stops and never closes', async () => {
  await using gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  const { secretKey: token } = await gateway.createTenant('test');
  await gateway.call('freezeSandboxClock', { token, body: { now: STARTS_AT } });
  const { beat } = await playOut(gateway, token);
  for (let beats = 0; beats < 20; beats += 1) expect(await beat()).toMatchObject({ verdict: 'end' });
  const report = await gateway.send('GET', `/v1/reports/daily?from=${DAY}&to=${DAY}&groupBy=game`, { token });
  const figures = { limitReached: 1, unacknowledgedEnds: 1, overrunMs: 20 * BEAT_MS, playMs: HOUR_MS };
  expect(report.body).toMatchObject({ totals: figures });
});

it('reports what was played, and the same again after a restart', async () => {
  const databaseUrl = await server.createDatabase();
  const env = { PLAYGATE_LOG_LEVEL: 'silent' };
  const formats = ['json', 'csv', 'jsonl'] as const;
  let tenant: Tenant;
  const read = async (gateway: TestGateway, format: string) => {
    const where = `/v1/reports/daily?from=${DAY}&to=${DAY}&groupBy=game,day&format=${format}`;
    const answer = await gateway.send('GET', where, { token: tenant.secretKey });
    expect(answer.status).toBe(200);
    return { ...answer, hash: createHash('sha256').update(answer.text).digest('hex') };
  };
  const sums: Record<string, string> = {};
  {
    await using gateway = await TestGateway.start({ databaseUrl, env });
    tenant = await gateway.createTenant('test');
    const token = tenant.secretKey;
    await gateway.call('freezeSandboxClock', { token, body: { now: STARTS_AT } });
    await (await playOut(gateway, token)).confirm();
    const { body } = await read(gateway, 'json');
    expect(body).toMatchObject({
      closed: false,
      rows: [{ gameId: 'star', day: DAY }],
      totals: {
        players: 1,
        minors: 1,
        sessions: 1,
        playMs: HOUR_MS,
        limitReached: 1,
        deniedByReason: { daily_budget_spent: 1 },
        unacknowledgedEnds: 0,
        fallbackDecisions: 0,
        gaps: 0,
        assurance: { attested: 1 },
        agentHourBreaches: 0,
        timeToEnforceMs: { p50: 2_000, max: 2_000 },
        orderToEndMs: { max: 2_000 },
      },
    });
    const closedAt = new Date(Date.parse(`${DAY}T17:00:00.000Z`) + REPORT_GRACE_MS).toISOString();
    await gateway.call('freezeSandboxClock', { token, body: { now: closedAt } });
    for (const format of formats) sums[format] = (await read(gateway, format)).hash;
    expect((await read(gateway, 'json')).body).toMatchObject({ closed: true, totals: { playMs: HOUR_MS } });
    await gateway.call('advanceSandboxClock', { token, body: { ms: 40 * 24 * HOUR_MS } });
  }
  await using again = await TestGateway.start({ databaseUrl, env });
  for (const format of formats) {
    const answer = await read(again, format);
    expect([format, answer.hash]).toEqual([format, sums[format]]);
    expect(answer.headers.get(HEADERS.signature)).toMatch(/\.\./);
  }
});

// What an operator sees of a limit that is obeyed, and of one that is not.
import { MINUTE_MS } from '@playgate/policy';
import { expect, it } from 'vitest';
import { CONFIRM_WITHIN_MS, ENFORCEMENT_FRESH_MS } from '../src/telemetry/enforcement-metrics.ts';
import { ManualClock, TestGateway } from './support/test-gateway.ts';

const STARTS_AT = Date.parse('2026-10-14T03:00:00.000Z');
const BEAT_MS = 30_000;

it('tells limit to order, order to end, overrun and ends that nobody confirmed', async () => {
  const clock = new ManualClock(STARTS_AT);
  await using gateway = await TestGateway.start({ clock, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  const tenant = await gateway.createTenant('live');
  const token = tenant.secretKey;
  await gateway.call('createGame', { token, body: { gameId: 'star', title: 'Star', class: 'G1', rating: '00+' } });

  async function playOut(playerRef: string) {
    const child = { playerRef, birthDate: '2010-01-01', phone: `+8491234567${playerRef.length}`, phoneVerified: true };
    const verified = await gateway.call('createAgeVerification', { token, body: { ...child, method: 'attested' } });
    const start = { ageToken: verified.body.ageToken!, gameId: 'star' };
    const { body: opened } = await gateway.call('openSession', { token, body: start });
    if (opened.verdict !== 'play') throw new Error(JSON.stringify(opened));
    const ofSession = { token: opened.sessionToken, params: { sessionId: opened.sessionId } };
    let seq = 0;
    const beat = async (afterMs: number) => {
      clock.advance(afterMs);
      seq += 1;
      return (await gateway.call('recordHeartbeat', { ...ofSession, body: { seq, state: 'active' } })).body;
    };
    // The last beat comes four seconds after the limit.
    for (let beats = 1; beats < 120; beats += 1) await beat(BEAT_MS);
    expect(await beat(BEAT_MS + 4_000)).toMatchObject({ verdict: 'end' });
    const close = async () => {
      clock.advance(2_000);
      const enforcement = { verdictSeq: seq, endedAt: new Date(clock.now()).toISOString() };
      await gateway.call('closeSession', { ...ofSession, body: { seq: seq + 1, reason: 'limit', enforcement } });
    };
    return { beat, close };
  }

  async function readMetrics() {
    // A report is made of all that has happened.
    await gateway.send('GET', '/v1/reports/daily?from=2026-10-14&to=2026-10-14&groupBy=game', { token });
    const { text } = await gateway.send('GET', '/metrics');
    return (series: string) => {
      const [name, label = ''] = series.replace('}', '').split('{');
      const line = text.split('\n').find((each) => each.startsWith(`${name}{`) && each.includes(label));
      return line === undefined ? null : Number(line.split(' ').at(1));
    };
  }

  await (await playOut('a')).close();
  const obeyed = await readMetrics();
  expect(obeyed('playgate_enforcement_duration_seconds_sum{span="limit_to_order"}')).toBe(4);
  expect(obeyed('playgate_enforcement_duration_seconds_sum{span="order_to_end"}')).toBe(2);
  expect(obeyed('playgate_ends_unconfirmed')).toBe(0);
  const overrunBefore = obeyed('playgate_overrun_seconds_total')!;
  expect(overrunBefore).toBe(6);

  const { beat } = await playOut('bb');
  await beat(BEAT_MS);
  await beat(BEAT_MS);
  expect((await readMetrics())('playgate_ends_unconfirmed'), 'it may still confirm').toBe(0);
  clock.advance(CONFIRM_WITHIN_MS);
  const ignored = await readMetrics();
  expect(ignored('playgate_enforcement_duration_seconds_count{span="limit_to_order"}')).toBe(2);
  expect(ignored('playgate_enforcement_duration_seconds_count{span="order_to_end"}')).toBe(1);
  expect(ignored('playgate_overrun_seconds_total')! - overrunBefore).toBe(4 + 60);
  expect(ignored('playgate_ends_unconfirmed')).toBe(1);
  clock.advance(ENFORCEMENT_FRESH_MS + MINUTE_MS);
  expect((await readMetrics())('playgate_ends_unconfirmed'), 'of the last hour').toBe(0);
});

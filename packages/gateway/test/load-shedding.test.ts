// A gateway that is behind asks for fewer heartbeats, refuses what can wait, and lets play end as ever.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { CHILD, createWorld, GAME_ID } from './support/request-samples.ts';
import { TestGateway } from './support/test-gateway.ts';

/** Of the highest level. */
const SLOW_MS = 1_100;
/** From the first slow answer on. */
const RAISED_MS_MAX = 10_000;
const SLOWEST_HEARTBEAT_MS = 120_000;
const HIGHEST = /^playgate_load_level(\{.*\})? 3$/m;

it('refuses reports, age checks and starts while its ledger is slow, slows heartbeats down, and answers them and closes', async () => {
  await using gateway = await TestGateway.start({ env: { PLAYGATE_SHED_LOAD: 'on' } });
  const { store } = gateway;
  const record = store.recordBeats.bind(store);
  let isSlow = false;
  store.recordBeats = async (requests) => {
    if (isSlow) await sleep(SLOW_MS);
    return record(requests);
  };
  const { tenant } = await createWorld(gateway);
  const token = tenant.secretKey;
  const verified = await gateway.call('createAgeVerification', { token, body: CHILD });
  const body = { ageToken: verified.body.ageToken!, gameId: GAME_ID };
  const { body: opened } = await gateway.call('openSession', { token, body });
  if (opened.verdict !== 'play') throw new Error(JSON.stringify(opened));
  const ofSession = { token: opened.sessionToken, params: { sessionId: opened.sessionId } };

  const report = () => gateway.send('GET', '/v1/reports/daily?from=2026-10-14&to=2026-10-14&groupBy=game', { token });
  expect((await report()).status).toBe(200);
  isSlow = true;
  const slowSince = performance.now();
  const beats: Promise<{ status: number }>[] = [];
  const isLoaded = async () => HIGHEST.test((await gateway.send('GET', '/metrics')).text);
  for (let seq = 1; !(await isLoaded()); seq++) {
    beats.push(gateway.call('recordHeartbeat', { ...ofSession, body: { seq, state: 'active' } }));
    await sleep(100);
  }
  const asked = await gateway.call('recordHeartbeat', {
    ...ofSession,
    body: { seq: beats.length + 1, state: 'active' },
  });
  expect(asked.body).toMatchObject({ verdict: 'continue', nextHeartbeatMs: SLOWEST_HEARTBEAT_MS });
  expect(performance.now() - slowSince).toBeLessThan(RAISED_MS_MAX);
  const refused = await report();
  expect(refused).toMatchObject({ status: 503, body: { code: 'overloaded' } });
  expect(refused.headers.get('retry-after')).toBe('20');
  const check = await gateway.send('POST', '/v1/age-verifications', { token, body: CHILD });
  expect(check).toMatchObject({ status: 503, body: { code: 'overloaded' } });
  const start = await gateway.send('POST', '/v1/sessions', { token, body });
  expect(start).toMatchObject({ status: 503, body: { code: 'overloaded' } });
  expect(await isLoaded()).toBe(true);
  for (const answer of await Promise.all(beats)) expect(answer.status).toBe(200);
  const close = await gateway.call('closeSession', { ...ofSession, body: { reason: 'quit' } });
  expect(close.status).toBe(200);
});

// What callers are told while Redis is away, and how soon.
import { expect, test } from 'vitest';
import { RedisServer } from './support/redis-server.ts';
import { type Answer, TestGateway } from './support/test-gateway.ts';

const ANSWER_MS_MAX = 500;
const GUARDED = { method: 'attested', phone: '+84901234567', phoneVerified: true } as const;

async function timed<Body>(call: () => Promise<Answer<Body>>): Promise<Answer<Body> & { readonly tookMs: number }> {
  const startedAt = performance.now();
  const answer = await call();
  return { ...answer, tookMs: performance.now() - startedAt };
}

test.each(['SIGKILL', 'SIGSTOP'] as const)('%s of Redis', async (signal) => {
  await using server = await RedisServer.start();
  await using gateway = await TestGateway.start({ redisUrl: server.url });
  const tenant = await gateway.createTenant();
  const token = tenant.secretKey;
  const game = { title: 'A', class: 'G1', rating: '00+' } as const;
  const { gameId } = (await gateway.call('createGame', { token, body: game })).body;
  const tokenOf = async (playerRef: string, birthDate: string) =>
    (await gateway.call('createAgeVerification', { token, body: { playerRef, birthDate, ...GUARDED } })).body.ageToken;
  const [kid, adult] = [await tokenOf('kid', '2010-01-01'), await tokenOf('adult', '1990-01-01')];
  const open = (ageToken: string | null) => gateway.call('openSession', { token, body: { ageToken, gameId } });
  const opened = (await open(kid)).body;
  if (opened.verdict !== 'play') throw new Error(opened.reason);
  const beat = (seq: number) =>
    gateway.send('POST', `/v1/sessions/${opened.sessionId}/heartbeats`, {
      token: opened.sessionToken,
      body: { seq, state: 'active' },
    });
  expect((await beat(1)).status).toBe(200);

  if (signal === 'SIGKILL') await server.kill();
  else server.signal('SIGSTOP');
  const refused = await timed(() => beat(2));
  expect(refused).toMatchObject({ status: 503, body: { code: 'ledger_unavailable' } });
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  const batch = await timed(() =>
    gateway.send('POST', '/v1/heartbeats', {
      token,
      body: { beats: [{ sessionId: opened.sessionId, seq: 2, state: 'active' }] },
    }),
  );
  expect(batch).toMatchObject({ status: 503, body: { code: 'ledger_unavailable' } });
  const denied = await timed(() => open(kid));
  expect(denied).toMatchObject({ status: 200, body: { reason: 'ledger_unavailable', source: 'fallback' } });
  const played = await timed(() => open(adult));
  expect(played).toMatchObject({ status: 201, body: { unlimited: true, source: 'fallback' } });
  const notReady = await timed(() => gateway.send('GET', '/readyz'));
  expect(notReady).toMatchObject({ status: 503 });
  for (const { tookMs } of [refused, batch, denied, played, notReady]) expect(tookMs).toBeLessThan(ANSWER_MS_MAX);

  if (signal === 'SIGKILL') await server.run();
  else server.signal('SIGCONT');
  await expect.poll(async () => (await gateway.send('GET', '/readyz')).status, { timeout: 5_000 }).toBe(200);
  expect(await beat(2)).toMatchObject({ status: 200, body: { verdict: 'continue', seq: 2 } });
});

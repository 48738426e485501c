// What callers are told while Redis is away, and how soon.
import { expect, test } from 'vitest';
import { GATEWAY_PARTITION } from '../src/compliance/event-log.ts';
import { ANSWER_MS_MAX } from './support/answer-bounds.ts';
import { bornYearsAgo } from './support/birth-dates.ts';
import { RedisServer } from './support/redis-server.ts';
import { type Answer, TestGateway } from './support/test-gateway.ts';

const GUARDED = { method: 'attested', phone: '+84901234567', phoneVerified: true } as const;

async function timed<Body>(call: () => Promise<Answer<Body>>): Promise<Answer<Body> & { readonly tookMs: number }> {
  const startedAt = performance.now();
  const answer = await call();
  return { ...answer, tookMs: performance.now() - startedAt };
}

/** What is on record of the answers given without the ledger. */
async function readFallback({ database }: TestGateway): Promise<unknown[]> {
  const rows = await database.db
    .selectFrom('events')
    .select('leaf')
    .where('partition', '=', GATEWAY_PARTITION)
    .orderBy('seq')
    .execute();
  return rows.map(({ leaf }) => {
    const { assurance, data, kind, protocol, session, source } = JSON.parse(leaf);
    const said = data.reason ?? data.cause;
    return { kind, source, assurance, protocol, ...(session && { session }), ...(said && { said }) };
  });
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
  const [kid, adult] = [await tokenOf('kid', bornYearsAgo(16)), await tokenOf('adult', '1990-01-01')];
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
  if (played.body.verdict !== 'play') throw new Error(played.body.reason);
  const { sessionId, sessionToken } = played.body;
  const adultBeat = (seq: number) =>
    gateway.send('POST', `/v1/sessions/${sessionId}/heartbeats`, {
      token: sessionToken,
      body: { seq, state: 'active' },
    });
  for (const seq of [1, 2]) {
    expect(await adultBeat(seq)).toMatchObject({ status: 200, body: { verdict: 'continue', source: 'fallback' } });
  }
  for (const { tookMs } of [refused, batch, denied, played, notReady]) expect(tookMs).toBeLessThan(ANSWER_MS_MAX);

  if (signal === 'SIGKILL') await server.run();
  else server.signal('SIGCONT');
  await expect.poll(async () => (await gateway.send('GET', '/readyz')).status).toBe(200);
  expect(await beat(2)).toMatchObject({ status: 200, body: { verdict: 'continue', seq: 2 } });
  for (let times = 0; times < 2; times++) {
    const close = { token: sessionToken, body: { reason: 'quit' } };
    expect(await gateway.send('POST', `/v1/sessions/${sessionId}/close`, close)).toMatchObject({ status: 200 });
  }
  const told = { source: 'fallback', assurance: 'attested', protocol: 'server' };
  const ends = [
    { ...told, kind: 'ended', session: sessionId, said: 'closed' },
    { ...told, kind: 'closed', session: sessionId, said: 'quit' },
  ];
  await expect
    .poll(() => readFallback(gateway))
    .toEqual([
      { ...told, kind: 'denied', said: 'ledger_unavailable' },
      { ...told, kind: 'opened', session: sessionId },
      { ...told, kind: 'resumed', session: sessionId },
      // A stopped Redis had swallowed the start: it knows the session afterwards, and its end with it.
      ...(signal === 'SIGKILL' ? ends : []),
    ]);
});

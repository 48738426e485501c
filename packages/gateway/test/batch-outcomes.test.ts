// What one bad beat of a batch costs the others: nothing.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { LedgerUnavailableError } from '../src/sessions/session-store.ts';
import { vietnamAt } from './support/policies.ts';
import { CHILD, createWorld, GAME_ID, type World } from './support/request-samples.ts';
import { TestGateway } from './support/test-gateway.ts';

const INTERVAL_MS = 30_000;
/** Three intervals before midnight in Vietnam. */
const LATE = '2026-10-14T16:58:30.000Z';
const OWN_RULES = { ...vietnamAt(Date.parse(LATE)).document, id: 'own-rules' };
const RELOADED = { timeout: 30_000 };

/** A child of its own with an open session, opened by the game's server. */
async function openSession(gateway: TestGateway, { credentials }: World, gameId: string): Promise<string> {
  const token = credentials.secret;
  const child = { ...CHILD, playerRef: `player of ${gameId}` };
  const { body: verified } = await gateway.call('createAgeVerification', { token, body: child });
  const { body: opened } = await gateway.call('openSession', { token, body: { ageToken: verified.ageToken!, gameId } });
  if (opened.verdict === 'denied') throw new Error(opened.reason);
  return opened.sessionId;
}

function batchesOf(gateway: TestGateway, { credentials: { secret: token } }: World) {
  let seq = 0;
  return async (...sessionIds: readonly string[]) => {
    seq++;
    await gateway.call('advanceSandboxClock', { token, body: { ms: INTERVAL_MS } });
    const beats = sessionIds.map((sessionId) => ({ sessionId, seq, state: 'active' }));
    return gateway.send('POST', '/v1/heartbeats', { token, body: { beats, receipts: true } });
  };
}

test('books that cannot be asked for some sessions are away for those alone', async () => {
  await using gateway = await TestGateway.start();
  const world = await createWorld(gateway);
  const [kept, lost] = [world.ids.sessionId, await openSession(gateway, world, GAME_ID)];
  const { store } = gateway;
  const record = store.recordBeats.bind(store);
  store.recordBeats = async (requests) => {
    const asked = requests.filter(({ sessionId }) => sessionId !== lost);
    const error = new LedgerUnavailableError('its shard is away');
    if (asked.length === 0) throw error;
    const replies = await record(asked);
    return requests.map((request) => replies[asked.indexOf(request)] ?? { status: 'failed', error });
  };
  const beat = batchesOf(gateway, world);
  expect(await beat(kept, lost, 'ses_unknown')).toMatchObject({
    status: 200,
    body: {
      results: [
        { sessionId: kept, verdict: 'continue', receipt: expect.any(String) },
        { sessionId: lost, code: 'ledger_unavailable' },
        { sessionId: 'ses_unknown', code: 'not_found' },
      ],
    },
  });
  expect((await gateway.send('GET', '/metrics')).text).toMatch(
    /^playgate_ledger_unavailable_total\{.*call="record_beats".*\} 1$/m,
  );
  expect(await beat(lost)).toMatchObject({ status: 503, body: { code: 'ledger_unavailable' } });
  store.recordBeats = record;
  expect(await beat(kept, lost)).toMatchObject({
    status: 200,
    body: { results: [{ verdict: 'continue' }, { verdict: 'continue', seq: 3 }] },
  });
});

test('a session whose policy was taken away is told so, and no other', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'playgate-policies-'));
  const file = path.join(folder, 'own-rules.json');
  await writeFile(file, JSON.stringify(OWN_RULES));
  await using gateway = await TestGateway.start({ env: { PLAYGATE_POLICY_DIR: folder } });
  const world = await createWorld(gateway);
  const token = world.credentials.secret;
  await gateway.call('freezeSandboxClock', { token, body: { now: LATE } });
  const game = { gameId: 'own-game', title: 'Own', class: 'G1', rating: '00+', policyId: OWN_RULES.id } as const;
  await gateway.call('createGame', { token, body: game });
  const [own, other] = [await openSession(gateway, world, game.gameId), await openSession(gateway, world, GAME_ID)];
  const beat = batchesOf(gateway, world);
  expect((await beat(own, other)).body).toMatchObject({ results: [{ verdict: 'continue' }, { verdict: 'continue' }] });
  await rm(file);
  const start = { token, body: { ageToken: world.ageToken, gameId: game.gameId } };
  await vi.waitFor(async () => expect((await gateway.send('POST', '/v1/sessions', start)).status).toBe(422), RELOADED);
  // The first answer is by a plan that holds, the second beat comes after midnight and needs a new one.
  for (const date of ['2026-10-14', '2026-10-15']) {
    const { body, status } = await beat(own, other);
    expect(status, date).toBe(200);
    expect(body, date).toMatchObject({
      results: [
        { sessionId: own, code: 'unprocessable' },
        { sessionId: other, verdict: 'continue' },
      ],
    });
  }
  await rm(folder, { recursive: true });
});

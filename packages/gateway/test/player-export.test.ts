// The export over HTTP: whole, in bounded pages, and for the player's own provider only.
import { limits } from '@playgate/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { entryOf, openTestRecord } from './support/event-log.ts';
import { CHILD, createWorld, type World } from './support/request-samples.ts';
import { TestGateway } from './support/test-gateway.ts';

const EVENTS = limits.EXPORT_EVENTS_MAX * 2 + 1;

let gateway: TestGateway;
let world: World;
beforeAll(async () => {
  gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  world = await createWorld(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const read = (playerId: string, cursor?: string, token = world.tenant.secretKey) =>
  gateway.send('GET', `/v1/players/${playerId}/export${cursor === undefined ? '' : `?cursor=${cursor}`}`, { token });

it('shows a provider what it told of a player', async () => {
  const { playerId, verificationId } = world.ids;
  const { body } = await gateway.call('exportPlayer', { token: world.tenant.secretKey, params: { playerId } });
  const phone = { number: CHILD.phone, verified: true };
  const identity = { method: 'attested', assurance: 'attested', birthDate: CHILD.birthDate, phone, withheld: [] };
  expect(body).toMatchObject({
    format: 'playgate-player-export/1',
    playerId,
    erasedAt: null,
    playerRefHeld: true,
    nationalIdHeld: false,
    identity: [identity],
    verifications: [{ verificationId, method: 'attested', ageBand: '16_17', claim: identity }],
  });
});

it('gives every event once, page by page', async () => {
  const { playerId } = world.ids;
  const { db } = gateway.database;
  const { person_id } = await db
    .selectFrom('players')
    .select('person_id')
    .where('player_id', '=', playerId)
    .executeTakeFirstOrThrow();
  const log = openTestRecord(gateway.database, gateway.store).log;
  const entries = Array.from({ length: EVENTS }, (_, index) =>
    entryOf('paused', {
      world: `test:${world.tenant.providerId}`,
      person: person_id,
      player: index === 0 ? 'ply_of_the_same_person' : playerId,
      at: String(1_700_000_000_000 + index),
    }),
  );
  await log.append('p000', entries);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await gateway.call('exportPlayer', {
      token: world.tenant.secretKey,
      params: { playerId },
      ...(cursor !== undefined && { query: { cursor } }),
    });
    expect(page.body.events.length).toBeLessThanOrEqual(limits.EXPORT_EVENTS_MAX);
    seen.push(...page.body.events.flatMap(({ eventId, kind }) => (kind === 'paused' ? [eventId] : [])));
    cursor = page.body.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toHaveLength(EVENTS - 1);
});

it('knows no player of another tenant, and no cursor that it did not make', async () => {
  const { playerId } = world.ids;
  const other = await gateway.createTenant();
  const [foreign, unknown] = [await read(playerId, undefined, other.secretKey), await read('ply_unknown')];
  expect([foreign.status, unknown.status]).toEqual([404, 404]);
  for (const cursor of ['x', 'WzEsMl0', 'Wy0xXQ', Buffer.from('{}').toString('base64url')]) {
    expect((await read(playerId, cursor)).body).toMatchObject({ code: 'invalid_request' });
  }
});

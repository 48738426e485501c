// What is shown once: the registry says where. A client whose answer was lost may have it again for some minutes; after that
// nobody can, not even with the database and its keys in hand.
import { OPERATIONS, type Operation, type OperationId, type Problem } from '@playgate/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CREDENTIAL_REPLAY_MS_MAX } from '../src/directory/idempotency.ts';
import { SqlIdempotencyStore } from '../src/store/sql/sql-idempotency-store.ts';
import { createWorld, sampleOf, type World } from './support/request-samples.ts';
import { testSecrets } from './support/secrets.ts';
import { type Answer, ManualClock, pathOf, TestGateway } from './support/test-gateway.ts';

let gateway: TestGateway;
let world: World;
const clock = new ManualClock(Date.UTC(2026, 9, 14, 3));

beforeAll(async () => {
  gateway = await TestGateway.start({ clock, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  world = await createWorld(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

function send(operation: Operation, key: string): Promise<Answer> {
  const { token, params, body } = sampleOf(operation.operationId as OperationId, world);
  return gateway.send(operation.method, pathOf(operation, params), {
    ...(token !== null && { token }),
    ...(body !== null && { body }),
    headers: { 'idempotency-key': key },
  });
}

const isReplayed = ({ headers }: Answer) => headers.get('idempotent-replayed') === 'true';
const shown = OPERATIONS.filter((operation: Operation) => operation.shownOnce !== undefined);

it('are the credentials that the gateway makes', () => {
  const operationIds = shown.map(({ operationId }) => operationId);
  expect(operationIds).toEqual(
    expect.arrayContaining(['createAgent', 'createGuardianLink', 'createRegulator', 'createStation', 'issueKey']),
  );
});

describe.each(shown as readonly Operation[])('$operationId', (operation) => {
  it('shows its credential again for minutes, and then names what it made', async () => {
    const { operationId, shownOnce } = operation;
    const [first, again] = [await send(operation, operationId), await send(operation, operationId)];
    expect([first.status, isReplayed(first)]).toEqual([201, false]);
    expect([again.status, isReplayed(again), again.text]).toEqual([201, true, first.text]);
    const made = first.body as Readonly<Record<string, string>>;
    clock.advance(CREDENTIAL_REPLAY_MS_MAX);
    for (const sweeps of [false, true]) {
      if (sweeps) await new SqlIdempotencyStore(gateway.database.db, testSecrets()).sweep(clock.now());
      const late = await send(operation, operationId);
      expect([late.status, (late.body as Problem).code, isReplayed(late)]).toEqual([409, 'conflict', false]);
      expect(late.text).not.toContain(made[shownOnce!]);
      for (const [name, id] of Object.entries(made)) if (name.endsWith('Id')) expect(late.text).toContain(id);
    }
    const anew = await send(operation, `${operationId}-anew`);
    expect(anew.status).toBe(201);
    expect((anew.body as Readonly<Record<string, string>>)[shownOnce!]).not.toBe(made[shownOnce!]);
  });
});

it('leaves replays of everything else alone', async () => {
  const operation = OPERATIONS.find(({ operationId }) => operationId === 'createProvider')!;
  const first = await send(operation, 'plain');
  clock.advance(CREDENTIAL_REPLAY_MS_MAX);
  const again = await send(operation, 'plain');
  expect([again.status, isReplayed(again), again.text]).toEqual([201, true, first.text]);
});

it('gives an agent and a regulator another key, and the one before can go', async () => {
  for (const [operationId, kind] of [
    ['issueAgentKey', 'agent'],
    ['issueRegulatorKey', 'regulator'],
  ] as const) {
    const operation: Operation = OPERATIONS.find((each) => each.operationId === operationId)!;
    const { key } = (await send(operation, `${operationId}-another`)).body as { readonly key: string };
    const subjectOf = async (token: string) => (await gateway.send('GET', '/v1/me', { token })).body;
    expect(await subjectOf(key)).toEqual(await subjectOf(world.credentials[kind]));
    const missing = await gateway.send('POST', operation.path.replace(/\{\w+\}/, 'unknown'), {
      token: world.credentials.operator,
    });
    expect([missing.status, (missing.body as Problem).code]).toEqual([404, 'not_found']);
  }
});

it('names the key of an agent and of a regulator, so that it can be revoked', async () => {
  for (const operationId of ['createAgent', 'createRegulator'] as const) {
    const operation: Operation = OPERATIONS.find((each) => each.operationId === operationId)!;
    const { key, keyId } = (await send(operation, `${operationId}-to-revoke`)).body as { key: string; keyId: string };
    const ask = () => gateway.send('GET', '/v1/me', { token: key });
    expect((await ask()).status).toBe(200);
    await gateway.call('revokeKey', { token: world.credentials.operator, params: { keyId } });
    expect((await ask()).status).toBe(401);
  }
});

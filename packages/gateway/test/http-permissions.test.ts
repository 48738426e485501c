// The table of permissions, tried over HTTP: every operation with a credential of every role, and with none.
import { findOperation, PERMISSIONS, type Problem, ROLE_NAMES } from '@playgate/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, WORLD_STARTS_AT, type World } from './support/request-samples.ts';
import { type Answer, pathOf, TestGateway } from './support/test-gateway.ts';

let gateway: TestGateway;
let world: World;

beforeAll(async () => {
  gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  world = await createWorld(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());
// Those who may move the clock do so, and tokens expire by it.
beforeEach(() =>
  gateway.call('freezeSandboxClock', { token: world.credentials.secret, body: { now: WORLD_STARTS_AT } }),
);

/** Ids that nobody has and a body that fits nothing: whoever is let in is told so, and nothing is changed. */
function ask(operationId: string, token: string | undefined): Promise<Answer> {
  const operation = findOperation(operationId)!;
  const body = operation.body ? {} : undefined;
  return gateway.send(operation.method, pathOf(operation), { token, body });
}

describe.each(PERMISSIONS.map((permission) => [permission.operationId, permission] as const))(
  '%s',
  (id, permission) => {
    if (permission.anybody) {
      it('asks nobody who they are', async () => {
        for (const token of [undefined, ...Object.values(world.credentials), 'nonsense']) {
          expect([401, 403]).not.toContain((await ask(id, token)).status);
        }
      });
      return;
    }

    it.each(ROLE_NAMES)('%s', async (role) => {
      const answer = await ask(id, world.credentials[role]);
      if (permission.roles.includes(role)) {
        expect([401, 403]).not.toContain(answer.status);
        expect(answer.status).toBeLessThan(500);
      } else {
        expect([answer.status, (answer.body as Problem).code]).toEqual([403, 'forbidden']);
      }
    });

    it('nobody', async () => {
      const answer = await ask(id, undefined);
      expect([answer.status, (answer.body as Problem).code]).toEqual([401, 'unauthenticated']);
    });
  },
);

it('has a credential of every role', () => {
  expect(Object.keys(world.credentials).sort()).toEqual([...ROLE_NAMES].sort());
});

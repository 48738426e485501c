import { findOperation } from '@playgate/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Principal } from '../src/directory/principal.ts';
import { runOnce } from '../src/http/run-once.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import { SqlIdempotencyStore } from '../src/store/sql/sql-idempotency-store.ts';
import { openTestDatabase } from './support/databases.ts';
import { testSecrets } from './support/secrets.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const WORLD = { providerId: 'prv_one', mode: 'live' } as const;
const PERSON = { issuer: 'https://id.example', subject: 'anna', expiresAt: 0 };
const guardian = (linkId: string, guardianId: string): Principal => ({
  kind: 'guardian',
  guardianId,
  linkId,
  playerId: 'ply_one',
  world: WORLD,
});
const session = (sessionId: string): Principal => ({
  kind: 'session',
  expiresAt: Number.POSITIVE_INFINITY,
  claims: { sessionId, world: WORLD, gameId: 'g', playerId: 'ply_one', metered: true, context: '' },
});

/** How many of them ran: whoever shares a scope with another gets the other's outcome. */
async function countRuns(key: string, principals: readonly Principal[]): Promise<number> {
  let runs = 0;
  const ports = {
    idempotency: new SqlIdempotencyStore(database.db, testSecrets()),
    realNow: () => 1,
    onTrouble: () => undefined,
  };
  const execute = async () => ({ status: 201, headers: {}, body: String(++runs) });
  const input = { params: undefined, query: undefined, body: {} };
  const operation = findOperation('createProvider')!;
  for (const principal of principals) await runOnce({ operation, principal, header: key, input }, ports, execute);
  return runs;
}

it.each<[string, readonly [Principal, Principal]]>([
  ['links of one guardian', [guardian('gln_1', 'grd_1'), guardian('gln_2', 'grd_1')]],
  ['links of two guardians', [guardian('gln_3', 'grd_1'), guardian('gln_4', 'grd_2')]],
  ['sessions', [session('ses_1'), session('ses_2')]],
  [
    'sign-ins',
    [
      { kind: 'operator', person: { ...PERSON, signInId: 'sgn_1' } },
      { kind: 'operator', person: { ...PERSON, signInId: 'sgn_2' } },
    ],
  ],
  ['keys of one provider', [keyOf('key_1'), keyOf('key_2')]],
  [
    'the token of the operator and a person',
    [{ kind: 'operator' }, { kind: 'operator', person: { ...PERSON, signInId: 'sgn_3' } }],
  ],
])('runs once for each of two %s', async (name, [one, other]) => {
  expect(await countRuns(name.replaceAll(' ', '-'), [one, other, one, other])).toBe(2);
});

function keyOf(keyId: string): Principal {
  return { kind: 'secret', keyId, world: WORLD };
}

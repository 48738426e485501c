// A database that has no connection to give, as in a crowd, or is not there: an honest answer, and no "broken".
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { type Tenant, TestGateway } from './support/test-gateway.ts';

/** More than a gateway has. */
const CONNECTIONS = 20;
const HELD_S = 5;

class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

const FACTS = { method: 'attested', birthDate: '2010-01-01', phone: '+84901234567', phoneVerified: true };

let postgres: PostgresServer;
let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  postgres = await startPostgres();
  gateway = await TestGateway.start({ databaseUrl: await postgres.createDatabase() });
  tenant = await gateway.createTenant();
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await postgres.stop();
});

const verify = (playerRef: string) =>
  gateway.send('POST', '/v1/age-verifications', { token: tenant.secretKey, body: { playerRef, ...FACTS } });

it('refuses who waits too long for a connection, to be asked again', async () => {
  expect((await verify('before')).status).toBe(201);
  const held = Array.from({ length: CONNECTIONS }, () =>
    sql`select pg_sleep(${sql.lit(HELD_S)})`.execute(gateway.database.db).catch(() => undefined),
  );
  const refused = await verify('meanwhile');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(refused.body).toMatchObject({ code: 'overloaded' });
  await Promise.all(held);
  expect((await verify('after')).status).toBe(201);
});

it('says the same when it cannot be reached, and outlives a transaction that is cut off between two statements', async () => {
  const [begun, mayGoOn] = [new Gate(), new Gate()];
  const cutOff = gateway.database.db.transaction().execute(async (transaction) => {
    await sql`select 1`.execute(transaction);
    begun.open();
    await mayGoOn.opened;
    await sql`select 1`.execute(transaction);
  });
  await begun.opened;
  await postgres.kill();
  // Connections that broke under a query or were not yet seen to be gone are another matter.
  await vi.waitFor(async () => {
    expect(await verify('gone')).toMatchObject({ status: 503, body: { code: 'overloaded' } });
  }, 5_000);
  mayGoOn.open();
  await expect(cutOff).rejects.toThrow();
  await postgres.restart();
});

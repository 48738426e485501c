import { expect, it } from 'vitest';
import {
  CREDENTIAL_REPLAY_MS_MAX,
  IDEMPOTENCY_EXECUTION_MS_MAX,
  IDEMPOTENCY_TTL_MS,
} from '../src/directory/idempotency.ts';
import { newId } from '../src/directory/new-id.ts';
import { SqlIdempotencyStore } from '../src/store/sql/sql-idempotency-store.ts';
import { describeOnDatabases } from './support/databases.ts';
import { testSecrets } from './support/secrets.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const RESPONSE = { status: 201, headers: { 'content-type': 'application/json' }, body: '{"key":"sk_test_secret"}' };

describeOnDatabases('idempotency', (database) => {
  const open = () => new SqlIdempotencyStore(database().db, testSecrets());
  const newScope = (key = 'order 1') => ({ keyId: newId('key'), key });

  it('runs once and replays the outcome until it expires', async () => {
    const store = open();
    const scope = newScope();
    expect(await store.begin(scope, 'body', NOW)).toEqual({ kind: 'new' });
    expect(await store.begin(scope, 'body', NOW)).toEqual({ kind: 'in_progress' });
    await store.finish(scope, RESPONSE);
    const replay = { kind: 'replay', response: RESPONSE };
    expect(await open().begin(scope, 'body', NOW + IDEMPOTENCY_TTL_MS - 1)).toEqual(replay);
    expect(await store.begin(scope, 'body', NOW + IDEMPOTENCY_TTL_MS)).toEqual({ kind: 'new' });
  });

  it('tells another body from the first, running or done', async () => {
    const store = open();
    const scope = newScope();
    await store.begin(scope, 'body', NOW);
    expect(await store.begin(scope, 'other', NOW)).toEqual({ kind: 'mismatch' });
    await store.finish(scope, RESPONSE);
    expect(await store.begin(scope, 'other', NOW)).toEqual({ kind: 'mismatch' });
  });

  it('keeps callers and keys apart', async () => {
    const store = open();
    const scope = newScope();
    await store.begin(scope, 'body', NOW);
    expect(await store.begin(newScope(), 'body', NOW)).toEqual({ kind: 'new' });
    expect(await store.begin({ ...scope, key: 'order 2' }, 'body', NOW)).toEqual({ kind: 'new' });
  });

  it('forgets an execution that failed, and keeps one that finished', async () => {
    const store = open();
    const scope = newScope();
    await store.begin(scope, 'body', NOW);
    await store.release(scope);
    expect(await store.begin(scope, 'other body', NOW)).toEqual({ kind: 'new' });
    await store.finish(scope, RESPONSE);
    await store.release(scope);
    expect(await store.begin(scope, 'other body', NOW)).toMatchObject({ kind: 'replay' });
  });

  it('takes the place of an execution that died', async () => {
    const store = open();
    const scope = newScope();
    await store.begin(scope, 'body', NOW);
    expect(await store.begin(scope, 'body', NOW + IDEMPOTENCY_EXECUTION_MS_MAX - 1)).toEqual({ kind: 'in_progress' });
    expect(await store.begin(scope, 'body', NOW + IDEMPOTENCY_EXECUTION_MS_MAX)).toEqual({ kind: 'new' });
  });

  it('lets one of many simultaneous requests through', async () => {
    const store = open();
    const scope = newScope();
    const starts = await Promise.all(Array.from({ length: 10 }, () => store.begin(scope, 'body', NOW)));
    expect(starts.filter(({ kind }) => kind === 'new')).toHaveLength(1);
  });

  it('replays a credential for minutes, then tells what was made, and runs nothing again before its day is over', async () => {
    const store = open();
    const [scope, ids] = [newScope(), { keyId: 'key_1' }];
    await store.begin(scope, 'body', NOW);
    await store.finish(scope, RESPONSE, ids);
    const replayedUntil = NOW + CREDENTIAL_REPLAY_MS_MAX;
    expect(await store.begin(scope, 'body', replayedUntil - 1)).toEqual({ kind: 'replay', response: RESPONSE });
    expect(await store.begin(scope, 'body', replayedUntil), 'not swept yet').toEqual({ kind: 'withheld', ids });
    await store.sweep(replayedUntil);
    expect(await store.begin(scope, 'body', NOW + IDEMPOTENCY_TTL_MS - 1)).toEqual({ kind: 'withheld', ids });
    expect(await store.begin(scope, 'other', replayedUntil)).toEqual({ kind: 'mismatch' });
    expect(await store.begin(scope, 'body', NOW + IDEMPOTENCY_TTL_MS)).toEqual({ kind: 'new' });
    expect(await store.begin(scope, 'body', NOW + IDEMPOTENCY_TTL_MS)).toEqual({ kind: 'in_progress' });
  });

  it('leaves nothing sealed of a credential after its time, and every other outcome', async () => {
    const store = open();
    const { db } = database();
    await db.deleteFrom('idempotency_keys').execute();
    const [shown, plain, running] = [newScope('shown'), newScope('plain'), newScope('running')];
    for (const scope of [shown, plain, running]) await store.begin(scope, 'body', NOW);
    await store.finish(shown, RESPONSE, { keyId: 'key_1' });
    await store.finish(plain, RESPONSE);
    const listKept = async () => {
      const rows = await db.selectFrom('idempotency_keys').select(['scope_key_id', 'response']).execute();
      return rows.filter(({ response }) => response !== null).map(({ scope_key_id }) => scope_key_id);
    };
    await store.sweep(NOW + CREDENTIAL_REPLAY_MS_MAX - 1);
    expect((await listKept()).sort()).toEqual([shown.keyId, plain.keyId].sort());
    await store.sweep(NOW + CREDENTIAL_REPLAY_MS_MAX);
    expect(await listKept()).toEqual([plain.keyId]);
    expect(await store.begin(plain, 'body', NOW + CREDENTIAL_REPLAY_MS_MAX)).toMatchObject({ kind: 'replay' });
  });

  it('clears expired outcomes away along with new ones', async () => {
    const store = open();
    const { db } = database();
    await db.deleteFrom('idempotency_keys').execute();
    for (let index = 0; index < 150; index++) await store.begin(newScope(), 'body', NOW);
    for (let index = 0; index < 100; index++) await store.begin(newScope(), 'body', NOW + IDEMPOTENCY_TTL_MS);
    const { kept } = await db
      .selectFrom('idempotency_keys')
      .select(({ fn }) => fn.countAll<number>().as('kept'))
      .executeTakeFirstOrThrow();
    expect(kept).toBeLessThanOrEqual(100);
  });
});

// Who changed what: the log has a line for every change by an operator or a person who signed in, done or refused, and a
// sign-in that the operator ended is over with its next request.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../src/http/audit-calls.ts';
import type { Grant } from '../src/sign-in/sign-in-sessions.ts';
import type { SignInSettingsInFile } from '../src/sign-in/sign-in-settings.ts';
import { SqlSignInSessions } from '../src/store/sql/sql-sign-in-sessions.ts';
import { createWorld, type World } from './support/request-samples.ts';
import { ADMIN_TOKEN, TestGateway } from './support/test-gateway.ts';

const PUBLIC_URL = 'http://127.0.0.1:1';
const ISSUER = 'https://id.example';
const SUBJECT = 'anna.nguyen@example.vn';

let folder: string;
let gateway: TestGateway;
let world: World;
let lines: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'playgate-audit-'));
  const rules = [{ claim: 'groups', includes: 'ops', role: 'operator' }] as const;
  const settings: SignInSettingsInFile = {
    identityProviders: [{ id: 'staff', issuer: ISSUER, clientId: 'playgate', rules: [...rules] }],
  };
  const file = path.join(folder, 'sign-in.json');
  await writeFile(file, JSON.stringify(settings));
  gateway = await TestGateway.start({
    // The audit is told at every level.
    env: { PLAYGATE_LOG_LEVEL: 'error', PLAYGATE_PUBLIC_URL: PUBLIC_URL, PLAYGATE_SIGN_IN_FILE: file },
    logTo: { write: (line) => void lines.push(line) },
  });
  world = await createWorld(gateway);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  lines = [];
});

const audited = () =>
  lines.map((line) => JSON.parse(line) as AuditEntry & { readonly msg: string }).filter(({ msg }) => msg === 'audit');

/** Headers of a person's browser on a page of our own. */
async function signIn(grant: Grant, subject = SUBJECT) {
  const sessionId = randomBytes(32).toString('base64url');
  const state = randomBytes(32).toString('base64url');
  await sessions().add({ sessionId, state, issuer: ISSUER, subject, grant }, Date.now());
  const cookie = `playgate=${sessionId}`;
  const me = await gateway.send('GET', '/v1/me', { headers: { cookie } });
  const { csrfToken } = me.body as { readonly csrfToken: string };
  return { cookie, origin: PUBLIC_URL, 'x-csrf-token': csrfToken };
}
const sessions = () => new SqlSignInSessions(gateway.database.db);

describe('a change by the operator', () => {
  const machine = { role: 'operator', id: null, person: null };

  it('is a line with what it was about and what it made', async () => {
    const { providerId } = world.tenant;
    const request = { token: ADMIN_TOKEN, params: { providerId }, body: { kind: 'secret', mode: 'live' } } as const;
    const issued = await gateway.call('issueKey', { ...request, headers: { 'x-request-id': 'issue-1' } });
    const { keyId, key } = issued.body;
    await gateway.call('revokeKey', { token: ADMIN_TOKEN, params: { keyId }, headers: { 'x-request-id': 'revoke-1' } });
    expect(audited()).toMatchObject([
      {
        operationId: 'issueKey',
        requestId: 'issue-1',
        actor: machine,
        targets: { providerId, keyId },
        status: 201,
        outcome: 'done',
      },
      {
        operationId: 'revokeKey',
        requestId: 'revoke-1',
        actor: machine,
        targets: { keyId },
        status: 204,
        outcome: 'done',
      },
    ]);
    expect(lines.join('')).not.toContain(key);
  });

  it('is told when it is refused, is not one, or is replayed', async () => {
    const create = (body: object, headers = {}) =>
      gateway.send('POST', '/v1/admin/providers', { token: ADMIN_TOKEN, body, headers });
    await create({ name: 7 });
    await gateway.send('POST', '/v1/games', { token: ADMIN_TOKEN, body: {} });
    await gateway.send('DELETE', '/v1/admin/keys/84912345678', { token: ADMIN_TOKEN });
    for (let times = 0; times < 2; times++) await create({ name: 'Secret plan' }, { 'idempotency-key': 'once' });
    expect(
      audited().map(({ operationId, outcome, status, targets }) => [operationId, status, outcome, targets]),
    ).toEqual([
      ['createProvider', 400, 'invalid_request', {}],
      ['createGame', 403, 'forbidden', {}],
      ['revokeKey', 404, 'not_found', {}],
      ['createProvider', 201, 'done', { providerId: expect.stringMatching(/^prv_/) }],
      ['createProvider', 201, 'replayed', { providerId: expect.stringMatching(/^prv_/) }],
    ]);
    expect(lines.join(''), 'nothing of what was sent').not.toMatch(/84912345678|Secret plan/);
  });

  it('by a person is told with a mark that stays the same and says nothing', async () => {
    for (const subject of [SUBJECT, SUBJECT, 'binh']) {
      const headers = await signIn({ role: 'operator' }, subject);
      const answer = await gateway.send('POST', '/v1/admin/providers', { headers, body: { name: 'Studio' } });
      expect(answer.status).toBe(201);
    }
    const actors = audited().map(({ actor }) => actor);
    for (const { id, role } of actors) expect([role, id]).toEqual(['operator', expect.stringMatching(/^sgn_/)]);
    expect(new Set(actors.map(({ id }) => id)).size, 'a sign-in each').toBe(3);
    const [first, again, other] = actors.map(({ person }) => person);
    expect(first).toMatch(/^[\w-]{22}$/);
    expect([again === first, other === first]).toEqual([true, false]);
    expect(lines.join('')).not.toMatch(/anna|example/);
  });
});

it('has a line for what staff of a provider changed, and none for keys, for reading or for strangers', async () => {
  const { providerId } = world.tenant;
  const headers = await signIn({ role: 'provider', subjectId: providerId, mode: 'test' });
  const game = { title: 'Moon', class: 'G2', rating: '00+' };
  await gateway.send('POST', '/v1/games', { headers, body: game });
  await gateway.send('POST', '/v1/games', { token: world.tenant.secretKey, body: game });
  await gateway.send('GET', '/v1/games', { headers });
  await gateway.send('POST', '/v1/admin/providers', { token: 'a guess at the token', body: { name: 'A' } });
  const [entry, ...others] = audited();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ operationId: 'createGame', actor: { role: 'secret' }, outcome: 'done' });
  expect(entry!.actor.person).not.toBeNull();
});

it('refuses a person from the moment the operator ended the sign-in', async () => {
  const headers = await signIn({ role: 'operator' }, 'leaver');
  const ask = async () => (await gateway.send('GET', '/v1/me', { headers })).status;
  expect(await ask()).toBe(200);
  await sessions().end({ by: 'subject', value: 'somebody else' }, Date.now());
  expect(await ask()).toBe(200);
  await sessions().end({ by: 'subject', value: 'leaver' }, Date.now());
  expect(await ask()).toBe(401);
});
